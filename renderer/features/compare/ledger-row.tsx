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
  /** Whether the best is proven better than its original: only that is green. */
  readonly isBestProven: boolean;
  readonly isUnfair: (run: ComparedRun) => boolean;
  readonly cell: (run: ComparedRun, index: number) => ReactNode;
}) {
  const { t } = useTranslation();
  const best = t(props.isBestProven ? 'compare.best' : 'compare.bestUnproven');
  return (
    <tr>
      <th scope="row">{props.head}</th>
      {props.runs.map((run, index) => (
        <td
          key={run.runId}
          data-unfair={props.isUnfair(run) || undefined}
          data-best={index === props.best || undefined}
          data-proven={(index === props.best && props.isBestProven) || undefined}
        >
          {index === props.best && (
            <span className={classes.best} title={best}>
              <Icon name="check" size={12} />
              <span className={classes.hidden}>{best}</span>
            </span>
          )}
          {props.cell(run, index)}
        </td>
      ))}
    </tr>
  );
}
