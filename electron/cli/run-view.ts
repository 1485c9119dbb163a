import { describePrecision, isReduced, precisionOf } from '../../shared/precision.ts';
import type {
  ClaimName,
  EndedRunDocument,
  Latency,
  Interval95,
  Layer,
  LedgerRow,
  RunDocument,
} from '../../shared/run.ts';
import { nameCompression } from '../../shared/name-compression.ts';
import { timesOfSpeedup } from '../../shared/paired-times.ts';
import { timedVariants } from '../../shared/events.ts';
import { shortId } from '../../shared/run-id.ts';
import type { RunSummary } from '../../shared/run-summary.ts';
import { describeSlowCause } from '../../shared/slow-cause-texts.ts';
import { slowCausesOf, type SlowCause } from '../../shared/slow-causes.ts';
import {
  formatBytes,
  formatCount,
  formatDecibels,
  formatDuration,
  formatInterval,
  formatLedgerValue,
  formatMs,
  formatRatio,
  formatSampleDecibels,
  formatShape,
  formatShare,
} from '../../shared/units.ts';
import { renderAccuracy } from './accuracy-view.ts';
import { renderDecision, renderFindings } from './decision-view.ts';
import { renderNotes } from './notes.ts';
import { bad, dim, emphasize, good } from './output.ts';
import { noteSwayedMedians } from './swayed-medians.ts';
import { renderTable, renderTitle, type Column } from './tables.ts';

/** The name of a claim and what it counts in a few words; the row's own definition is the full one. */
const claimWords: Readonly<Record<ClaimName, readonly [string, string]>> = {
  parameters: ['parameters', 'number of weights; shared ones count once, int8 ones in full'],
  fp32EquivalentParameters: ['fp32-equivalent parameters', 'weights x bits / 32: "4x fewer parameters" in articles'],
  storedBytes: ['stored bytes', 'model file and external data'],
  macs: ['MACs', 'multiply-accumulates of one inference; quantization keeps them'],
  bops: ['BOPs', 'MACs x weight bits x activation bits'],
  weightedCompute: ['weighted compute', "MACs x wider operand's bits / 32: 'less compute' in articles"],
  latencyMedianMs: ['latency, median', 'measured in interleaved runs'],
  peakMemoryBytes: ['peak memory', 'of a fresh process that loads and runs the model'],
};

function renderLedger(rows: readonly LedgerRow[]): string {
  const hasPrepared = rows.some(({ prepared }) => prepared !== null);
  const columns: Column[] = [
    { title: 'number' },
    { title: 'before', align: 'right' },
    ...(hasPrepared ? [{ title: 'prepared', align: 'right', leaveOut: 1 } as const] : []),
    { title: 'after', align: 'right' },
    { title: 'ratio', align: 'right' },
    { title: 'what it means', fill: true },
  ];
  return renderTable(
    columns,
    rows.map((row) => [
      claimWords[row.claim][0],
      formatLedgerValue(row.before, row.unit),
      ...(hasPrepared ? [row.prepared === null ? '' : formatLedgerValue(row.prepared, row.unit)] : []),
      formatLedgerValue(row.after, row.unit),
      emphasize(formatRatio(row.ratio)),
      `${row.isPartial ? 'PARTIAL, some MACs are unknown: ' : ''}${claimWords[row.claim][1]}${row.ratioCi95 === null ? '' : `, 95 % ${formatInterval(row.ratioCi95, formatRatio)}`}`,
    ]),
  );
}

/** Said where the medians of a table contradict the ratio below it. */
function noteSwayed(latency: Latency): string {
  const { before, after } = latency;
  return timesOfSpeedup(latency).isEvened ? `\n${noteSwayedMedians(before.medianMs / after.medianMs)}` : '';
}

/** What of the speed-up is that of folding; empty for documents that do not tell. */
function renderSpeedParts({ latency, model, layers }: RunDocument): string {
  const { speedupParts } = latency;
  const means = nameCompression(layers, 'en');
  if (speedupParts !== null) {
    const describe = ({ ratio, ci95 }: { ratio: number; ci95: Interval95 }): string =>
      `${emphasize(formatRatio(ratio))}, 95 % ${formatInterval(ci95, formatRatio)}`;
    return `\nfolding alone, still float: ${describe(speedupParts.folding)}; adding ${means}: ${describe(speedupParts.compression)}`;
  }
  return model.prepared?.changed === false
    ? `\nThere was nothing to fold, so the whole difference comes from ${means}.`
    : '';
}

