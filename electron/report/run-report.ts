import type { ChartConfiguration } from 'chart.js';
import {
  buildIntervalChart,
  buildLatencyDistributionChart,
  buildLayerSpeedupChart,
  buildLayerSqnrChart,
  buildSizeByKindChart,
  lightChartColors,
  nameSizeKind,
  shareBeyondAxis,
  slowestLayers,
  sumSizeByKind,
  type ChartStyle,
} from '../../shared/charts.ts';
import type { PageSize, ReportLanguage } from '../../shared/report-options.ts';
import type { Accuracy, DataFacts, Environment, Layer, ModelFacts, RunDocument } from '../../shared/run.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatInterval,
  formatMs,
  formatRatio,
  formatShape,
  formatShare,
} from '../../shared/units.ts';
import {
  makeVisible,
  type Block,
  type Cell,
  type ChartBlock,
  type Fact,
  type Figure,
  type ReportDocument,
  type Section,
  type TableBlock,
} from './report-document.ts';
import {
  baseNameOf,
  formatGateValue,
  formatLedgerValue,
  formatPoints,
  formatPointsInterval,
  formatPValue,
  formatShareWithInterval,
  formatSqnr,
  formatTimestamp,
  isLossReal,
  isSpeedUnclear,
  judgeTone,
  shortId,
  writeVerdict,
} from './report-figures.ts';
import { reportTexts, type ReportTexts } from './report-texts.ts';

/** Printed at 3/4 of a pixel per point: 8 pt of type. */
export const reportChartStyle = (language: ReportLanguage): ChartStyle => ({
  colors: lightChartColors,
  fontFamily: language === 'zh-CN' ? 'Noto Sans SC' : 'Noto Sans',
  fontSizePx: 10.5,
});

/** The text width of a portrait page. */
export const chartWidthPx = 680;
const shownLayerBars = 20;

export function chartBlock(
  config: unknown,
  chart: { title: string; description: string; heightPx: number; note?: string },
): ChartBlock {
  return { kind: 'chart', config: config as ChartConfiguration, widthPx: chartWidthPx, ...chart };
}

function headline(document: RunDocument, texts: ReportTexts): Figure[] {
  const { words } = texts;
  const { speedup } = document.latency;
  const sizeRatio = document.model.original.sizeBytes / document.model.compressed.sizeBytes;
  const { accuracy } = document;
  const unclear = isSpeedUnclear(document);
  const speedFigure: Figure = {
    label: words.speedup,
    value: formatRatio(speedup.ratio),
    detail: unclear ? words.noDifference : `95 % ${formatInterval(speedup.ci95, formatRatio)}`,
    tone: unclear ? 'muted' : speedup.ratio >= 1 ? 'good' : 'bad',
  };
  const sizeFigure: Figure = {
    label: words.size,
    value: formatRatio(sizeRatio),
    detail: `${formatBytes(document.model.original.sizeBytes)} → ${formatBytes(document.model.compressed.sizeBytes)}`,
    tone: sizeRatio >= 1 ? 'good' : 'bad',
  };
  const accuracyFigure: Figure =
    accuracy.before !== null && accuracy.after !== null && accuracy.difference !== null
      ? {
          label: words.accuracy,
          value: formatPoints(accuracy.difference.value, texts),
          detail: `${formatShare(accuracy.before.value)} → ${formatShare(accuracy.after.value)}`,
          tone: document.data.random || isLossReal(accuracy) ? 'bad' : 'plain',
        }
      : {
          label: words.agreement,
          value: document.data.random ? '–' : formatShare(accuracy.agreement.top1),
          detail: document.data.random ? texts.differences['random-data'] : words.unlabelled,
          tone: document.data.random ? 'bad' : 'plain',
        };
  return [speedFigure, sizeFigure, accuracyFigure];
}

function gateTable(document: RunDocument, texts: ReportTexts): Block[] {
  if (document.gates.length === 0) return [];
  const { words } = texts;
  return [
    {
      kind: 'table',
      columns: [
        { title: words.gate, fill: 1 },
        { title: words.limit, align: 'right' },
        { title: words.actual, align: 'right' },
        { title: words.result },
      ],
      rows: document.gates.map((gate) => [
        texts.gates[gate.name],
        formatGateValue(gate, gate.limit),
        formatGateValue(gate, gate.actual),
        { text: gate.met ? words.met : words.notMet, tone: gate.met ? 'good' : 'bad', strong: true },
      ]),
    },
  ];
}

