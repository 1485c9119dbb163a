import assert from 'node:assert/strict';
import { test } from 'node:test';
import { darkChartColors, lightChartColors, type ChartStyle } from '../../shared/charts/chart-style.ts';
import { englishTexts } from '../../electron/report/texts/report-texts-en.ts';
import { buildIntervalChart } from '../../shared/charts/intervals.ts';
import {
  buildLatencyDistributionChart,
  latencySeriesOf,
  shareBeyondAxis,
} from '../../shared/charts/latency-distribution.ts';
import { buildLayerSpeedupChart, layerSpeedup, slowestLayers } from '../../shared/charts/layer-speedup.ts';
import { buildSizeByKindChart, sumSizeByKind } from '../../shared/charts/size-by-kind.ts';
import { fixtureRuns } from '../renderer/stub-bridge.ts';

const { auto } = fixtureRuns;
const style: ChartStyle = { colors: lightChartColors, fontFamily: 'Any', fontSizePx: 11, timesSign: '×' };
const texts = englishTexts.chart;

test('a latency distribution holds every iteration the axis reaches, as shares of all', () => {
  const samplesMs = [...new Array<number>(999).fill(1), 500];
  const series = [
    { name: 'A', samplesMs, medianMs: 1, color: '#000000' },
    { name: 'B', samplesMs: new Array<number>(50).fill(2), medianMs: 2, color: '#ffffff' },
  ];
  const { data, options } = buildLatencyDistributionChart(series, style, texts);
  const [first, second, median] = data.datasets;
  const sumOf = (dataset: typeof first) =>
    (dataset!.data as { y: number }[]).reduce((sum, { y }, index) => sum + (index % 2 === 0 ? y : 0), 0);
  assert.ok(Math.abs(sumOf(first) - 99.9) < 1e-9, 'one of a thousand lies beyond');
  assert.ok(Math.abs(sumOf(second) - 100) < 1e-9);
  assert.equal(shareBeyondAxis(series.map((one) => one.samplesMs)), 1 / 1050);
  assert.ok(Number(options?.scales?.['x']?.max) < 3, 'what was interrupted does not squeeze the rest');
  assert.deepEqual(
    (median!.data as { x: number }[]).map(({ x }) => x),
    [1, 1],
  );
  assert.equal(first!.label, 'A (median 1.00 ms)');
});

test('both models have the colours they have everywhere, in light and in dark', () => {
  for (const colors of [lightChartColors, darkChartColors]) {
    const series = latencySeriesOf(auto.latency, { ...style, colors }, texts);
    assert.deepEqual(
      series.map(({ color }) => color),
      [colors.before, colors.after],
    );
  }
});

test('a layer without both times has no speed-up, and is in no chart', () => {
  const layer = auto.layers.find((one) => layerSpeedup(one) !== null)!;
  assert.equal(layerSpeedup({ ...layer, latencyBeforeMs: 2, latencyAfterMs: 1 }), 2);
  assert.equal(layerSpeedup({ ...layer, latencyAfterMs: null }), null);
  const [slow, fast] = [3, 1].map((latencyBeforeMs) => ({ ...layer, latencyBeforeMs, latencyAfterMs: 1 }));
  assert.deepEqual(slowestLayers([fast!, { ...layer, latencyAfterMs: 0 }, slow!], 5), [slow, fast]);
});

test('speed-ups start at one, and slower layers are marked by side and colour', () => {
  const layers = [4, 0.5].map((latencyBeforeMs) => ({ ...auto.layers[0]!, latencyBeforeMs, latencyAfterMs: 1 }));
  for (const kind of ['named', 'compact'] as const) {
    const { data, options } = buildLayerSpeedupChart(layers, style, texts, { kind, withTimes: true });
    const [bars] = data.datasets;
    assert.deepEqual(bars!.data, [
      [1, 4],
      [0.5, 1],
    ]);
    assert.deepEqual(bars!.backgroundColor, [lightChartColors.after, lightChartColors.worse]);
    assert.equal(options?.indexAxis, kind === 'named' ? 'y' : 'x');
    assert.deepEqual(
      options.plugins?.endLabels?.labels,
      kind === 'named'
        ? [
            { text: '4.00×   4.00 ms → 1.00 ms', value: 4 },
            { text: '0.50×   0.500 ms → 1.00 ms', value: 1 },
          ]
        : [],
    );
  }
});

test('an interval chart writes each figure behind the end of its interval', () => {
  const rows = [
    { label: 'before', value: 80, ci95: [78, 82] as [number, number], role: 'before' as const, text: '80.0 %' },
    { label: 'after', value: 79, ci95: null, role: 'after' as const, text: '79.0 %' },
  ];
  const { options } = buildIntervalChart(rows, { title: 'share', reference: 75, unit: '%' }, style);
  assert.deepEqual(options?.plugins?.endLabels?.labels, [
    { text: '80.0 %', value: 82 },
    { text: '79.0 %', value: 79 },
  ]);
  const line = { axis: 'x', value: 75, color: lightChartColors.mutedInk, dashed: true };
  assert.deepEqual(options.plugins.markers?.lines, [line]);
});

test('kinds of layers and the rest make up both files', () => {
  const kinds = sumSizeByKind(auto);
  const sum = (side: 'bytesBefore' | 'bytesAfter') => kinds.reduce((total, kind) => total + kind[side], 0);
  assert.equal(sum('bytesBefore'), auto.model.original.sizeBytes);
  assert.equal(sum('bytesAfter'), auto.model.compressed.sizeBytes);
  assert.equal(buildSizeByKindChart(auto, style, texts).data.datasets.length, kinds.length);
});