function renderLatency(document: RunDocument): string {
  const { latency } = document;
  const sides = timedVariants.flatMap((name) => {
    const side = latency[name];
    return side === null ? [] : [{ name, side }];
  });
  const table = renderTable(
    [
      { title: 'model' },
      { title: 'median', align: 'right' },
      { title: 'p90', align: 'right', leaveOut: 4 },
      { title: 'p95', align: 'right', leaveOut: 2 },
      { title: 'mean', align: 'right', leaveOut: 1 },
      { title: 'runs', align: 'right', leaveOut: 5 },
      { title: 'load', align: 'right', leaveOut: 3 },
      { title: 'peak memory', align: 'right' },
    ],
    sides.map(({ name, side }) => [
      name,
      formatMs(side.medianMs),
      formatMs(side.p90Ms),
      formatMs(side.p95Ms),
      formatMs(side.meanMs),
      formatCount(side.count),
      formatMs(side.sessionLoadMs),
      formatBytes(side.peakMemoryBytes),
    ]),
  );
  const { speedup, resolution } = latency;
  const control =
    resolution === null
      ? ''
      : `; the original against itself: ${formatRatio(resolution.ratio)} ${formatInterval(resolution.ci95, formatRatio)}`;
  return `${table}\nspeed-up ${emphasize(formatRatio(speedup.ratio))}, 95 % ${formatInterval(speedup.ci95, formatRatio)}${control}${renderSpeedParts(document)}${noteSwayed(latency)}`;
}

function renderCandidates(document: RunDocument): string {
  const ranksClasses = document.candidates.some(({ top1Agreement }) => top1Agreement !== null);
  const hasWorst = document.candidates.some(({ worstTenthSqnrDb }) => worstTenthSqnrDb !== null);
  return renderTable(
    [
      { title: '' },
      { title: 'candidate', fill: true },
      { title: 'output SQNR', align: 'right' },
      ...(hasWorst ? [{ title: 'worst tenth', align: 'right', leaveOut: 1 } as const] : []),
      ...(ranksClasses ? [{ title: 'agreement', align: 'right' } as const] : []),
      { title: 'speed-up', align: 'right' },
      { title: 'note', fill: true, leaveOut: 2 },
    ],
    document.candidates.map((candidate) => [
      candidate.chosen ? good('>') : '',
      candidate.name,
      formatSampleDecibels(candidate.sqnrDb),
      ...(hasWorst ? [formatSampleDecibels(candidate.worstTenthSqnrDb)] : []),
      ...(ranksClasses ? [formatShare(candidate.top1Agreement)] : []),
      formatRatio(candidate.latencyRatio),
      candidate.note,
    ]),
  );
}

/** What became of a layer, and why it is slower. */
function describeNote({ reason }: Layer, cause: SlowCause | undefined): string {
  const slower = cause === undefined ? '' : `slower: ${describeSlowCause(cause, 'en').sentence}`;
  return [reason, slower].filter((part) => part !== '').join('; ');
}

function renderLayers(document: RunDocument): string {
  const causes = slowCausesOf(document);
  const hasOwnError = document.layers.some(({ introducedSqnrDb }) => introducedSqnrDb !== null);
  return renderTable(
    [
      { title: 'layer', fill: true },
      { title: 'op' },
      { title: 'output', leaveOut: 3 },
      { title: 'parameters', align: 'right', leaveOut: 1 },
      { title: 'MACs', align: 'right', leaveOut: 2 },
      { title: 'bits' },
      { title: 'before', align: 'right' },
      { title: 'after', align: 'right' },
      { title: 'SQNR', align: 'right' },
      ...(hasOwnError ? [{ title: 'alone', align: 'right', leaveOut: 5 } as const] : []),
      { title: 'note', fill: true, leaveOut: 4 },
    ],
    document.layers.map((layer) => [
      layer.name,
      layer.opType,
      formatShape(layer.outputShape),
      formatCount(layer.parameters),
      layer.macsKnown ? formatCount(layer.macs) : '–',
      describePrecision(precisionOf(layer)),
      formatMs(layer.latencyBeforeMs),
      formatMs(layer.latencyAfterMs),
      layer.sqnrDb === null ? '–' : formatDecibels(layer.sqnrDb),
      ...(hasOwnError ? [layer.introducedSqnrDb === null ? '–' : formatDecibels(layer.introducedSqnrDb)] : []),
      describeNote(layer, causes.get(layer.name)),
    ]),
  );
}