function summarySection(document: RunDocument, texts: ReportTexts): Section {
  const { words } = texts;
  const { original, compressed } = document.model;
  const facts: Fact[] = [
    { label: words.original, value: original.sha256, code: true },
    { label: words.compressed, value: compressed.sha256, code: true },
    { label: words.data, value: document.data.sha256 ?? texts.differences['random-data'], code: true },
    { label: words.recipe, value: makeVisible(document.recipe.name) },
    { label: words.machine, value: describeMachine(document.environment) },
    { label: words.software, value: describeSoftware(document.environment) },
  ];
  return {
    id: 'summary',
    title: texts.sections.summary,
    blocks: [
      { kind: 'verdict', tone: judgeTone(document), lines: writeVerdict(document, texts).map(makeVisible) },
      { kind: 'figures', figures: headline(document, texts) },
      ...gateTable(document, texts),
      { kind: 'facts', facts },
    ],
  };
}

export function describeMachine(environment: Environment): string {
  return makeVisible(
    `${environment.cpuModel}, ${environment.cores} × CPU, ${formatBytes(environment.totalMemoryBytes)}, ${environment.os}`,
  );
}

function describeSoftware(environment: Environment): string {
  return makeVisible(
    `Vernier ${environment.vernierVersion}, ONNX Runtime ${environment.onnxRuntimeVersion}, Node ${environment.nodeVersion}`,
  );
}

function ledgerSection(document: RunDocument, texts: ReportTexts): Section {
  const { words } = texts;
  return {
    id: 'ledger',
    title: texts.sections.ledger,
    blocks: [
      { kind: 'paragraph', text: texts.ledgerIntro, tone: 'muted' },
      {
        kind: 'table',
        columns: [
          { title: words.claim, fill: 1 },
          { title: words.before, align: 'right' },
          { title: words.after, align: 'right' },
          { title: words.ratio, align: 'right' },
          { title: words.interval, align: 'right' },
          { title: words.basis },
        ],
        rows: document.ledger.map((row) => [
          texts.claims[row.claim].name,
          formatLedgerValue(row.before, row.unit),
          formatLedgerValue(row.after, row.unit),
          { text: formatRatio(row.ratio), strong: true },
          row.ratioCi95 === null ? '' : formatInterval(row.ratioCi95, formatRatio),
          row.basis.startsWith('measured') ? texts.basisMeasured : texts.basisComputed,
        ]),
      },
      {
        kind: 'definitions',
        items: document.ledger.map((row) => [
          texts.claims[row.claim].name,
          // The run's own words where they can be read: they are what was true when it was made.
          makeVisible(
            texts.engineLanguageNote === null
              ? `${row.definition} ${capitalize(row.basis)}.`
              : texts.claims[row.claim].definition,
          ),
        ]),
      },
    ],
  };
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function accuracyRows(accuracy: Accuracy, texts: ReportTexts): string[][] {
  const { before, after, difference, top5 } = accuracy;
  if (before === null || after === null || difference === null) return [];
  const row = (name: string, side: Required<NonNullable<Accuracy['top5']>>) => [
    name,
    formatShareWithInterval(side.before),
    formatShareWithInterval(side.after),
    formatPoints(side.difference.value, texts),
    formatPointsInterval(side.difference.ci95),
  ];
  return [
    row(texts.words.top1, { before, after, difference }),
    ...(top5 === null ? [] : [row(texts.words.top5, top5)]),
  ];
}

function accuracySection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
  const { accuracy, data } = document;
  const { words } = texts;
  const blocks: Block[] = [
    { kind: 'paragraph', text: texts.accuracyIntro(formatCount(accuracy.count)), tone: 'muted' },
  ];
  if (data.random) blocks.push({ kind: 'paragraph', text: texts.randomData, tone: 'bad' });
  const rows = accuracyRows(accuracy, texts);
  if (rows.length > 0) {
    blocks.push({
      kind: 'table',
      columns: [
        { title: words.metric, fill: 1 },
        { title: words.original, align: 'right' },
        { title: words.compressed, align: 'right' },
        { title: words.difference, align: 'right' },
        { title: words.interval, align: 'right' },
      ],
      rows,
    });
    const { before, after, top5 } = accuracy;
    const pairs = [
      { name: words.top1, before: before!, after: after! },
      ...(top5 === null ? [] : [{ name: words.top5, before: top5.before, after: top5.after }]),
    ];
    blocks.push(
      chartBlock(
        buildIntervalChart(
          pairs.flatMap((pair) =>
            (['before', 'after'] as const).map((role) => ({
              label: `${pair.name}, ${texts.chart[role]}`,
              value: 100 * pair[role].value,
              ci95: [100 * pair[role].ci95[0], 100 * pair[role].ci95[1]] as [number, number],
              role,
              text: formatShare(pair[role].value),
            })),
          ),
          { title: `${texts.sections.accuracy} (%)`, reference: null, unit: '%' },
          style,
        ),
        {
          title: texts.sections.accuracy,
          description: rows.map((row) => row.slice(0, 4).join(' ')).join('; '),
          heightPx: 60 + pairs.length * 50,
        },
      ),
    );
  }
  const { agreement, mcnemar } = accuracy;
  if (mcnemar !== null) {
    blocks.push({
      kind: 'paragraph',
      text: texts.mcnemar(
        formatCount(mcnemar.onlyBefore),
        formatCount(mcnemar.onlyAfter),
        formatPValue(mcnemar.pValue),
      ),
    });
  }
  blocks.push({
    kind: 'paragraph',
    text: texts.agreementSentence(
      formatShare(agreement.top1),
      formatCount(agreement.count),
      formatSqnr(agreement.sqnrDb, texts),
      agreement.cosine.toFixed(5),
    ),
  });
  if (accuracy.metric === 'agreement') blocks.push({ kind: 'paragraph', text: texts.notAccuracy, tone: 'warning' });
  return { id: 'accuracy', title: texts.sections.accuracy, blocks };
}

