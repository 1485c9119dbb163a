import type { Command } from 'commander';
import { compareRuns, type Comparison, type RegressionThresholds } from '../../../shared/compare-runs.ts';
import type { SavedComparison } from '../../../shared/contract/results.ts';
import { maxComparedRuns } from '../../../shared/report-options.ts';
import type { RunDocument } from '../../../shared/run.ts';
import {
  formatBytes,
  formatDecibels,
  formatInterval,
  formatMs,
  formatPoints,
  formatRatio,
  formatShare,
} from '../../../shared/units.ts';
import { describeWinner, winnerOf } from '../../../shared/winner.ts';
import { shortId } from '../../../shared/run-id.ts';
import { listRegressionChecks } from '../../report/formats/junit.ts';
import { reportTexts } from '../../report/texts/report-languages.ts';
import { reportChecks, type CiOptions } from '../ci-output.ts';
import { forgetComparison, listComparisons, saveComparison } from '../../store/comparisons.ts';
import type { Store } from '../../store/database.ts';
import { listRuns } from '../../store/run-rows.ts';
import { exitCodes, UsageError, type ExitCode } from '../exit-code.ts';
import { loadFinishedRun, runReferenceHelp } from '../load-runs.ts';
import { addCommonOptions, parseDecimal } from '../options.ts';
import { bad, emphasize, good, printJson, printText } from '../output.ts';
import { renderTable } from '../tables.ts';
import { withStore } from '../with-store.ts';
import { withOneLineTexts } from '../terminal-text.ts';

interface CompareOptions extends CiOptions {
  readonly maxAccuracyDrop?: number;
  readonly maxSpeedupDrop?: number;
  readonly maxSizeGrowth?: number;
  readonly save?: string;
  readonly forget?: string;
}

