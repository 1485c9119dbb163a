import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icon.tsx';
import classes from './compare-page.module.css';
import type { ComparedRun } from './compared-run.ts';

/** One claim, a cell for each run. */
export function LedgerRow(props: {
  readonly head: ReactNode;
  readonly runs: readonly ComparedRun[];
  readonly best: number | null;
  readonly isUnfair: (run: ComparedRun) => boolean;
  readonly cell: (run: ComparedRun, index: number) => ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row">{props.head}</th>
      {props.runs.map((run, index) => (
        <td
          key={run.runId}
          data-unfair={props.isUnfair(run) || undefined}
          data-best={index === props.best || undefined}
        >
          {index === props.best && (
            <span className={classes.best} title={t('compare.best')}>
              <Icon name="check" size={12} />
              <span className={classes.hidden}>{t('compare.best')}</span>
            </span>
          )}
          {props.cell(run, index)}
        </td>
      ))}
    </tr>
  );
}