function latencySection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
  const { latency, environment } = document;
  const { words } = texts;
  const beyond = shareBeyondAxis(document);
  const showP99 = latency.before.p99Ms !== null || latency.after.p99Ms !== null;
  const { speedup, resolution } = latency;
  return {
    id: 'latency',
    title: texts.sections.latency,
    blocks: [
      {
        kind: 'paragraph',
        text: texts.latencyIntro(latency.threads, latency.batchSize, makeVisible(environment.cpuModel)),
        tone: 'muted',
      },
      {
        kind: 'table',
        columns: [
          { title: words.model, fill: 1 },
          ...[words.median, words.mean, 'p90', 'p95', ...(showP99 ? ['p99'] : [])].map((title) => ({
            title,
            align: 'right' as const,
          })),
          { title: words.count, align: 'right' },
          { title: words.load, align: 'right' },
          { title: words.peakMemory, align: 'right' },
        ],
        rows: (['before', 'after'] as const).map((side) => [
          texts.chart[side],
          { text: formatMs(latency[side].medianMs), strong: true },
          formatMs(latency[side].meanMs),
          formatMs(latency[side].p90Ms),
          formatMs(latency[side].p95Ms),
          ...(showP99 ? [formatMs(latency[side].p99Ms)] : []),
          formatCount(latency[side].count),
          formatMs(latency[side].sessionLoadMs),
          formatBytes(latency[side].peakMemoryBytes),
        ]),
      },
      chartBlock(buildLatencyDistributionChart(document, style, texts.chart), {
        title: texts.chart.latencyMs,
        description: `${texts.chart.before}: ${texts.words.median} ${formatMs(latency.before.medianMs)}; ${texts.chart.after}: ${texts.words.median} ${formatMs(latency.after.medianMs)}`,
        heightPx: 190,
        ...(beyond > 0.0005 && { note: texts.beyondAxis(formatShare(beyond)) }),
      }),
      {
        kind: 'paragraph',
        text: texts.speedupSentence(formatRatio(speedup.ratio), formatInterval(speedup.ci95, formatRatio)),
      },
      ...(resolution === null
        ? []
        : [
            {
              kind: 'paragraph' as const,
              text: texts.resolutionSentence(
                formatRatio(resolution.ratio),
                formatInterval(resolution.ci95, formatRatio),
              ),
              tone: 'muted' as const,
            },
          ]),
    ],
  };
}

