import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeMatrix, matrixColumns } from '../../shared/device-matrix-texts.ts';
import { deviceMatrix, type DeviceRow, type PlacedRun } from '../../shared/device-matrix.ts';
import type { MetricRow } from '../../shared/metric-row.ts';
import { makeDocument, makeRequest } from '../store/run-fixture.ts';

const top1 = (difference: number): MetricRow => ({
  metric: 'top1',
  label: 'top-1',
  definition: '',
  zh: null,
  unit: 'share',
  higherIsBetter: true,
  against: 'targets',
  before: 0.9,
  after: 0.9 + difference,
  beforeCi95: null,
  afterCi95: null,
  difference,
  ci95: [difference - 0.01, difference + 0.01],
  test: null,
  count: 500,
  classes: [],
});

function row(device: string, changes: Partial<DeviceRow> = {}): DeviceRow {
  return {
    device,
    runId: device,
    cpuModel: 'Some CPU',
    hasInt8DotProduct: true,
    decision: 'ship',
    fault: null,
    speedup: { ratio: 2, ci95: [1.9, 2.1] },
    latencyBeforeMs: 4,
    latencyAfterMs: 2,
    peakMemoryBytes: 1e8,
    metric: top1(-0.002),
    sqnrDb: 30,
    sizeRatio: 3.9,
    ...changes,
  };
}
const wrong = (device: string, changes: Partial<DeviceRow> = {}): DeviceRow =>
  row(device, { decision: 'doNotShip', fault: 'task', metric: top1(-0.058), ...changes });

void test('the verdict of many devices names those that are wrong, by what they lack where that is it', () => {
  const old = { hasInt8DotProduct: false };
  const cases: [DeviceRow[], string, string][] = [
    [
      [wrong('xeon', old), row('a'), row('b'), row('c')],
      'Fit to ship on 3 of 4 machines: it loses 5.8 points of top-1 on machines without an int8 dot product such as VNNI (xeon).',
      '4 台机器中 3 台达标：在没有 VNNI 等 int8 点积指令的机器（xeon）上，top-1 损失 5.8 个百分点。',
    ],
    [
      // Another that lacks it is right, so that is not what makes it wrong.
      [wrong('xeon', old), row('pi', old)],
      'Fit to ship on 1 of 2 machines: it loses 5.8 points of top-1 on xeon.',
      '2 台机器中 1 台达标：在 xeon 上，top-1 损失 5.8 个百分点。',
    ],
    [
      [wrong('a', { fault: 'speed', speedup: { ratio: 0.8, ci95: [0.7, 0.9] } })],
      'Fit to ship on 0 of 1 machine: it runs at 0.80x the speed, 95 % [0.70x, 0.90x], on a.',
      '1 台机器中 0 台达标：在 a 上，速度是原来的 0.80x，95 % [0.70x, 0.90x]。',
    ],
    [
      [row('slow', { decision: 'notProven', fault: 'speed', speedup: { ratio: 1.02, ci95: [0.9, 1.1] } }), row('b')],
      'Fit to ship on 1 of 2 machines: not proven on slow (it runs at 1.02x the speed, 95 % [0.90x, 1.10x]).',
      '2 台机器中 1 台达标：在 slow 上未证实（速度是原来的 1.02x，95 % [0.90x, 1.10x]）。',
    ],
    [
      [row('a'), row('b')],
      'Fit to ship on all 2 machines. Worst, on a: 2.00x (95 % [1.90x, 2.10x]), 89.8 % (-0.2 points).',
      '2 台机器全部达标；最差的是 a：2.00x (95 % [1.90x, 2.10x])，89.8 % (-0.2 个百分点)。',
    ],
  ];
  for (const [rows, english, chinese] of cases) {
    assert.equal(describeMatrix(rows, 'en'), english);
    assert.equal(describeMatrix(rows, 'zh-CN'), chinese);
  }
});

void test('rows are the latest run of each device of one pair of models, the worst first', () => {
  const place = (device: string, startedTimestampMs: number, lossShare: number): PlacedRun => {
    const document = makeDocument(makeRequest({ runId: `${device}-${startedTimestampMs}` }));
    return {
      tags: [`device:${device}`],
      document: {
        ...document,
        startedTimestampMs,
        accuracy: { ...document.accuracy, metrics: [top1(-lossShare)] },
      },
    };
  };
  const other = place('other', 1, 0.9);
  const rows = deviceMatrix([
    place('good', 1, 0.5),
    place('good', 2, 0),
    place('bad', 1, 0.2),
    {
      ...other,
      document: { ...other.document, model: { ...other.document.model, compressed: other.document.model.original } },
    },
  ]);
  assert.deepEqual(
    rows.map(({ device, runId }) => [device, runId]),
    [
      ['bad', 'bad-1'],
      ['good', 'good-2'],
    ],
  );
  assert.equal(rows[0]!.fault, 'task');
  const cells = Object.fromEntries(matrixColumns(rows, 'en').map(({ id, text }) => [id, text(rows[0]!)]));
  assert.equal(cells['task'], '70.0 % (-20.0 points)');
  assert.equal(cells['taskInterval'], '[-21.0, -19.0]');
  // Nothing was held against targets, so no row has an interval.
  const ids = matrixColumns([row('a', { metric: null })], 'zh-CN').map(({ id }) => id);
  assert.ok(ids.includes('task') && !ids.includes('taskInterval'));
});
