import { decisionOf, lossInPercent } from '../../shared/decision.ts';
import { lossOf, mainRow } from '../../shared/metric-row.ts';
import type { RunDocument } from '../../shared/run.ts';
import type { RunSummary } from '../../shared/run-summary.ts';

/** What the history shows and sorts by of a finished run's task. */
export function mainFiguresOf(
  document: RunDocument,
): Pick<RunSummary, 'decision' | 'mainMetric' | 'mainUnit' | 'mainBefore' | 'mainAfter' | 'mainLossPercent'> {
  const row = mainRow(document.accuracy);
  const loss = row === null ? null : lossInPercent(lossOf(row)!, row);
  return {
    decision: decisionOf(document).decision,
    mainMetric: row?.metric ?? null,
    mainUnit: row?.unit ?? null,
    mainBefore: row?.before ?? null,
    mainAfter: row?.after ?? null,
    mainLossPercent: loss === null || !Number.isFinite(loss) ? null : loss,
  };
}