/** "52 of 66 layers are low-bit: 30 x w8 a8, 22 x a8. The others: 9 x folded into …": the most frequent first. */
function summarizeLayers(document: RunDocument): string {
  const [kinds, reasons] = [new Map<string, number>(), new Map<string, number>()];
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const layer of document.layers) {
    const precision = precisionOf(layer);
    if (isReduced(precision)) count(kinds, describePrecision(precision));
    else if (layer.reason !== '') count(reasons, layer.reason);
  }
  const list = (counts: Map<string, number>, separator: string): string =>
    [...counts]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, 3)
      .map(([text, times]) => `${times} x ${text}`)
      .join(separator);
  const reduced = [...kinds.values()].reduce((sum, times) => sum + times, 0);
  const how = kinds.size === 0 ? '' : `: ${list(kinds, ', ')}`;
  const why = reasons.size === 0 ? '' : `. The others: ${list(reasons, '; ')}`;
  return `${reduced} of ${document.layers.length} layers ${reduced === 1 ? 'is' : 'are'} low-bit${how}${why}`;
}

/** Everything a person wants to know about a finished run, most important first, the verdict last. */
export function renderRun(
  document: RunDocument,
  shown: { readonly layers: boolean; readonly databasePath: string },
): string {
  const { original, prepared, compressed } = document.model;
  const { data } = document;
  const parts: string[] = [
    `${emphasize(original.path)}  ${formatBytes(original.sizeBytes)}, opset ${original.opset}`,
    dim(
      `run ${shortId(document.runId)}, ${new Date(document.startedTimestampMs).toISOString().slice(0, 19)}Z, ` +
        `took ${formatDuration(document.durationMs)}, recipe ${document.recipe.name}, seed ${data.seed}`,
    ),
    dim(
      data.random
        ? `data: seeded noise (--random-data), ${data.calibrationCount} calibration, ${data.evaluationCount} evaluation samples`
        : `data: ${data.path ?? 'none'} (${data.kind}${data.labelled ? ', labelled' : ''}), ` +
            `${data.calibrationCount} calibration, ${data.evaluationCount} evaluation samples`,
    ),
    renderTitle('Savings (ratio = before / after; MB = 10^6 bytes)'),
    renderLedger(document.ledger),
    renderTitle(
      `Latency (${document.latency.threads} ${document.latency.threads === 1 ? 'thread' : 'threads'}, ` +
        `batch ${document.latency.batchSize}, ${document.environment.cpuModel})`,
    ),
    renderLatency(document),
    renderTitle(`Accuracy (${formatCount(document.accuracy.count)} samples, 95 % intervals)`),
    renderAccuracy(document.accuracy, data.random),
  ];
  if (document.candidates.length > 0) {
    parts.push(renderTitle('Candidates compared'), renderCandidates(document));
  }
  parts.push(renderTitle('Layers'), summarizeLayers(document));
  if (shown.layers) {
    const { profile, latency } = document;
    parts.push(
      renderLayers(document),
      `Sum of layer times under profiling: ${formatMs(profile.beforeSumMs)} before, ${formatMs(profile.afterSumMs)} after ` +
        `(${formatMs(profile.afterOverheadMs)} of that for conversions to and from float). The latency is ` +
        `${formatMs(latency.before.medianMs)} and ${formatMs(latency.after.medianMs)}: the difference is scheduling and profiling overhead.`,
    );
  }

  parts.push(...renderNotes(document.diagnostics));
  if (document.gates.length > 0) {
    parts.push(
      renderTitle('Limits'),
      ...document.gates.map((gate) => `${gate.met ? good('met    ') : bad('not met')} ${gate.message}`),
    );
  }
  parts.push(
    renderFindings(document),
    renderTitle('Verdict'),
    ...document.verdict,
    renderDecision(document),
    '',
    `model    ${compressed.path}  ${formatBytes(compressed.sizeBytes)}, sha256 ${compressed.sha256.slice(0, 16)}…`,
    ...(prepared === null || prepared.path === null
      ? []
      : [
          `prepared ${prepared.path}  ${formatBytes(prepared.sizeBytes)}, float, sha256 ${prepared.sha256!.slice(0, 16)}…`,
        ]),
    `history  ${shown.databasePath}  run ${shortId(document.runId)}`,
  );
  return parts.join('\n');
}

/** A run that failed or was stopped, or is still going. */
export function renderUnfinishedRun(summary: RunSummary, document: EndedRunDocument | null): string {
  const lines = [
    emphasize(summary.modelPath),
    dim(
      `run ${shortId(summary.runId)}, ${new Date(summary.startedTimestampMs).toISOString().slice(0, 19)}Z, ` +
        `recipe ${summary.recipeName}, ${summary.threads} ${summary.threads === 1 ? 'thread' : 'threads'}`,
    ),
    `data    ${summary.dataPath ?? (summary.randomData ? 'seeded noise (--random-data)' : 'none')}`,
    `status  ${summary.status === 'failed' ? bad(summary.status) : summary.status}`,
  ];
  if (document !== null) {
    lines.push(
      `after   ${formatDuration(document.durationMs)}`,
      `reason  ${document.error.message} (${document.error.code})`,
    );
  }
  return lines.join('\n');
}
