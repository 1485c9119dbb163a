import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderChart } from '../../electron/report/formats/chart-svg.ts';
import { openFonts } from '../../electron/report/formats/fonts.ts';
import { buildNetworkStrip, stripOf, type StripTexts } from '../../shared/charts/network-strip.ts';
import { lightChartColors, type ChartStyle } from '../../shared/charts/chart-style.ts';
import { chartBlock } from '../../electron/report/sections/report-charts.ts';
import { floatPrecision } from '../../shared/precision.ts';
import type { Layer } from '../../shared/run.ts';
import { describeStrip, stripWords } from '../../shared/strip-texts.ts';
import { fixtureRuns } from '../renderer/stub-bridge.ts';

const { auto } = fixtureRuns;
const style: ChartStyle = { colors: lightChartColors, fontFamily: 'Noto Sans', fontSizePx: 11, timesSign: '×' };
const texts: StripTexts = { ...stripWords.en, before: 'original', after: 'compressed' };
const template = auto.layers.find(({ quantized }) => quantized)!;

const layer = (name: string, changes: Partial<Layer>): Layer => ({
  ...template,
  name,
  latencyBeforeMs: 1,
  latencyAfterMs: 1,
  sqnrDb: null,
  introducedSqnrDb: null,
  ...changes,
});
const noProfile = { ...auto.profile, beforeUnattributedMs: 0, afterUnattributedMs: 0 };
const strip = (layers: Layer[], profile: Partial<typeof noProfile> = {}) =>
  stripOf({ layers, profile: { ...noProfile, ...profile } });

test('layers lie behind one another, as wide as their times; what was folded has none after', () => {
  const layers = [
    layer('first', { latencyBeforeMs: 3, latencyAfterMs: 2 }),
    layer('folded', { latencyBeforeMs: 1, latencyAfterMs: null }),
    layer('last', { latencyBeforeMs: 2, latencyAfterMs: 4 }),
  ];
  const { segments, beforeMs, afterMs } = strip(layers, { afterUnattributedMs: 0.5 })!;
  assert.deepEqual(
    segments.map(({ side, layer: of, startMs, endMs }) => [side, of?.name ?? null, startMs, endMs]),
    [
      ['before', 'first', 0, 3],
      ['before', 'folded', 3, 4],
      ['before', 'last', 4, 6],
      ['after', 'first', 0, 2],
      ['after', 'last', 2, 6],
      ['after', null, 6, 6.5],
    ],
  );
  assert.deepEqual([beforeMs, afterMs], [6, 6.5]);
});

test('both sums are those of the profile, on real runs', () => {
  for (const run of Object.values(fixtureRuns)) {
    const { beforeMs, afterMs } = stripOf(run)!;
    const layersMs = (side: 'latencyBeforeMs' | 'latencyAfterMs') =>
      run.layers.reduce((sum, one) => sum + (one[side] ?? 0), 0);
    assert.ok(Math.abs(beforeMs - layersMs('latencyBeforeMs') - run.profile.beforeUnattributedMs) < 1e-9);
    assert.ok(Math.abs(afterMs - layersMs('latencyAfterMs') - run.profile.afterUnattributedMs) < 1e-9);
  }
});

test('neighbours too narrow to be seen share a segment with the worst of their errors, and no time is lost', () => {
  const many = Array.from({ length: 5000 }, (_, at) =>
    layer(`${at}`, { introducedSqnrDb: at === 2500 ? 3 : 50, latencyAfterMs: at === 2501 ? 1.5 : 1 }),
  );
  const { segments, afterMs } = strip(many)!;
  const after = segments.filter(({ side }) => side === 'after');
  assert.ok(after.length > 400 && after.length <= 600, String(after.length));
  assert.equal(after.at(-1)!.endMs, afterMs);
  assert.equal(
    after.reduce((sum, { layerCount }) => sum + layerCount, 0),
    5000,
  );
  const ruined = after.filter(({ errorDb }) => errorDb === 3);
  assert.deepEqual(
    ruined.map(({ layer: widest }) => widest!.name),
    ['2501'],
    'named after the one that took longest',
  );
  // A wide one stands alone, between narrow ones.
  const mixed = strip([layer('a', { latencyAfterMs: 0.001 }), layer('b', {}), layer('c', { latencyAfterMs: 0.001 })])!;
  assert.equal(mixed.segments.filter(({ side }) => side === 'after').length, 3);
});