function signedPercent(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(1)} %`;
}

export function renderComparison(
  documents: readonly RunDocument[],
  comparison: Comparison,
  thresholds: RegressionThresholds,
): string {
  const table = renderTable(
    [
      { title: 'run' },
      { title: 'recipe', fill: true },
      { title: 'size', align: 'right' },
      { title: '', align: 'right' },
      { title: 'speed-up', align: 'right' },
      { title: '95 %', align: 'right', leaveOut: 2 },
      { title: '', align: 'right' },
      { title: 'median', align: 'right', leaveOut: 1 },
      { title: 'accuracy', align: 'right' },
      { title: '', align: 'right' },
      { title: 'SQNR', align: 'right', leaveOut: 3 },
    ],
    comparison.runs.map((run, index) => {
      const document = documents[index]!;
      return [
        shortId(run.runId),
        document.recipe.name + (run.isBaseline ? ' (baseline)' : ''),
        formatBytes(run.sizeBytes),
        run.isBaseline ? '' : signedPercent(run.sizeChangePercent),
        emphasize(formatRatio(run.speedupRatio)),
        formatInterval(run.speedupCi95, formatRatio),
        run.isBaseline ? '' : signedPercent(run.speedupChangePercent),
        formatMs(run.latencyMedianMs),
        `${run.metric === 'agreement' && run.accuracyShare !== null ? 'agree ' : ''}${formatShare(run.accuracyShare)}`,
        run.isBaseline ? '' : formatPoints(run.accuracyChangePoints === null ? null : run.accuracyChangePoints / 100),
        formatDecibels(run.sqnrDb),
      ];
    }),
  );
  const labels = documents.map(({ runId }) => shortId(runId));
  const lines = [table, '', describeWinner(winnerOf(documents), labels, 'en'), ''];
  const { differences } = reportTexts.en;
  for (const run of comparison.runs) {
    if (run.differences.length === 0) continue;
    const what = run.differences.map((name) => differences[name]).join(', ');
    lines.push(`${shortId(run.runId)} differs from the baseline beside the recipe: ${what}.`);
  }
  if (Object.values(thresholds).some((threshold) => threshold !== null)) {
    lines.push(
      '',
      ...listRegressionChecks(comparison).map(
        (check) => `${check.passed ? good('passed') : bad('REGRESSION')}  ${check.name}  ${check.message}`,
      ),
    );
  }
  return lines.join('\n');
}

/** A single name stands for the runs of the comparison that was saved under it, or the finished ones with that tag, in the order of their start. */
function expandName(store: Store, references: readonly string[]): readonly string[] {
  const [name] = references;
  if (name === undefined || references.length !== 1) return references;
  const saved = listComparisons(store).find((comparison) => comparison.name === name);
  if (saved !== undefined) return saved.runIds;
  const sort = { column: 'startedTimestampMs', descending: false } as const;
  const tagged = listRuns(store, { tag: name, status: 'done', sort });
  return tagged.length === 0 ? references : tagged.map(({ runId }) => runId);
}

function printSaved(comparisons: readonly SavedComparison[], options: CompareOptions): void {
  if (options.json === true) printJson({ comparisons });
  else if (comparisons.length === 0) printText('There are no saved comparisons.');
  else {
    const line = ({ name, runIds }: SavedComparison) => `${name}  ${runIds.map((runId) => shortId(runId)).join(' ')}`;
    printText(withOneLineTexts(comparisons).map(line).join('\n'));
  }
}

async function manageSaved(options: CompareOptions): Promise<ExitCode> {
  return withStore(options, (store) => {
    if (options.forget !== undefined && !forgetComparison(store, options.forget)) {
      throw new UsageError(`There is no saved comparison "${options.forget}".`);
    }
    printSaved(listComparisons(store), options);
    return exitCodes.done;
  });
}

function loadCompared(store: Store, given: readonly string[], save: string | undefined): RunDocument[] {
  const references = expandName(store, given);
  if (references.length < 2) throw new UsageError('Name at least two runs: the baseline and one to compare with it.');
  if (references.length > maxComparedRuns) {
    throw new UsageError(`At most ${maxComparedRuns} runs can be compared at once, not ${references.length}.`);
  }
  const documents = references.map((reference) => loadFinishedRun(store, reference));
  if (save !== undefined) {
    saveComparison(
      store,
      save,
      documents.map((document) => document.runId),
    );
  }
  return documents;
}

async function compare(references: readonly string[], options: CompareOptions): Promise<ExitCode> {
  if (references.length === 0) return manageSaved(options);
  const documents = await withStore(options, (store) => loadCompared(store, references, options.save));
  const thresholds: RegressionThresholds = {
    maxAccuracyDropPoints: options.maxAccuracyDrop ?? null,
    maxSpeedupDropPercent: options.maxSpeedupDrop ?? null,
    maxSizeGrowthPercent: options.maxSizeGrowth ?? null,
  };
  const comparison = compareRuns(documents, thresholds);
  if (options.json === true) printJson({ ...comparison, thresholds });
  else printText(renderComparison(withOneLineTexts(documents), withOneLineTexts(comparison), thresholds));
  if (options.junit !== undefined || options.github === true) {
    const { buildComparisonReport } = await import('../../report/sections/comparison-report.ts');
    const { renderMarkdown } = await import('../../report/formats/markdown.ts');
    reportChecks(
      documents.at(-1)!,
      listRegressionChecks(comparison),
      'vernier compare',
      () => renderMarkdown(buildComparisonReport(documents, 'en', 'A4')),
      options,
    );
  }
  return comparison.regressions.length === 0 ? exitCodes.done : exitCodes.gateNotMet;
}

export function addCompareCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('compare')
    .summary('compare runs side by side; the first is the baseline')
    .description(
      'Compares finished runs with the first one, the baseline. Speed is compared by the speed-up of each run over its own ' +
        'original, which depends least on the time of day and the machine. With limits (--max-…): exit code 3 if a run is ' +
        'worse than the baseline by more than they allow, or cannot be judged.',
    )
    .argument(
      '[run...]',
      `the baseline first; each ${runReferenceHelp}; or the name of a saved comparison or a tag; without any: list saved comparisons`,
    )
    .option('--save <name>', 'save this comparison under a name')
    .option('--forget <name>', 'delete a saved comparison')
    .option('--max-accuracy-drop <points>', 'largest loss of accuracy, in percentage points', parseDecimal(-100))
    .option(
      '--max-speedup-drop <percent>',
      "largest loss of speed-up, in percent of the baseline's; on a busy machine, the worst value that the measurement allows counts",
      parseDecimal(-1e6),
    )
    .option('--max-size-growth <percent>', 'largest growth of the compressed model, in percent', parseDecimal(-100))
    .option('--junit <file>', 'write the limits as JUnit XML')
    .option('--github', 'print GitHub annotations, and add the comparison to the step summary');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  vernier compare 3f9a12c4 latest --save lens
  vernier compare lens
  vernier compare study:3f9a12c4
  vernier compare baseline.json latest --max-accuracy-drop 0.5 --max-speedup-drop 5 --junit compare.xml`,
    )
    .action(async (references: string[], options: CompareOptions) => setExitCode(await compare(references, options)));
}
