import { type ChartStyle } from '../../../shared/charts/chart-style.ts';
import {
  buildLatencyDistributionChart,
  latencySeriesOf,
  shareBeyondAxis,
} from '../../../shared/charts/latency-distribution.ts';
import { timedVariants } from '../../../shared/events.ts';
import { buildLayerSpeedupChart, heightOfNamedLayers, slowestLayers } from '../../../shared/charts/layer-speedup.ts';
import { buildLayerSqnrChart } from '../../../shared/charts/layer-sqnr.ts';
import { buildSizeByKindChart, nameSizeKind, sumSizeByKind } from '../../../shared/charts/size-by-kind.ts';
import { nameCompression } from '../../../shared/name-compression.ts';
import { timesOfSpeedup } from '../../../shared/paired-times.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { breakOf, errorOverDepth } from '../../../shared/error-depth.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInterval,
  formatMs,
  formatRatio,
  formatShare,
} from '../../../shared/units.ts';
import { chartBlock } from './report-charts.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { Block, Section } from '../report-document.ts';
import { formatSqnr } from '../texts/report-figures.ts';
import type { ReportTexts } from '../texts/report-texts.ts';

const shownLayerBars = 20;

export function latencySection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
  const { latency, environment } = document;
  const { words } = texts;
  const sides = timedVariants.flatMap((variant) => {
    const side = latency[variant];
    return side === null ? [] : [{ name: texts.chart[variant], side }];
  });
  const beyond = shareBeyondAxis(sides.map(({ side }) => side.samplesMs));
  const showP99 = sides.some(({ side }) => side.p99Ms !== null);
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
        rows: sides.map(({ name, side }) => [
          name,
          { text: formatMs(side.medianMs), strong: true },
          formatMs(side.meanMs),
          formatMs(side.p90Ms),
          formatMs(side.p95Ms),
          ...(showP99 ? [formatMs(side.p99Ms)] : []),
          formatCount(side.count),
          formatMs(side.sessionLoadMs),
          formatBytes(side.peakMemoryBytes),
        ]),
      },
      chartBlock(buildLatencyDistributionChart(latencySeriesOf(latency, style, texts.chart), style, texts.chart), {
        title: texts.chart.latencyMs,
        description: sides
          .map(({ name, side }) => `${name}: ${texts.words.median} ${formatMs(side.medianMs)}`)
          .join('; '),
        heightPx: 190,
        ...(beyond > 0.0005 && { note: texts.beyondAxis(formatShare(beyond)) }),
      }),
      {
        kind: 'paragraph',
        text: texts.speedupSentence(formatRatio(speedup.ratio), formatInterval(speedup.ci95, formatRatio)),
      },
      ...describeSpeedParts(document, texts),
      ...(timesOfSpeedup(latency).isEvened
        ? [
            {
              kind: 'paragraph' as const,
              text: texts.swayedMedians(formatRatio(latency.before.medianMs / latency.after.medianMs)),
              tone: 'warning' as const,
            },
          ]
        : []),
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

/** What of the speed-up is that of folding; nothing for documents of versions that did not tell. */
function describeSpeedParts({ latency, model, layers }: RunDocument, texts: ReportTexts): Block[] {
  const means = nameCompression(layers, texts.language);
  if (latency.speedupParts === null) {
    return model.prepared?.changed === false
      ? [{ kind: 'paragraph', text: texts.nothingFolded(means), tone: 'muted' }]
      : [];
  }
  const { folding, compression } = latency.speedupParts;
  const text = texts.speedPartsSentence({
    folding: formatRatio(folding.ratio),
    foldingInterval: formatInterval(folding.ci95, formatRatio),
    compression: formatRatio(compression.ratio),
    compressionInterval: formatInterval(compression.ci95, formatRatio),
    means,
  });
  return [{ kind: 'paragraph', text }];
}

export function layerSpeedSection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
  const shown = slowestLayers(document.layers, shownLayerBars);
  const timedCount = slowestLayers(document.layers, Infinity).length;
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
              { kind: 'named', withTimes: true },
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
              heightPx: heightOfNamedLayers(shown.length),
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

export function sizeSection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
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

/** Where the error grows, and what is known of what layers cost the output. */
function describeDepth({ layers, effects }: RunDocument, texts: ReportTexts): string {
  const broken = breakOf(errorOverDepth(layers));
  const cost =
    effects === null
      ? texts.noLayerEffects
      : texts.layerEffects(effects.layers, effects.samples, formatDuration(effects.spentMs, texts.language));
  if (broken === null) return cost;
  const before = broken.beforeDb === null ? null : formatSqnr(broken.beforeDb, texts);
  return `${texts.layerBreak(makeVisible(broken.point.name), before, formatSqnr(broken.point.sqnrDb, texts))} ${cost}`;
}

export function layerQualitySection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section[] {
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
        { kind: 'paragraph', text: describeDepth(document, texts) },
        chartBlock(chart, {
          title: texts.sections.layerQuality,
          description: worst.map((layer) => `${makeVisible(layer.name)} ${formatSqnr(layer.sqnrDb, texts)}`).join(', '),
          heightPx: 190,
        }),
      ],
    },
  ];
}
