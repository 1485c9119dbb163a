import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertsOnWay, figuresOfModule, figuresOfNodes } from '../../shared/network/figures.ts';
import { fillModulePaths, modulePathOfName, modulePathOfWeight } from '../../shared/network/module-path.ts';
import {
  buildModuleTree,
  itemId,
  modulesAround,
  openLevels,
  type ModuleTree,
} from '../../shared/network/module-tree.ts';
import type { Network, NetworkNode } from '../../shared/network/network.ts';
import { visibleGraph } from '../../shared/network/visible-graph.ts';
import { makeDocument, makeRequest } from '../store/run-fixture.ts';

const node = (name: string, path = '', changes: Partial<NetworkNode> = {}): NetworkNode => ({
  kind: 'operator',
  name,
  opType: 'Conv',
  path: path === '' ? [] : path.split('/'),
  state: 'kept',
  into: null,
  changes: [],
  bytesBefore: 0,
  bytesAfter: 0,
  ...changes,
});

function network(nodes: readonly NetworkNode[], edges: string, storedAs: string | null = null): Network {
  return {
    nodes,
    edges: edges
      .split(' ')
      .map((edge) => edge.split('-').map(Number) as [number, number])
      .map(([from, to]) => ({ from, to, inBefore: true, inAfter: true, storedAs })),
    cut: { nodes: 0, edges: 0 },
  };
}

const treeOf = (drawn: Network): ModuleTree =>
  buildModuleTree(
    drawn,
    drawn.nodes.map((_, index) => index),
  );

/** "a[b c]": modules with what is in them. */
function describe(tree: ModuleTree, id = ''): string {
  const { children } = tree.modules.get(id)!;
  return children
    .map((item) =>
      item.kind === 'node' ? String(item.node) : `${tree.modules.get(item.id)!.label}[${describe(tree, item.id)}]`,
    )
    .join(' ');
}

void test('modules are read from names of every kind of exporter', () => {
  assert.deepEqual(modulePathOfName('/layer1/layer1.0/conv1/Conv'), ['layer1', '0', 'conv1']);
  assert.deepEqual(modulePathOfName('model/dense/MatMul;model/dense/BiasAdd'), ['model', 'dense']);
  assert.equal(modulePathOfName('Conv_12'), null);
  assert.deepEqual(modulePathOfWeight('encoder.layer.0.query.weight'), ['encoder', 'layer', '0', 'query']);
  assert.equal(modulePathOfWeight('onnx::MatMul_12'), null);
  assert.equal(modulePathOfWeight('conv1_w'), null);
  assert.deepEqual(fillModulePaths([null, ['a', 'b'], null, ['a', 'c'], null]), [
    [],
    ['a', 'b'],
    ['a'],
    ['a', 'c'],
    [],
  ]);
});

void test('a module with one node is that node, one with one module is both, and long levels are cut into parts', () => {
  const drawn = network(
    [node('0'), node('1', 'm/a'), node('2', 'm/b'), node('3', 'm/b'), node('4', 'n/c/d'), node('5', 'n/c/d')],
    '0-1 1-2 2-3 3-4 4-5',
  );
  assert.equal(describe(treeOf(drawn)), '0 m[1 b[2 3]] n/c/d[4 5]');
  const flat = network(
    Array.from({ length: 200 }, (_, index) => node(String(index))),
    Array.from({ length: 199 }, (_, index) => `${index}-${index + 1}`).join(' '),
  );
  const parts = treeOf(flat).modules.get('')!.children;
  assert.deepEqual(parts.map(itemId).slice(0, 2), ['m1–24', 'm25–48']);
  assert.equal(parts.length, 9);
});

void test('as many whole levels are open as fit', () => {
  const drawn = network(
    [node('0', 'a/b'), node('1', 'a/b'), node('2', 'a'), node('3', 'c'), node('4', 'c')],
    '0-1 1-2 2-3 3-4',
  );
  const tree = treeOf(drawn);
  assert.deepEqual([...openLevels(tree, 1)], ['']);
  assert.deepEqual([...openLevels(tree, 6)], ['', 'a', 'c']);
  assert.deepEqual([...openLevels(tree, 9)], ['', 'a', 'c', 'a/b']);
  assert.deepEqual(modulesAround(tree, { kind: 'node', node: 0 }), ['a', 'a/b']);
});

