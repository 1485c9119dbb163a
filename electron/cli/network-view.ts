import { figuresOfModule, figuresOfNodes, type NodeFigures } from '../../shared/network/figures.ts';
import { networkOfLayers } from '../../shared/network/network-of-layers.ts';
import { buildModuleTree, type ModuleTree } from '../../shared/network/module-tree.ts';
import type { Network, NetworkNode } from '../../shared/network/network.ts';
import { describePrecision } from '../../shared/precision.ts';
import type { RunDocument } from '../../shared/run.ts';
import { describeSlowCause } from '../../shared/slow-cause-texts.ts';
import { formatCount, formatDecibels, formatFixed, formatMs } from '../../shared/units.ts';
import { dim } from './output.ts';
import { renderTable, renderTitle, type Column } from './tables.ts';
import { isTerminal, textWidth, wrapText } from './wrap-text.ts';

const ms = (value: number | null): string => (value === null ? '–' : formatFixed(value, 3));
const decibels = (value: number | null): string => (value === null ? '–' : formatDecibels(value));

const listColumns = (): readonly Column[] => [
  // A name of its whole length where there is room for it.
  { title: 'module or layer', ...(isTerminal() ? { fill: true as const } : {}) },
  { title: 'op', leaveOut: 5 },
  { title: 'stored as' },
  { title: 'before', align: 'right', leaveOut: 4 },
  { title: 'after', align: 'right' },
  { title: 'SQNR', align: 'right' },
  { title: 'alone', align: 'right', leaveOut: 2 },
  { title: 'conversions', align: 'right', leaveOut: 3 },
  { title: 'why slower', leaveOut: 1 },
];

function figureCells({
  beforeMs,
  afterMs,
  sqnrDb,
  introducedDb,
  conversionMs,
}: Omit<NodeFigures, 'precision' | 'cause'>): string[] {
  const converted = conversionMs === null || conversionMs === 0 ? '' : ms(conversionMs);
  return [ms(beforeMs), ms(afterMs), decibels(sqnrDb), decibels(introducedDb), converted];
}

/** Nodes that went into their neighbours, by operator: "BatchNormalization", "2 x Relu". */
function listFolded(nodes: readonly NetworkNode[]): string[] {
  const counts = new Map<string, number>();
  for (const { opType } of nodes) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  return [...counts].map(([opType, count]) => (count === 1 ? opType : `${count} x ${opType}`));
}

function listRows(tree: ModuleTree, network: Network, figures: readonly NodeFigures[]): string[][] {
  const rows: string[][] = [];
  const addNode = (index: number, indent: string): void => {
    const { precision, cause, ...own } = figures[index]!;
    const why = cause === null ? '' : describeSlowCause(cause, 'en').name;
    const { opType } = network.nodes[index]!;
    rows.push([
      `${indent}${tree.labelOf.get(index)!}`,
      opType,
      describePrecision(precision!),
      ...figureCells(own),
      why,
    ]);
  };
  const add = (id: string, depth: number): void => {
    const indent = '  '.repeat(depth);
    let folded: NetworkNode[] = [];
    const endFolded = (): void => {
      for (const what of listFolded(folded)) rows.push([`${indent}+ ${what}`, '', 'folded']);
      folded = [];
    };
    for (const item of tree.modules.get(id)!.children) {
      const node = item.kind === 'node' ? network.nodes[item.node]! : null;
      if (node?.state === 'folded') {
        folded.push(node);
        continue;
      }
      endFolded();
      if (item.kind === 'node') {
        addNode(item.node, indent);
        continue;
      }
      const { label, nodes } = tree.modules.get(item.id)!;
      const { precision, floatCount, nodeCount, ...sums } = figuresOfModule(network, figures, nodes);
      const stored = precision === null ? '' : describePrecision(precision);
      const kept = floatCount > 0 && stored !== 'float' ? `${stored}, ${floatCount} float` : stored;
      rows.push([`${indent}${label}/`, `${formatCount(nodeCount)} nodes`, kept, ...figureCells(sums), '']);
      add(item.id, depth + 1);
    }
    endFolded();
  };
  add('', 0);
  return rows;
}

/** Layers in their modules, with what each is stored in, takes and loses, and what conversions around it take. */
export function renderNetwork(document: RunDocument): string {
  const network = networkOfLayers(document);
  const figures = figuresOfNodes(network, document);
  const tree = buildModuleTree(
    network,
    network.nodes.map((_, index) => index),
  );
  const { nodeCount, floatCount, states } = figuresOfModule(
    network,
    figures,
    network.nodes.map((_, index) => index),
  );
  const { afterOverheadMs, afterSumMs } = document.profile;
  const folded = states.folded ?? 0;
  const facts = [
    `${formatCount(nodeCount - folded - floatCount)} in fewer bits`,
    `${formatCount(floatCount)} in float`,
    `${formatCount(folded)} folded`,
  ];
  const note = `Times are milliseconds under profiling. Conversions take ${formatMs(afterOverheadMs)} of ${formatMs(afterSumMs)}, counted in the layers they serve.`;
  return [
    `${renderTitle('Graph')}: ${formatCount(nodeCount)} nodes: ${facts.join(', ')}`,
    renderTable(listColumns(), listRows(tree, network, figures)),
    dim(wrapText(note, textWidth())),
  ].join('\n');
}
