import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunDetails } from '../../../shared/contract/results.ts';
import type { EndedLogLine, EndedRunDocument } from '../../../shared/run.ts';
import { formatDuration } from '../../../shared/units.ts';
import { request } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/page.tsx';
import { useEngineText, useErrorText } from '../../hooks/use-engine-text.ts';
import { useFailure } from '../../hooks/use-notify.tsx';
import { navigate } from '../../hooks/use-route.ts';
import classes from './run-page.module.css';

interface EndedRunProps {
  readonly document: EndedRunDocument;
  readonly details: RunDetails;
}

/** A run that failed or was cancelled: why it ended, what to do, what was asked for, what the engine told on the way. */
export function EndedRun({ document, details }: EndedRunProps) {
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
        <Retry details={details} />
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
      {document.log.length > 0 && (
        <Panel title={t('running.log')}>
          <ol className={classes.log} aria-label={t('running.log')} tabIndex={0}>
            {document.log.map((line, index) => (
              <LogLine key={index} line={line} />
            ))}
          </ol>
        </Panel>
      )}
    </>
  );
}

function LogLine({ line }: { line: EndedLogLine }) {
  const { t, i18n } = useTranslation();
  const engineText = useEngineText();
  const errorText = useErrorText();
  const { kind, message, said } = line;
  const stage = `stage.${message}`;
  const text =
    kind === 'stage'
      ? i18n.exists(stage)
        ? t(stage as 'stage.prepare')
        : message
      : kind === 'diagnostic'
        ? engineText(message)
        : errorText({ message, said });
  return (
    <li data-level={line.level} data-kind={kind}>
      <span className="muted">{(line.atMs / 1000).toFixed(1)} s</span>
      <span>{text}</span>
    </li>
  );
}

/** The same once more, as it was asked for: what failed may have been the disk, or another program's memory. */
function Retry({ details }: { details: RunDetails }) {
  const { t } = useTranslation();
  const fail = useFailure();
  const [isStarting, setStarting] = useState(false);
  const { row, request: asked } = details;
  const retry = (): void => {
    setStarting(true);
    request('run.start', { request: asked, name: row.name, notes: row.notes, tags: [...row.tags] }).then(
      ({ runId }) => navigate({ page: 'run', runId }),
      (error: unknown) => {
        setStarting(false);
        fail(error, t('run.retryFailed'));
      },
    );
  };
  return (
    <div className={classes.retry}>
      <Button size="xs" variant="default" loading={isStarting} onClick={retry} leftSection={<Icon name="repeat" />}>
        {t('run.retry')}
      </Button>
    </div>
  );
}
