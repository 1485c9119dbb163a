import type { RunRow } from '../../shared/contract/results.ts';
import { decisionWords } from '../../shared/decision-texts.ts';
import { shortId } from '../../shared/run-id.ts';
import { formatBytes, formatMetric, formatPoints, formatRatio, formatShare, signMetric } from '../../shared/units.ts';
import { bad, good } from './output.ts';
import { renderTable } from './tables.ts';
import { withOneLineTexts } from './terminal-text.ts';

/** The name people gave it, its star and its tags go before the model's. */
function describeRow({ name, starred, tags, modelPath }: RunRow): string {
  const model = modelPath.split(/[\\/]/).at(-1) ?? modelPath;
  const marks = tags.map((tag) => `#${tag}`).join(' ');
  return `${starred ? '* ' : ''}${name === '' ? model : `${name} (${model})`}${marks === '' ? '' : `  ${marks}`}`;
}

/** What people noted on a run; empty when they noted nothing. */
export function renderMarks({ starred, notes, ...words }: RunRow): string {
  const { name, tags } = withOneLineTexts({ name: words.name, tags: words.tags });
  return [
    ...(name === '' && !starred ? [] : [`name     ${starred ? '* ' : ''}${name}`.trimEnd()]),
    ...(tags.length === 0 ? [] : [`tags     ${tags.join(', ')}`]),
    ...(notes === '' ? [] : [`note     ${notes.replaceAll('\n', '\n         ')}`]),
  ].join('\n');
}

/** What was decided of a run that ended; a status is no outcome. */
function describeOutcome({ status, decision }: RunRow): string {
  if (status !== 'done' || decision === null) return status;
  const word = decisionWords.en[decision];
  return decision === 'ship' ? good(word) : decision === 'doNotShip' ? bad(word) : word;
}

/** The figure it is judged by and how it changed; without targets how often both models agree. */
function describeTask(run: RunRow): [figure: string, change: string] {
  const { mainMetric, mainUnit, mainBefore, mainAfter, top1AgreementShare } = run;
  if (mainMetric === null || mainUnit === null || mainBefore === null || mainAfter === null)
    return [top1AgreementShare === null ? '–' : `agree ${formatShare(top1AgreementShare)}`, '–'];
  const difference = mainAfter - mainBefore;
  return [
    `${formatMetric(mainAfter, mainUnit)} ${mainMetric}`,
    mainUnit === 'share' ? formatPoints(difference) : signMetric(difference, mainUnit),
  ];
}

export function renderHistory(runs: readonly RunRow[]): string {
  return renderTable(
    [
      { title: 'run' },
      { title: 'started (UTC)', leaveOut: 2 },
      { title: 'decision' },
      { title: 'model', fill: true },
      { title: 'recipe', leaveOut: 3 },
      { title: 'size', align: 'right' },
      { title: 'speed-up', align: 'right' },
      { title: 'task', align: 'right' },
      { title: 'change', align: 'right', leaveOut: 1 },
    ],
    runs.map((run) => [
      shortId(run.runId),
      new Date(run.startedTimestampMs).toISOString().slice(0, 16).replace('T', ' '),
      describeOutcome(run),
      describeRow(run),
      run.recipeName,
      // `--sort size` is by bytes: they are what is shown.
      run.sizeBytesBefore === null || run.sizeBytesAfter === null
        ? '–'
        : `${formatBytes(run.sizeBytesAfter)} ${formatRatio(run.sizeBytesBefore / run.sizeBytesAfter)}`,
      formatRatio(run.speedupRatio),
      ...describeTask(run),
    ]),
  );
}