test('a run whose layers were not timed on both sides has no strip', () => {
  assert.equal(strip([layer('a', { latencyAfterMs: null })]), null);
  assert.equal(strip([layer('a', { latencyBeforeMs: 0 })], { beforeUnattributedMs: 2 }), null);
  assert.equal(strip([]), null);
});

test('colour is the error of the layer alone where that was measured, else what reaches it, else none', () => {
  const colors = (layers: Layer[]) => {
    const found = strip(layers)!;
    const [bars] = buildNetworkStrip(found, style, texts).data.datasets;
    return [found.error, ...(bars!.backgroundColor as string[]).slice(layers.length)];
  };
  const { errors, unknown } = lightChartColors;
  const alone = [45, 40, 39.9, 25, 12, null].map((introducedSqnrDb, at) =>
    layer(`${at}`, { introducedSqnrDb, sqnrDb: 5 }),
  );
  assert.deepEqual(colors(alone), ['introduced', errors[0], errors[0], errors[1], errors[2], errors[3], unknown]);
  assert.deepEqual(colors([layer('a', { sqnrDb: 30 }), layer('b', {})]), ['inherited', errors[1], unknown]);
  assert.deepEqual(colors([layer('a', {})]), [null, unknown]);
});

test('what is computed in float is hatched in the compressed model, and the legend tells only what is there', () => {
  const float = { precision: floatPrecision, quantized: false, reason: 'asked for' };
  const layers = [layer('int8', { introducedSqnrDb: 33 }), layer('float', float)];
  const { data, options } = buildNetworkStrip(strip(layers)!, style, texts);
  const { hatch } = options!.plugins!;
  assert.deepEqual(hatch!.hatched, [false, false, false, true]);
  const legend = data.datasets.slice(1).map(({ label }) => label);
  assert.deepEqual(legend, ['30–40 dB', 'no error measured', 'float']);
  assert.equal(hatch!.legendItem, 2);
  const plain = buildNetworkStrip(strip([layer('int8', {})])!, style, texts);
  assert.equal(plain.options!.plugins!.hatch!.legendItem, null);
});

test('a report draws every bar, and hatches inside the bars alone', () => {
  const float = { precision: floatPrecision, quantized: false };
  const draw = (layers: Layer[]) =>
    renderChart(
      chartBlock(buildNetworkStrip(strip(layers)!, style, texts), { title: 'T', description: 'D', heightPx: 120 }),
      openFonts('en').textMeasure,
      'c',
    );
  const svg = draw([layer('a', { introducedSqnrDb: 10 }), layer('b', { ...float, latencyAfterMs: 2 })]);
  const svgPlain = draw([layer('a', { introducedSqnrDb: 10 }), layer('b', { latencyAfterMs: 2 })]);
  assert.ok(svg.includes(lightChartColors.errors[3]!));
  assert.ok(svg.length > svgPlain.length + 200, 'the hatching is drawn');
  // Chrome of the axes aside, nothing is drawn right of the plot.
  const ends = [...svg.matchAll(/L ?([\d.]+)/g)].map(([, x]) => Number(x));
  assert.ok(ends.every((x) => x <= 680));
});

test('words say the widest layer, the largest error and what the colour means, in both languages', () => {
  const layers = [
    layer('wide', { latencyAfterMs: 3, introducedSqnrDb: 40 }),
    layer('bad', { latencyAfterMs: 1, introducedSqnrDb: 12 }),
  ];
  const found = strip(layers)!;
  assert.equal(
    describeStrip(found, layers, 'en'),
    '2.00 ms before, 4.00 ms in 2 layers after. Most of it: wide (3.00 ms, 75.0 %). Largest error: bad (12.0 dB). Colour: SQNR of the layer alone.',
  );
  assert.match(
    describeStrip(found, layers, 'zh-CN'),
    /耗时最多：wide（3\.00 ms，75\.0 %）。误差最大：bad（12\.0 dB）。/,
  );
});
