/**
 * `npm run bench:network`: how long the places of a network take, for encoders of 100, 1,300 and 5,000 nodes: the first picture with as
 * many modules open as show no more than 150 items, and everything open. What the window's worker does; painting is not in it.
 * Exits with 1 when one falls short.
 */
import { layoutNetwork } from '../renderer/components/network/layout.ts';
import { mostOpenItems } from '../renderer/components/network/most-open-items.ts';
import { buildModuleTree, openLevels } from '../shared/network/module-tree.ts';
import type { NetworkEdge, NetworkNode } from '../shared/network/network.ts';
import { visibleGraph } from '../shared/network/visible-graph.ts';

const limitsMs = { first: 1000, all: 10_000 };
const nodesOfLayer = 50;
const nodesOfBlock = 10;

function makeNetwork(count: number): { readonly nodes: NetworkNode[]; readonly edges: NetworkEdge[] } {
  const nodes = Array.from({ length: count }, (_, index): NetworkNode => {
    const [layer, block] = [Math.floor(index / nodesOfLayer), Math.floor((index % nodesOfLayer) / nodesOfBlock)];
    const path = ['encoder', `layer.${layer}`, `block${block}`];
    return {
      kind: 'operator',
      name: `/${path.join('/')}/MatMul_${index}`,
      opType: 'MatMul',
      path,
      state: 'kept',
      into: null,
      changes: [],
      bytesBefore: 0,
      bytesAfter: 0,
    };
  });
  const edges: NetworkEdge[] = [];
  const add = (from: number, to: number): void => {
    if (from >= 0) edges.push({ from, to, inBefore: true, inAfter: true, storedAs: null });
  };
  for (let to = 1; to < count; to++) {
    add(to - 1, to);
    // A skip over each six, and now and then a third branch.
    if (to % 6 === 0) add(to - 6, to);
    if (to % 13 === 0) add(to - 3, to);
  }
  return { nodes, edges };
}

/** Elapsed milliseconds, and those of the processor: others may run beside. */
function timed<Value>(work: () => Value): { readonly value: Value; readonly ms: number; readonly cpuMs: number } {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { value, ms: performance.now() - started, cpuMs: (user + system) / 1000 };
}

let fellShort = false;
for (const count of [100, 1300, 5000]) {
  const network = makeNetwork(count);
  const lay = (open: (tree: ReturnType<typeof buildModuleTree>) => ReadonlySet<string>) =>
    timed(() => {
      const tree = buildModuleTree(network, [...network.nodes.keys()]);
      return layoutNetwork(visibleGraph(tree, open(tree), network.edges, () => true)).boxes.length;
    });
  const first = lay((tree) => openLevels(tree, mostOpenItems));
  const all = lay((tree) => new Set(tree.modules.keys()));
  const describe = ({ value, ms, cpuMs }: typeof first): string =>
    `${ms.toFixed(0)} ms (${cpuMs.toFixed(0)} ms of the processor, ${value} boxes)`;
  console.log(`${count} nodes: first picture ${describe(first)}, everything open ${describe(all)}`);
  if (first.ms >= limitsMs.first || all.ms >= limitsMs.all) fellShort = true;
}
process.exit(fellShort ? 1 : 0);
