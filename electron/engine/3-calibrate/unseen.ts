import { say, type Reason } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { dataInputs, opEntry } from '../2-plan/op-table.ts';
import { isStatic, type QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { Graph } from '../graph/graph.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import type { TensorStatistics } from './observe.ts';

/** A plan that asks for no range of a tensor without values, or with infinite ones. */
export interface SeenPlan {
  readonly plan: QuantizationPlan;
  /** Node name to the reason it stays in float; empty where every tensor held values. */
  readonly keepFloat: ReadonlyMap<string, Reason>;
  readonly diagnostics: readonly Diagnostic[];
}

const namedAtMost = 5;

function listNames(names: readonly string[]): string {
  const rest = names.length - namedAtMost;
  const named = names.slice(0, namedAtMost).map((name) => `"${name}"`);
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Tensors that are made of these inputs, and the inputs themselves. */
function behind(inputs: ReadonlySet<string>, graph: Graph): ReadonlySet<string> {
  const reached = new Set(inputs);
  if (reached.size === 0) return reached;
  for (const node of graph.nodes) {
    if (node.input.some((name) => reached.has(name))) for (const output of node.output) reached.add(output);
  }
  return reached;
}

/** Why calibration cannot know the range of a tensor, and how that is told. */
const causes = {
  empty: { code: 'calibration-empty', ofLayer: 'calibrationEmpty', ofRun: 'calibrationEmptyNodes' },
  nonFinite: { code: 'calibration-not-finite', ofLayer: 'calibrationInfinite', ofRun: 'calibrationInfiniteNodes' },
  still: { code: 'calibration-still', ofLayer: 'calibrationStill', ofRun: 'calibrationStillNodes' },
} as const;

type Cause = keyof typeof causes;

/**
 * Leaves in float what would need a range that calibration cannot know: of a tensor that is empty in all its samples, as the past of
 * a decoder is in its first step; of one that holds NaN or infinity, as attention masks do; and of states that are one value in all
 * samples, as before the first step of a sequence. Any range would be made up, and later steps have other values.
 * @param statistics of every tensor that `planned` observes.
 * @param states inputs that outputs feed.
 * @param planWith plans again with more nodes in float.
 */
export function leaveUnseenFloat(
  planned: QuantizationPlan,
  graph: Graph,
  { statistics, states }: Seen,
  planWith: (keepFloat: ReadonlyMap<string, Reason>) => QuantizationPlan,
): SeenPlan {
  /** What was observed for each tensor. */
  const observed = new Map(planned.tensors.map(({ tensor, group }) => [tensor, group]));
  const ofStates = behind(states, graph);
  const keepFloat = new Map<string, Reason>();
  const unknown = new Map<Cause, Unknown>();
  // Constants are no one's to observe: they hold what they hold.
  const infiniteConstants = new Set(
    [...new Set(planned.tensors.map(({ group }) => group))].filter((group) => isInfiniteConstant(group, graph)),
  );
  const causeOf = (group: string): Cause | null => {
    if (infiniteConstants.has(group)) return 'nonFinite';
    const seen = statistics.get(group);
    if (seen === undefined) return null;
    if (seen.nonFiniteCount > 0) return 'nonFinite';
    if (seen.count === 0) return 'empty';
    return ofStates.has(group) && seen.min === seen.max ? 'still' : null;
  };
  let plan = planned;
  for (;;) {
    const unseen = plan.tensors.filter(({ group }) => causeOf(group) !== null).map(({ tensor }) => tensor);
    const found = nodesStoring(plan, graph, new Set(unseen)).filter(([node]) => !keepFloat.has(node.name));
    if (found.length === 0) break;
    for (const [{ name }, tensor] of found) {
      const source = observed.get(tensor) ?? tensor;
      const cause = causeOf(source) ?? 'still';
      const { tensors, nodes } = unknown.get(cause) ?? { tensors: new Set<string>(), nodes: [] };
      unknown.set(cause, { tensors: tensors.add(source), nodes: [...nodes, name] });
      keepFloat.set(name, say(causes[cause].ofLayer, { tensor: source }));
    }
    plan = planWith(keepFloat);
  }
  return { plan, keepFloat, diagnostics: [...unknown].map(([cause, found]) => describe(cause, found)) };
}

/** What calibration saw of each tensor, and which inputs outputs feed. */
interface Seen {
  readonly statistics: ReadonlyMap<string, TensorStatistics>;
  readonly states: ReadonlySet<string>;
}

interface Unknown {
  readonly tensors: Set<string>;
  readonly nodes: readonly string[];
}

function isInfiniteConstant(name: string, graph: Graph): boolean {
  const constant = graph.constants.get(name);
  return constant !== undefined && !graph.weights.floats(constant).every(Number.isFinite);
}

function describe(cause: Cause, { tensors, nodes }: Unknown): Diagnostic {
  const { code, ofRun } = causes[cause];
  const message = say(ofRun, { tensors: listNames([...tensors]), nodes: listNames(nodes) });
  return { severity: cause === 'nonFinite' ? 'info' : 'warning', code, message, node: null };
}

/** Int8 nodes that read or make one of these tensors in 8 bits, each with that tensor. */
function nodesStoring(plan: QuantizationPlan, graph: Graph, tensors: ReadonlySet<string>): [NodeProto, string][] {
  const planned = new Map(plan.nodes.map((entry) => [entry.node, entry]));
  /** The tensor itself, and what the clamps make of it that its maker's range does as well. */
  const withClamps = (tensor: string): string[] => {
    const folded = graph.consumers.get(tensor)?.find((user) => (planned.get(user.name)?.foldedInto ?? null) !== null);
    return folded === undefined ? [tensor] : [tensor, ...withClamps(folded.output[0]!)];
  };
  return graph.nodes.flatMap((node): [NodeProto, string][] => {
    const entry = opEntry(node.domain, node.opType);
    const nodePlan = planned.get(node.name);
    if (nodePlan === undefined || !isStatic(nodePlan) || entry === null) return [];
    const touched = [...dataInputs(node, entry), ...node.output.flatMap(withClamps)].find((name) => tensors.has(name));
    return touched === undefined ? [] : [[node, touched]];
  });
}
