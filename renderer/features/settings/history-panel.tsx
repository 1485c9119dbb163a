import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/page.tsx';
import { PathField } from '../../components/path-field.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useReveal } from '../../hooks/use-export.ts';
import classes from './settings-page.module.css';

/** Where runs are kept. */
export function HistoryPanel() {
  const { t } = useTranslation();
  const { settings, changeSettings, info } = useAppState();
  const reveal = useReveal();
  return (
    <Panel title={t('settings.history')}>
      <div className={classes.fields}>
        <PathField
          label={t('settings.database')}
          description={t('settings.databaseHelp')}
          placeholder={info?.databasePath ?? ''}
          kind="database"
          value={settings.databasePath}
          onChange={(databasePath) => changeSettings({ databasePath })}
        />
        {info !== null && (
          <div>
            <div className={classes.label}>{t('settings.databaseNow')}</div>
            <div className={classes.pathLine}>
              <span className="mono clip" title={info.databasePath}>
                {info.databasePath}
              </span>
              <Button
                variant="default"
                size="compact-xs"
                leftSection={<Icon name="folder" size={14} />}
                onClick={() => reveal(info.databasePath)}
              >
                {t('common.reveal')}
              </Button>
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}