void test('inserted nodes stand behind what feeds them, not at the end', () => {
  const drawn = network([node('0'), node('1'), node('new', '', { state: 'inserted' })], '0-2 2-1');
  assert.equal(describe(treeOf(drawn)), '0 2 1');
});

void test('edges of closed modules are one, edges into open ones go on inside', () => {
  const drawn = network([node('0'), node('1', 'm'), node('2', 'm'), node('3')], '0-1 1-2 0-2 2-3');
  const tree = treeOf(drawn);
  const edgesOf = (open: ReadonlySet<string>): string[] =>
    visibleGraph(tree, open, drawn.edges, () => true).modules.flatMap(({ id, edges, entries, exits }) => [
      ...edges.map(({ from, to, edges: all }) => `${id}: ${from} ${to} x${all.length}`),
      ...[...entries].map(([item, all]) => `${id}: in ${item} x${all.length}`),
      ...[...exits].map(([item, all]) => `${id}: out ${item} x${all.length}`),
    ]);
  assert.deepEqual(edgesOf(new Set([''])), [': n0 mm x2', ': mm n3 x1']);
  assert.deepEqual(edgesOf(new Set(['', 'm'])), [
    'm: n1 n2 x1',
    'm: in n1 x1',
    'm: in n2 x1',
    'm: out n2 x1',
    ': n0 mm x2',
    ': mm n3 x1',
  ]);
  const { next, previous } = visibleGraph(tree, new Set(['', 'm']), drawn.edges, () => true);
  assert.deepEqual(next.get('n0'), ['n1', 'n2']);
  assert.deepEqual(previous.get('n3'), ['n2']);
});

void test('figures come from the layers of the same names; a module sums times and shows the worst error', () => {
  const document = makeDocument(makeRequest());
  const [first] = document.layers;
  const int8 = { type: 'int8', axis: null, block: null, symmetric: true } as const;
  const reduced = {
    scheme: 'int8-static',
    weights: int8,
    activations: { ...int8, when: 'static' },
    expandsAtLoad: false,
  } as const;
  const layers = [
    {
      ...first!,
      name: 'a',
      quantized: true,
      precision: reduced,
      reason: '',
      latencyBeforeMs: 2,
      latencyAfterMs: 1,
      sqnrDb: 30,
    },
    {
      ...first!,
      name: 'b',
      quantized: false,
      precision: null,
      reason: '',
      latencyBeforeMs: 1,
      latencyAfterMs: 1.5,
      sqnrDb: 12,
    },
  ];
  const drawn = network(
    [node('x', '', { kind: 'input' }), node('a'), node('b'), node('unknown')],
    '0-1 1-2 2-3',
    'uint8',
  );
  const figures = figuresOfNodes(drawn, { ...document, layers });
  assert.deepEqual(
    figures.map(({ isFloat, afterMs }) => [isFloat, afterMs]),
    [[false, null], [false, 1], [true, 1.5], [true, null]], // prettier-ignore
  );
  const whole = figuresOfModule(drawn, figures, [1, 2]);
  assert.equal(whole.beforeMs, 3);
  assert.equal(whole.afterMs, 2.5);
  assert.equal(whole.sqnrDb, 12);
  assert.equal(whole.floatCount, 1);
  assert.equal(whole.precision?.scheme, 'int8-static');
  // From the model's float input into integers, and out of them into a float layer.
  assert.deepEqual(
    drawn.edges.map((edge) => convertsOnWay(drawn, figures, edge)),
    [true, true, true],
  );
  const both = [figures[0]!, figures[1]!, figures[1]!, figures[3]!];
  assert.equal(convertsOnWay(drawn, both, drawn.edges[1]!), false);
});
