import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderDiff } from '../../electron/cli/commands/diff.ts';
import { renderNetwork } from '../../electron/cli/network-view.ts';
import { modelDiffSchema, type diffStates } from '../../shared/model-diff.ts';
import { fixtureRuns } from '../renderer/stub-bridge.ts';

/** Rows of a table, their columns set apart by one bar. */
const rowsOf = (text: string): string[] =>
  text.split('\n').map((line) => line.trimEnd().replace(/(\S) {2,}/g, '$1 | '));

void test('the graph of a run: modules with their sums, layers below them, folded ones behind what they became', () => {
  const { auto } = fixtureRuns;
  const [conv] = auto.layers.filter(({ reason }) => reason === '');
  const layer = {
    ...conv!,
    opType: 'Conv',
    latencyBeforeMs: null,
    latencyAfterMs: null,
    introducedSqnrDb: null,
    ran: null,
  };
  const run = {
    ...auto,
    weights: [],
    layers: [
      { ...layer, name: '/stem/conv/Conv', latencyBeforeMs: 2, latencyAfterMs: 1, sqnrDb: 31 },
      { ...layer, name: '/stem/relu/Relu', opType: 'Relu', reason: 'folded into /stem/conv/Conv', reasonSaid: null },
      { ...layer, name: '/stem/act/Relu', opType: 'Relu', reason: 'folded into /stem/conv/Conv', reasonSaid: null },
      { ...layer, name: '/body/a/Conv', latencyBeforeMs: 1, latencyAfterMs: 0.5, sqnrDb: 24 },
      { ...layer, name: '/body/b/Conv', latencyBeforeMs: 0.25, latencyAfterMs: 0.25, sqnrDb: 22 },
    ],
  };
  const rows = rowsOf(renderNetwork(run));
  assert.ok(
    rows.some((row) => /^stem\/ \| 3 nodes \| w8 a8 \| 2\.000 \| 1\.000 \| 31\.0 dB/.test(row)),
    rows.join('\n'),
  );
  assert.ok(
    rows.some((row) => /^ {2}conv \| Conv \| w8 a8 \| 2\.000 \| 1\.000/.test(row)),
    rows.join('\n'),
  );
  assert.ok(
    rows.some((row) => /^ {2}\+ 2 x Relu \| folded$/.test(row)),
    rows.join('\n'),
  );
  assert.ok(
    rows.some((row) => /^body\/ \| 2 nodes \| w8 a8 \| 1\.250 \| 0\.750 \| 22\.0 dB/.test(row)),
    rows.join('\n'),
  );
});

void test('a difference tells its states by module', () => {
  const node = (name: string, state: (typeof diffStates)[number], path: string[]) => ({
    state,
    before: state === 'inserted' ? null : { name, opType: 'Conv' },
    after: state === 'folded' ? null : { name, opType: 'Conv' },
    into: null,
    changes: [],
    path,
  });
  const side = { path: '/m.onnx', sha256: 'a', sizeBytes: 1, opset: 17, nodes: 3 };
  const diff = modelDiffSchema.parse({
    schemaVersion: 1,
    models: [side, side],
    counts: { kept: 1, replaced: 1, folded: 1, removed: 0, inserted: 0 },
    operators: { kept: { Conv: 1 } },
    interface: [],
    nodes: [node('a', 'kept', ['stem']), node('b', 'folded', ['stem']), node('c', 'replaced', ['body', '0'])],
  });
  const rows = rowsOf(renderDiff(diff, false));
  assert.ok(
    rows.some((row) => row === 'module | kept | replaced | folded | removed | inserted'),
    rows.join('\n'),
  );
  assert.ok(
    rows.some((row) => /^stem {2,}1 \| 1$|^stem \| 1 \| 1$/.test(row)),
    rows.join('\n'),
  );
  assert.ok(
    rows.some((row) => /^body\/0 \| 1$/.test(row)),
    rows.join('\n'),
  );
});