function layerSpeedSection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
  const shown = slowestLayers(document, shownLayerBars);
  const timedCount = slowestLayers(document, Infinity).length;
  const { profile, latency } = document;
  const blocks: Block[] =
    shown.length === 0
      ? [{ kind: 'paragraph', text: texts.noLayerTimes, tone: 'muted' }]
      : [
          { kind: 'paragraph', text: texts.layerSpeedIntro(shown.length, timedCount), tone: 'muted' },
          chartBlock(
            buildLayerSpeedupChart(
              shown.map((layer) => ({ ...layer, name: makeVisible(layer.name) })),
              style,
              texts.chart,
            ),
            {
              title: texts.sections.layerSpeed,
              description: shown
                .slice(0, 5)
                .map(
                  (layer) =>
                    `${makeVisible(layer.name)} ${formatRatio(layer.latencyBeforeMs! / layer.latencyAfterMs!)}`,
                )
                .join(', '),
              heightPx: 56 + shown.length * 19,
            },
          ),
        ];
  blocks.push({
    kind: 'paragraph',
    text: texts.profileSentence({
      sumBefore: formatMs(profile.beforeSumMs),
      sumAfter: formatMs(profile.afterSumMs),
      overheadAfter: formatMs(profile.afterOverheadMs),
      medianBefore: formatMs(latency.before.medianMs),
      medianAfter: formatMs(latency.after.medianMs),
    }),
  });
  return { id: 'layer-speed', title: texts.sections.layerSpeed, blocks };
}

function sizeSection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
  const { words } = texts;
  const { original, compressed } = document.model;
  const kinds = sumSizeByKind(document);
  return {
    id: 'size',
    title: texts.sections.size,
    blocks: [
      { kind: 'paragraph', text: texts.sizeIntro, tone: 'muted' },
      chartBlock(buildSizeByKindChart(document, style, texts.chart), {
        title: texts.sections.size,
        description: `${formatBytes(original.sizeBytes)} → ${formatBytes(compressed.sizeBytes)}`,
        heightPx: 130,
      }),
      {
        kind: 'table',
        columns: [
          { title: words.kind, fill: 1 },
          { title: words.original, align: 'right' },
          { title: words.compressed, align: 'right' },
          { title: words.ratio, align: 'right' },
          { title: `${words.share}, ${words.compressed}`, align: 'right' },
        ],
        rows: kinds.map((kind) => [
          makeVisible(nameSizeKind(kind, texts.chart)),
          formatBytes(kind.bytesBefore),
          formatBytes(kind.bytesAfter),
          kind.bytesAfter === 0 ? '–' : formatRatio(kind.bytesBefore / kind.bytesAfter),
          formatShare(kind.bytesAfter / compressed.sizeBytes),
        ]),
      },
    ],
  };
}

function layerQualitySection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section[] {
  const chart = buildLayerSqnrChart(document, style, texts.chart);
  if (chart === null) return [];
  const worst = document.layers
    .filter((layer) => layer.sqnrDb !== null)
    .toSorted((a, b) => a.sqnrDb! - b.sqnrDb!)
    .slice(0, 3);
  return [
    {
      id: 'layer-quality',
      title: texts.sections.layerQuality,
      blocks: [
        { kind: 'paragraph', text: texts.layerQualityIntro, tone: 'muted' },
        chartBlock(chart, {
          title: texts.sections.layerQuality,
          description: worst.map((layer) => `${makeVisible(layer.name)} ${formatSqnr(layer.sqnrDb, texts)}`).join(', '),
          heightPx: 190,
        }),
      ],
    },
  ];
}

function candidateSection(document: RunDocument, texts: ReportTexts): Section[] {
  if (document.candidates.length === 0) return [];
  const { words } = texts;
  return [
    {
      id: 'candidates',
      title: texts.sections.candidates,
      blocks: [
        { kind: 'paragraph', text: texts.candidatesIntro, tone: 'muted' },
        {
          kind: 'table',
          columns: [
            { title: '' },
            { title: words.candidate, fill: 1 },
            { title: 'SQNR', align: 'right' },
            { title: words.agreement, align: 'right' },
            { title: words.speedup, align: 'right' },
            { title: words.note, fill: 1 },
          ],
          rows: document.candidates.map((candidate): (Cell | string)[] => [
            { text: candidate.chosen ? '•' : '', tone: 'good', strong: true },
            { text: makeVisible(candidate.name), ...(candidate.chosen && { strong: true as const }) },
            formatSqnr(candidate.sqnrDb, texts),
            formatShare(candidate.top1Agreement),
            formatRatio(candidate.latencyRatio),
            { text: makeVisible(candidate.note), tone: 'muted' },
          ]),
        },
      ],
    },
  ];
}

const severityTones = { info: 'muted', warning: 'warning', error: 'bad' } as const;
const severityOrder = { error: 0, warning: 1, info: 2 } as const;

