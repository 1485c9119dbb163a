import { useTranslation } from 'react-i18next';
import type { EndedRunDocument } from '../../../shared/run.ts';
import { formatDuration } from '../../../shared/units.ts';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/page.tsx';
import { useErrorText } from '../../hooks/use-engine-text.ts';
import classes from './run-page.module.css';

/** A run that failed or was cancelled: what was asked for, why it ended, what to do. */
export function EndedRun({ document }: { document: EndedRunDocument }) {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  return (
    <>
      <Notice
        tone={document.status === 'failed' ? 'warning' : 'info'}
        title={t(document.status === 'failed' ? 'run.failed' : 'run.cancelled', {
          time: formatDuration(document.durationMs, i18n.language),
        })}
      >
        {document.status === 'failed' ? errorText(document.error) : t('run.cancelledHint')}
      </Notice>
      <Panel title={t('run.askedFor')}>
        <dl className={classes.facts}>
          <dt>{t('experiment.section.model')}</dt>
          <dd>{document.modelPath}</dd>
          <dt>{t('experiment.section.data')}</dt>
          <dd>{document.dataPath ?? '–'}</dd>
          <dt>{t('experiment.preset')}</dt>
          <dd>{document.recipe.name}</dd>
          <dt>{t('experiment.threads')}</dt>
          <dd>{document.threads}</dd>
          {document.status === 'failed' && (
            <>
              <dt>{t('run.errorCode')}</dt>
              <dd className="mono">{document.error.code}</dd>
            </>
          )}
        </dl>
      </Panel>
    </>
  );
}
