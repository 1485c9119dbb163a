import { parse } from 'csv-parse/sync';
import assert from 'node:assert/strict';
import test from 'node:test';
import { renderLayersCsv } from '../../electron/cli/layers-csv.ts';
import type { Layer } from '../../shared/run.ts';

const layer: Layer = {
  name: 'conv',
  opType: 'Conv',
  inputShape: [1, 3, 8, 8],
  outputShape: null,
  parameters: 108,
  macs: 6912,
  weightBits: 8,
  activationBits: 8,
  quantized: true,
  reason: '',
  bytesBefore: 432,
  bytesAfter: 124,
  latencyBeforeMs: 0.5,
  latencyAfterMs: null,
  sqnrDb: -3.5,
};

void test('layer names cannot become formulas, break rows or columns', () => {
  const names = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', 'a,"b"\nc', 'ünïcode', 'plain/Conv_1'];
  const csv = renderLayersCsv(names.map((name) => ({ ...layer, name })));
  assert.ok(csv.endsWith('\r\n'), 'RFC 4180 line ends');
  const rows: Record<string, string>[] = parse(csv, { columns: true });
  assert.deepEqual(
    rows.map((row) => row['name']),
    ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", 'a,"b"\nc', 'ünïcode', 'plain/Conv_1'],
  );
});

void test('numbers stay numbers, shapes are joined, unknown values are empty', () => {
  const rows: Record<string, string>[] = parse(renderLayersCsv([layer]), { columns: true });
  assert.deepEqual(rows, [
    {
      name: 'conv',
      opType: 'Conv',
      inputShape: '1x3x8x8',
      outputShape: '',
      parameters: '108',
      macs: '6912',
      weightBits: '8',
      activationBits: '8',
      quantized: 'true',
      reason: '',
      bytesBefore: '432',
      bytesAfter: '124',
      latencyBeforeMs: '0.5',
      latencyAfterMs: '',
      sqnrDb: '-3.5',
    },
  ]);
});
