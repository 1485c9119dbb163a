import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextWidth, splitName } from '../../renderer/components/column-width.ts';
import { keyedTreeOf, treeMove } from '../../renderer/components/table-keys.ts';
import {
  formatOpen,
  parseOpen,
  totalOf,
  treeRows,
  usualOpen,
  type LayerRow,
} from '../../renderer/features/run/layer-tree.ts';
import { buildModuleTree, type ModuleTree } from '../../shared/network/module-tree.ts';
import { networkOfLayers } from '../../shared/network/network-of-layers.ts';
import { isReduced, precisionOf } from '../../shared/precision.ts';
import type { Layer } from '../../shared/run.ts';
import { fixtureRuns } from './stub-bridge.ts';

const like = fixtureRuns.auto.layers.find((layer) => isReduced(precisionOf(layer)))!;
const layerNamed = (name: string, changes: Partial<Layer> = {}): Layer => ({ ...like, name, reason: '', ...changes });

function treeOf(
  layers: readonly Layer[],
  weights: { readonly node: string; readonly tensor: string }[] = [],
): ModuleTree {
  const known = weights.map((weight) => ({ ...fixtureRuns.auto.weights[0]!, ...weight }));
  return buildModuleTree(networkOfLayers({ layers: [...layers], weights: known }), [...layers.keys()]);
}

/** Every row with what it holds, as text. */
function outline(rows: readonly LayerRow[], indent = ''): string[] {
  return rows.flatMap(({ label, module }) => [
    `${indent}${label}${module === null ? '' : '/'}`,
    ...(module === null ? [] : outline(module.rows, `${indent}  `)),
  ]);
}

void test('layers are nested by the scopes in their names, or in those of their weights', () => {
  const layers = [
    '/stem/Conv', '/stage1/block1/conv1/Conv', '/stage1/block1/Relu', '/stage1/block2/Conv', '/stage1/block2/Add', 'fc.a', 'fc.b',
  ].map((name) => layerNamed(name)); // prettier-ignore
  const weights = [
    { node: 'fc.a', tensor: 'head.fc.weight' },
    { node: 'fc.b', tensor: 'head.fc.bias' },
  ];
  assert.deepEqual(outline(treeRows(treeOf(layers, weights), layers)), [
    'stem',
    'stage1/',
    '  block1/',
    '    conv1',
    '    Relu',
    '  block2/',
    '    Conv',
    '    Add',
    'head/fc/',
    '  fc.a',
    '  fc.b',
  ]);
});

void test('layers whose names tell of no module stay a list, and a long one is cut into parts', () => {
  const few = ['a', 'b', 'c'].map((name) => layerNamed(name));
  assert.deepEqual(outline(treeRows(treeOf(few), few)), ['a', 'b', 'c']);
  const many = Array.from({ length: 400 }, (_, index) => layerNamed(`node_${index}`));
  const rows = treeRows(treeOf(many), many);
  assert.ok(rows.length < 40 && rows.every(({ module }) => module !== null));
  assert.equal(rows.flatMap(({ module }) => module!.layers).length, 400);
});

void test('no layer of a real model is lost or counted twice, and times and bytes add up', () => {
  for (const document of Object.values(fixtureRuns)) {
    const { layers } = document;
    const rows = treeRows(treeOf(layers), layers);
    const inside = rows.flatMap(({ module, layer }) => module?.layers ?? [layer]);
    assert.deepEqual(new Set(inside), new Set(layers));
    assert.equal(inside.length, layers.length);
    const sum = (of: readonly Layer[], value: (layer: Layer) => number | null) =>
      of.reduce((total, layer) => total + (value(layer) ?? 0), 0);
    const top = rows.map(({ layer }) => layer);
    for (const value of [
      (layer: Layer) => layer.bytesAfter,
      (layer: Layer) => layer.macs,
      (layer: Layer) => Math.round((layer.latencyAfterMs ?? 0) * 1e6),
    ]) {
      const difference = Math.abs(sum(top, value) - sum(layers, value));
      assert.ok(difference <= layers.length, `${difference}`);
    }
  }
});