function diagnosticsSection(document: RunDocument, texts: ReportTexts): Section {
  const { words } = texts;
  const sorted = document.diagnostics.toSorted((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
  return {
    id: 'diagnostics',
    title: texts.sections.diagnostics,
    blocks:
      sorted.length === 0
        ? [{ kind: 'paragraph', text: texts.diagnosticsNone, tone: 'muted' }]
        : [
            {
              kind: 'table',
              columns: [
                { title: words.severity },
                { title: words.message, fill: 3 },
                { title: words.node, fill: 1, code: true },
              ],
              rows: sorted.map(({ severity, message, node }): (Cell | string)[] => [
                { text: texts.severities[severity], tone: severityTones[severity] },
                makeVisible(message),
                { text: node === null ? '' : makeVisible(node), tone: 'muted' },
              ]),
            },
            ...(texts.engineLanguageNote === null
              ? []
              : [{ kind: 'paragraph' as const, text: texts.engineLanguageNote, tone: 'muted' as const }]),
          ],
  };
}

function modelFacts(label: string, model: ModelFacts): Fact[] {
  const values = (list: ModelFacts['inputs']) =>
    list.map(({ name, dataType, dims }) => `${name} ${dataType} ${formatShape(dims)}`).join(', ');
  return [
    { label, value: makeVisible(model.path), code: true },
    { label: 'SHA-256', value: model.sha256, code: true },
    {
      label: '',
      value: makeVisible(
        `${formatBytes(model.sizeBytes)} (${model.sizeBytes.toLocaleString('en-US')} B), opset ${model.opset}` +
          `${model.producer === '' ? '' : `, ${model.producer}`}; ${values(model.inputs)} → ${values(model.outputs)}`,
      ),
    },
  ];
}

function dataFacts(data: DataFacts, texts: ReportTexts): Fact[] {
  const { words } = texts;
  const hash = (label: string, value: string | null): Fact[] => (value === null ? [] : [{ label, value, code: true }]);
  return [
    {
      label: words.data,
      value: data.random ? texts.differences['random-data'] : makeVisible(data.path ?? '–'),
      code: true,
    },
    ...hash('SHA-256', data.sha256),
    {
      label: words.samples,
      value: `${formatCount(data.sampleCount)} = ${formatCount(data.calibrationCount)} + ${formatCount(data.evaluationCount)} (seed ${data.seed}), ${data.kind}${data.labelled ? '' : `, ${words.unlabelled}`}`,
    },
    ...hash('calibration', data.calibrationSha256),
    ...hash('evaluation', data.evaluationSha256),
  ];
}

export function identitySection(document: RunDocument, texts: ReportTexts): Section {
  const { words } = texts;
  const { environment } = document;
  const stages = Object.entries(document.stageDurationsMs)
    .map(([stage, durationMs]) => `${stage} ${formatDuration(durationMs)}`)
    .join(', ');
  const load = environment.loadAverage.map((value) => value.toFixed(2)).join(', ');
  const facts: Fact[] = [
    { label: words.run, value: document.runId, code: true },
    {
      label: words.started,
      value: `${formatTimestamp(document.startedTimestampMs)}, ${words.duration} ${formatDuration(document.durationMs)}`,
    },
    ...modelFacts(words.original, document.model.original),
    ...modelFacts(words.compressed, document.model.compressed),
    ...dataFacts(document.data, texts),
    { label: words.machine, value: describeMachine(environment) },
    {
      label: '',
      value: makeVisible(
        [
          environment.cpuFlags.join(' '),
          load === '' ? '' : `load ${load}`,
          environment.governor === null ? '' : `governor ${environment.governor}`,
          environment.onBattery === null ? '' : environment.onBattery ? 'on battery' : 'mains power',
        ]
          .filter((part) => part !== '')
          .join('; '),
      ),
    },
    { label: words.software, value: describeSoftware(environment) },
    { label: words.stages, value: stages },
  ];
  return { id: 'identity', title: texts.sections.identity, blocks: [{ kind: 'facts', facts }] };
}

/** Decimals with which the largest value of a column keeps about four digits. */
function decimalsFor(values: readonly (number | null)[]): number {
  const largest = Math.max(0, ...values.map((value) => Math.abs(value ?? 0)));
  return largest >= 1000 ? 1 : largest >= 10 ? 2 : 3;
}

function layerTable(layers: readonly Layer[], texts: ReportTexts): TableBlock {
  const { words } = texts;
  const decimals = decimalsFor(layers.flatMap((layer) => [layer.latencyBeforeMs, layer.latencyAfterMs]));
  return {
    kind: 'table',
    dense: true,
    columns: [
      { title: '#', align: 'right' },
      { title: words.layer, fill: 3, code: true },
      { title: words.operator },
      { title: words.output },
      { title: words.parameters, align: 'right' },
      { title: 'MACs', align: 'right' },
      { title: words.bits },
      { title: words.before, align: 'right' },
      { title: words.after, align: 'right' },
      { title: words.ratio, align: 'right' },
      { title: 'SQNR (dB)', align: 'right' },
      { title: words.note, fill: 2 },
    ],
    rows: layers.map((layer, index): (Cell | string)[] => {
      const { latencyBeforeMs, latencyAfterMs } = layer;
      const ratio = latencyBeforeMs === null || !latencyAfterMs ? null : latencyBeforeMs / latencyAfterMs;
      return [
        { text: String(index + 1), tone: 'muted' },
        makeVisible(layer.name),
        makeVisible(layer.opType),
        formatShape(layer.outputShape),
        layer.parameters === 0 ? '–' : formatFixed(layer.parameters, 0),
        layer.macs === 0 ? '–' : formatFixed(layer.macs, 0),
        layer.quantized ? `w${layer.weightBits} a${layer.activationBits}` : { text: words.float, tone: 'muted' },
        formatFixed(latencyBeforeMs, decimals),
        formatFixed(latencyAfterMs, decimals),
        ratio === null ? '–' : { text: formatRatio(ratio), ...(ratio < 1 && { tone: 'warning' as const }) },
        formatFixed(layer.sqnrDb, 1),
        { text: makeVisible(layer.reason), tone: 'muted' },
      ];
    }),
  };
}

function layersSection(document: RunDocument, texts: ReportTexts): Section {
  const quantizedCount = document.layers.filter((layer) => layer.quantized).length;
  return {
    id: 'layers',
    title: texts.sections.layers,
    wide: true,
    breakBefore: true,
    collapsed: true,
    blocks: [
      {
        kind: 'paragraph',
        text: texts.layersIntro(formatCount(quantizedCount), formatCount(document.layers.length)),
        tone: 'muted',
      },
      layerTable(document.layers, texts),
    ],
  };
}

function describeSetting(value: unknown): string {
  return Array.isArray(value) ? (value.length === 0 ? '–' : value.join(', ')) : String(value);
}

export function methodSection(texts: ReportTexts): Section {
  return {
    id: 'method',
    title: texts.sections.method,
    collapsed: true,
    blocks: [{ kind: 'definitions', items: texts.method }],
  };
}

function recipeSection({ recipe }: RunDocument, texts: ReportTexts): Section {
  const settings = Object.entries(recipe).filter(([name]) => name !== 'name' && name !== 'description');
  return {
    id: 'recipe',
    title: texts.sections.recipe,
    collapsed: true,
    blocks: [
      {
        kind: 'paragraph',
        text: makeVisible(`${recipe.name}${recipe.description === '' ? '' : `: ${recipe.description}`}`),
      },
      {
        kind: 'facts',
        facts: settings.map(([name, value]) => ({ label: name, value: makeVisible(describeSetting(value)) })),
      },
    ],
  };
}

/** Everything one run found out, most important first. */
export function buildRunReport(document: RunDocument, language: ReportLanguage, pageSize: PageSize): ReportDocument {
  const texts = reportTexts[language];
  const style = reportChartStyle(language);
  const title = makeVisible(baseNameOf(document.model.original.path));
  return {
    language,
    pageSize,
    kind: texts.compressionReport,
    title,
    subtitle: texts.runOf(shortId(document.runId), formatTimestamp(document.startedTimestampMs)),
    createdTimestampMs: document.startedTimestampMs + Math.round(document.durationMs),
    author: texts.generatedBy(document.environment.vernierVersion),
    keywords: ['ONNX', 'int8', document.runId, document.model.compressed.sha256],
    labels: { contents: texts.contents, page: texts.page, moreRows: texts.moreRows },
    sections: [
      summarySection(document, texts),
      ledgerSection(document, texts),
      accuracySection(document, style, texts),
      latencySection(document, style, texts),
      layerSpeedSection(document, style, texts),
      sizeSection(document, style, texts),
      ...layerQualitySection(document, style, texts),
      ...candidateSection(document, texts),
      diagnosticsSection(document, texts),
      identitySection(document, texts),
      recipeSection(document, texts),
      methodSection(texts),
      layersSection(document, texts),
    ],
  };
}
