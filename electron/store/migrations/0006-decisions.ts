import type Database from 'better-sqlite3';
import { mainFiguresOf } from '../main-figures.ts';
import { runDocumentSchema } from '../../../shared/run.ts';

/**
 * The history shows what was decided of a run, and the figure it is judged by, whatever its task: the first row against targets.
 * Columns of top-1 stay as they are; what earlier versions measured of labelled runs was top-1.
 */
export const sql = `
alter table runs add column decision text check (decision in ('ship', 'doNotShip', 'notProven'));
-- The name of the metric, as in accuracy.metrics of the document; null where nothing was held against targets.
alter table runs add column mainMetric text;
alter table runs add column mainUnit text check (mainUnit in ('share', 'dB', ''));
alter table runs add column mainBefore real;
alter table runs add column mainAfter real;
-- Percentage points of a share, else percent of the original's figure: positive is worse. What runs of any task are sorted by.
alter table runs add column mainLossPercent real;

update runs set mainMetric = 'top1', mainUnit = 'share', mainBefore = accuracyBefore, mainAfter = accuracyAfter,
  mainLossPercent = 100 * (accuracyBefore - accuracyAfter)
where accuracyMetric = 'top1' and accuracyBefore is not null and accuracyAfter is not null;

create index runsByDecision on runs (decision, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsByMainLoss on runs (mainLossPercent, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
`;

/** Reading a document takes milliseconds: of the newest so many runs, some seconds once. Older ones keep no decision. */
const mostRead = 500;

/** Decisions are no matter of SQL. */
export function fill(database: Database.Database): void {
  const runs = database
    .prepare<[number], { readonly runKey: number; readonly documentJson: string }>(
      `select runKey, documentJson from runs join run_documents using (runKey)
       where status = 'done' and documentJson is not null order by startedTimestampMs desc limit ?`,
    )
    .all(mostRead);
  const update = database.prepare(
    `update runs set decision = @decision, mainMetric = @mainMetric, mainUnit = @mainUnit, mainBefore = @mainBefore,
       mainAfter = @mainAfter, mainLossPercent = @mainLossPercent where runKey = @runKey`,
  );
  for (const { runKey, documentJson } of runs) {
    // What cannot be read is told where it is opened.
    const document = runDocumentSchema.safeParse(JSON.parse(documentJson));
    if (document.success) update.run({ runKey, ...mainFiguresOf(document.data) });
  }
}
