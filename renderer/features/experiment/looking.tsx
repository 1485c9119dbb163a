import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAppState } from '../../hooks/use-app-state.ts';
import classes from './experiment-page.module.css';

/** Model or data are being looked at; beside a run, which has the processor first, that takes longer. */
export function Looking() {
  const { t } = useTranslation();
  const { queue } = useAppState();
  return (
    <div className={classes.waiting}>
      <div className={classes.looking}>
        <Loader size="sm" role="status" aria-label={t('common.loading')} />
        {queue.some(({ status }) => status === 'running') && <p>{t('experiment.waitsForRun')}</p>}
      </div>
    </div>
  );
}