void test('a module has the error of its worst layer, no time where none was measured, and is low-bit where one layer is', () => {
  const none = { latencyBeforeMs: null, latencyAfterMs: null, sqnrDb: null, saturation: null };
  const untouched = { ...none, precision: null, quantized: false };
  assert.equal(totalOf('m', [layerNamed('a', none), layerNamed('b', none)]).latencyAfterMs, null);
  const total = totalOf('m', [
    layerNamed('a', { ...untouched, sqnrDb: 31, latencyBeforeMs: 1, latencyAfterMs: 2 }),
    layerNamed('b', { ...none, sqnrDb: 12, latencyBeforeMs: 3 }),
    layerNamed('c', {
      ...none,
      saturation: { share: 0.1, sqnrDb: 7 },
    }),
  ]);
  assert.deepEqual(
    [total.latencyBeforeMs, total.latencyAfterMs, total.sqnrDb, total.saturation?.sqnrDb],
    [4, 2, 12, 7],
  );
  assert.ok(isReduced(precisionOf(total)));
  assert.equal(isReduced(precisionOf(totalOf('m', [layerNamed('a', untouched)]))), false);
});

void test('which modules are open survives the address, whatever they are called', () => {
  const layers = ['a,b/x/1', 'a,b/x/2', 'a,b/y', '%zz/*/1', '%zz/*/2', '%zz/-', 'q/1', 'q/2'].map((name) =>
    layerNamed(name),
  );
  const tree = treeOf(layers);
  const ids = [...tree.modules.keys()].filter((id) => id !== '');
  assert.equal(ids.length, 5);
  for (let chosen = 0; chosen < 2 ** ids.length; chosen += 1) {
    const open = new Set(['', ...ids.filter((_, index) => (chosen & (2 ** index)) !== 0)]);
    assert.deepEqual(parseOpen(formatOpen(open, tree), tree), open);
  }
  assert.deepEqual(parseOpen('%E0%A4%A,no-such,q', tree), new Set(['', 'q']));
});

void test('the layer that is chosen is to be seen', () => {
  const layers = Array.from({ length: 300 }, (_, index) =>
    layerNamed(`/layer.${index % 60}/block${index % 2}/op${index}`),
  );
  const tree = treeOf(layers);
  const open = usualOpen(tree, layers, '/layer.59/block1/op299');
  assert.ok(open.has('layer.59/block1') && !open.has('layer.0/block0'));
});

void test('left and right close, open and lead to what is around', () => {
  const rows = [0, 1, 2, 1, 0].map((depth, index) => ({
    id: `${index}`,
    original: index,
    depth,
    subRows: index < 2 ? [1] : [],
  }));
  const tree = keyedTreeOf(rows, { childrenOf: () => undefined, open: new Set(['0']), onOpen: () => undefined })!;
  assert.equal(treeMove('ArrowRight', 0, tree), 1, 'into what is open');
  assert.equal(treeMove('ArrowRight', 1, tree), 'open');
  assert.equal(treeMove('ArrowRight', 2, tree), null);
  assert.equal(treeMove('ArrowLeft', 0, tree), 'close');
  assert.equal(treeMove('ArrowLeft', 1, tree), 0, 'what is closed leads out');
  assert.equal(treeMove('ArrowLeft', 2, tree), 1);
  assert.equal(treeMove('ArrowLeft', 4, tree), null);
  assert.equal(treeMove('ArrowDown', 0, tree), null);
});

void test('keys make a column wider and narrower, within bounds', () => {
  assert.equal(nextWidth('ArrowRight', false)!(100), 108);
  assert.equal(nextWidth('ArrowLeft', true)!(100), 60);
  assert.equal(nextWidth('ArrowLeft', true)!(50), 48);
  assert.equal(nextWidth('ArrowRight', true)!(1990), 2000);
  assert.equal(nextWidth('Home', false)!(700), 48);
  assert.equal(nextWidth('a', false), null);
});

void test('a long name is cut before the part that tells it from its neighbours', () => {
  assert.deepEqual(splitName('conv2d'), { start: 'conv2d', end: '' });
  assert.deepEqual(splitName('/stage1/block1/conv1/Conv'), { start: '/stage1/block1', end: '/conv1/Conv' });
  assert.deepEqual(splitName('StatefulPartitionedCall_and_more'), {
    start: 'StatefulPartitionedC',
    end: 'all_and_more',
  });
  for (const name of ['/a/very/long/name/of/😀😀😀😀😀😀', 'ordinary_name_with_more', 'x'.repeat(500)]) {
    const { start, end } = splitName(name);
    assert.equal(start + end, name);
    assert.ok(end.length >= 8 && end.length <= 18, end);
    assert.doesNotMatch(end, /^[\uDC00-\uDFFF]/, 'no half of a character');
  }
});
