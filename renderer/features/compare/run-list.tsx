import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatRoute } from '../../route.ts';
import classes from './compare-page.module.css';
import type { ComparedRun } from './compared-run.ts';
import { RunMark } from './run-mark.tsx';

/** Which runs are compared; any can be the one that others are held against. */
export function RunList(props: {
  readonly runs: readonly ComparedRun[];
  readonly onBaseline: (runId: string) => void;
}) {
  const { t } = useTranslation();
  const { runs } = props;
  return (
    <ul className={classes.runs} aria-label={t('compare.runs')}>
      {runs.map((run, index) => (
        <li key={run.runId} className={classes.run}>
          <span className={classes.runHead}>
            <RunMark run={run} />
            <a
              href={formatRoute({ page: 'run', runId: run.runId })}
              className={`clip ${classes.runName}`}
              title={run.title}
            >
              {run.title}
            </a>
          </span>
          <span className="muted clip">
            {run.document.recipe.name} · {t('run.threads', { count: run.document.threads })}
          </span>
          {index === 0 ? (
            <span className={classes.baseline}>{t('compare.baseline')}</span>
          ) : (
            <Button
              variant="subtle"
              size="compact-xs"
              className={classes.makeBaseline}
              onClick={() => props.onBaseline(run.runId)}
            >
              {t('compare.makeBaseline')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
