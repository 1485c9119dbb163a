import { foldedInto } from '../engine-texts.ts';
import { describePrecision, isReduced, precisionOf, type Precision } from '../precision.ts';
import type { Layer, RunDocument } from '../run.ts';
import { slowCausesOf, type SlowCause } from '../slow-causes.ts';
import { isInAfter, type Network, type NetworkEdge, type NodeState } from './network.ts';

/*
 * What was measured of the nodes of a network, by the run document's layers of the same names, and of modules as sums and worsts.
 */

export interface NodeFigures {
  /** Null where no run tells. */
  readonly precision: Precision | null;
  readonly isFloat: boolean;
  readonly beforeMs: number | null;
  readonly afterMs: number | null;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Error that reaches its output, and what it makes itself; null where none was measured. */
  readonly sqnrDb: number | null;
  readonly introducedDb: number | null;
  /** What saturating sums add to it, on CPUs where they do. */
  readonly saturationDb: number | null;
  readonly conversionMs: number | null;
  readonly cause: SlowCause | null;
}

export interface ModuleFigures extends Omit<NodeFigures, 'precision' | 'cause'> {
  readonly nodeCount: number;
  /** Of its operators, those computed in float in the second model. */
  readonly floatCount: number;
  readonly states: Readonly<Partial<Record<NodeState, number>>>;
  /** The precision that most of its operators have; null where no run tells. */
  readonly precision: Precision | null;
}

const nothing: NodeFigures = {
  precision: null,
  isFloat: false,
  beforeMs: null,
  afterMs: null,
  bytesBefore: 0,
  bytesAfter: 0,
  sqnrDb: null,
  introducedDb: null,
  saturationDb: null,
  conversionMs: null,
  cause: null,
};

function figuresOfLayer(layer: Layer, cause: SlowCause | undefined): NodeFigures {
  const precision = precisionOf(layer);
  return {
    precision,
    isFloat: !isReduced(precision) && foldedInto(layer.reason) === null,
    beforeMs: layer.latencyBeforeMs,
    afterMs: layer.latencyAfterMs,
    bytesBefore: layer.bytesBefore,
    bytesAfter: layer.bytesAfter,
    sqnrDb: layer.sqnrDb,
    introducedDb: layer.introducedSqnrDb,
    saturationDb: layer.saturation?.sqnrDb ?? null,
    conversionMs: layer.ran?.after?.conversionMs ?? null,
    cause: cause ?? null,
  };
}

/** Nodes of the second model that have integers on both sides. */
function lowBitNodes({ nodes, edges }: Network): ReadonlySet<number> {
  const [fed, read] = [new Set<number>(), new Set<number>()];
  for (const { from, to, inAfter, storedAs } of edges) {
    if (!inAfter || storedAs === null) continue;
    fed.add(to);
    read.add(from);
  }
  return new Set([...fed].filter((node) => read.has(node) && nodes[node]!.kind === 'operator'));
}

/** @param run null for two files that no run tells about: then bytes are all that is known. @returns figures in the order of the nodes. */
export function figuresOfNodes(
  network: Network,
  run: Pick<RunDocument, 'layers' | 'profile'> | null,
): readonly NodeFigures[] {
  const layers = new Map(run?.layers.map((layer) => [layer.name, layer]));
  const causes = run === null ? new Map<string, SlowCause>() : slowCausesOf(run);
  const low = lowBitNodes(network);
  return network.nodes.map((node, index) => {
    if (node.kind !== 'operator') return nothing;
    const layer = layers.get(node.name);
    if (layer !== undefined) return figuresOfLayer(layer, causes.get(node.name));
    const isLow = low.has(index) || node.changes.some((change) => /^weights .*-> u?int\d/.test(change));
    const { bytesBefore, bytesAfter } = node;
    return { ...nothing, bytesBefore, bytesAfter, isFloat: isInAfter(node) && !isLow };
  });
}

/** Whether a value changes between integers and floats on its way in the second model. */
export function convertsOnWay({ nodes }: Network, figures: readonly NodeFigures[], edge: NetworkEdge): boolean {
  if (!edge.inAfter || edge.storedAs === null) return false;
  const endOf = (index: number, side: 'out' | 'in'): boolean => {
    if (nodes[index]!.kind !== 'operator') return false;
    const { precision, isFloat } = figures[index]!;
    if (precision === null) return !isFloat;
    // What is rounded anew in each run is handed out as floats.
    return side === 'in' ? precision.activations !== null : precision.activations?.when === 'static';
  };
  return !(endOf(edge.from, 'out') && endOf(edge.to, 'in'));
}

const least = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>(
    (smallest, value) => (value === null || (smallest !== null && smallest <= value) ? smallest : value),
    null,
  );

const sumOf = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, value) => (value === null ? sum : (sum ?? 0) + value), null);

/** What all nodes of a module come to: sums of times and bytes, the worst error. */
export function figuresOfModule(
  { nodes }: Pick<Network, 'nodes'>,
  figures: readonly NodeFigures[],
  members: readonly number[],
): ModuleFigures {
  const own = members.map((index) => figures[index]!);
  const operators = members.filter((index) => nodes[index]!.kind === 'operator');
  const states: Partial<Record<NodeState, number>> = {};
  const precisions = new Map<string, { readonly precision: Precision; count: number }>();
  for (const index of operators) {
    const { state } = nodes[index]!;
    states[state] = (states[state] ?? 0) + 1;
    const { precision } = figures[index]!;
    if (precision === null || !isInAfter(nodes[index]!)) continue;
    const key = describePrecision(precision);
    precisions.set(key, { precision, count: (precisions.get(key)?.count ?? 0) + 1 });
  }
  const reduced = [...precisions.values()].filter(({ precision }) => isReduced(precision));
  const [most] = (reduced.length > 0 ? reduced : [...precisions.values()]).toSorted((a, b) => b.count - a.count);
  const running = operators.filter((index) => isInAfter(nodes[index]!));
  const floatCount = running.filter((index) => figures[index]!.isFloat).length;
  return {
    nodeCount: operators.length,
    floatCount,
    states,
    precision: most?.precision ?? null,
    isFloat: running.length > 0 && floatCount === running.length,
    beforeMs: sumOf(own.map(({ beforeMs }) => beforeMs)),
    afterMs: sumOf(own.map(({ afterMs }) => afterMs)),
    bytesBefore: sumOf(own.map(({ bytesBefore }) => bytesBefore)) ?? 0,
    bytesAfter: sumOf(own.map(({ bytesAfter }) => bytesAfter)) ?? 0,
    sqnrDb: least(own.map(({ sqnrDb }) => sqnrDb)),
    introducedDb: least(own.map(({ introducedDb }) => introducedDb)),
    saturationDb: least(own.map(({ saturationDb }) => saturationDb)),
    conversionMs: sumOf(own.map(({ conversionMs }) => conversionMs)),
  };
}
