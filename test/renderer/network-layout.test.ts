import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutNetwork, type Box } from '../../renderer/components/network/layout.ts';
import { mixColors } from '../../renderer/components/network/overlay.ts';
import { writeSvg } from '../../renderer/components/network/paint.ts';
import { makeScene } from '../../renderer/components/network/scene.ts';
import { lightPalette } from '../../renderer/theme.ts';
import { buildModuleTree } from '../../shared/network/module-tree.ts';
import type { NetworkNode } from '../../shared/network/network.ts';
import { visibleGraph } from '../../shared/network/visible-graph.ts';

const node = (name: string, path: readonly string[]): NetworkNode => ({
  kind: 'operator',
  name,
  opType: 'Conv',
  path,
  state: 'kept',
  into: null,
  changes: [],
  bytesBefore: 0,
  bytesAfter: 0,
});
const nodes = [node('in', []), node('m/a', ['m']), node('m/b', ['m']), node('out', [])];
const edges = [[0, 1], [1, 2], [2, 3], [0, 3]].map(([from, to]) => ({ from: from!, to: to!, inBefore: true, inAfter: true, storedAs: null })); // prettier-ignore
const network = { nodes, edges };
const tree = buildModuleTree(network, [0, 1, 2, 3]);
const layout = layoutNetwork(visibleGraph(tree, new Set(['', 'm']), edges, () => true));
const boxOf = (id: string): Box => layout.boxes.find((box) => box.id === id)!;

void test('what feeds stands above what it feeds, and an open module around what is in it', () => {
  const [first, module, inner, last] = ['n0', 'mm', 'n1', 'n3'].map(boxOf) as [Box, Box, Box, Box];
  assert.ok(first.y + first.height < module.y && module.y + module.height < last.y);
  assert.ok(module.isOpen && inner.x > module.x && inner.x + inner.width < module.x + module.width);
  assert.ok(inner.y > module.y && inner.y + inner.height < module.y + module.height);
});

void test('an edge into an open module meets the one that goes on inside', () => {
  const ending = layout.lines.find(({ edges: own, isContinued }) => own[0] === 0 && !isContinued)!.points.at(-1)!;
  const beginning = layout.lines.find(({ edges: own, isContinued }) => own[0] === 0 && isContinued)!.points[0]!;
  assert.deepEqual(ending.map(Math.round), beginning.map(Math.round));
});

void test('a picture of hostile names is a whole SVG file', () => {
  const scene = makeScene(
    layout,
    () => ({
      title: '<script>"&\u202e',
      subtitle: 'x'.repeat(500),
      look: { fill: '#ffffff', text: '1 ms' },
      isFloat: true,
      isDimmed: false,
      isGone: false,
      isTerminal: false,
    }),
    () => ({ converts: true, side: 'both', isHidden: false }),
    { id: null, edges: new Set(), marked: null },
    lightPalette,
  );
  const svg = writeSvg(scene, lightPalette);
  assert.ok(!svg.includes('<script>') && svg.includes('\\u202e'));
  assert.equal(svg.match(/<g/g)!.length, svg.match(/<\/g>/g)!.length);
  assert.ok(!svg.includes('x'.repeat(40)));
});

void test('colours mix by channel', () => {
  assert.equal(mixColors('#000000', '#ffffff', 0.5), '#808080');
  assert.equal(mixColors('#102030', '#506070', 0.25), '#203040');
});
