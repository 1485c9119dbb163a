import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConnectionState } from './api.ts';
import classes from './app.module.css';
import { Notice } from './components/notice.tsx';
import { useAppState } from './hooks/use-app-state.ts';
import { useErrorText } from './hooks/use-engine-text.ts';

/** Above every page: what is wrong with the host, the engine or the history. */
export function Banners(props: {
  readonly connection: ConnectionState;
  readonly infoError: Error | null;
  readonly onReload: () => void;
}) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { info } = useAppState();
  const { connection, infoError, onReload } = props;
  return (
    <>
      {connection === 'lost' && (
        <div className={classes.banner}>
          <Notice tone="warning" alert title={t('app.connectionLost')}>
            {t('app.connectionLostHint')}
          </Notice>
        </div>
      )}
      {infoError !== null && (
        <div className={classes.banner}>
          <Notice tone="warning" alert title={t('app.hostSilent')}>
            {errorText(infoError)}{' '}
            <Button variant="subtle" size="compact-xs" onClick={onReload}>
              {t('common.retry')}
            </Button>
          </Notice>
        </div>
      )}
      {info?.engineProblem != null && (
        <div className={classes.banner}>
          <Notice tone="warning" alert title={t('app.engineProblem')}>
            {errorText(info.engineProblem)}
          </Notice>
        </div>
      )}
      {info?.readOnlyReason != null && (
        <div className={classes.banner}>
          <Notice tone="warning" title={t('app.readOnly')}>
            {errorText(info.readOnlyReason)}
          </Notice>
        </div>
      )}
    </>
  );
}
