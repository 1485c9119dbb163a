import type { Diagnostic } from '../../../shared/run.ts';
import { dataInputs, opEntry } from '../2-plan/op-table.ts';
import { isStatic, type QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { Graph } from '../graph/graph.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import type { TensorStatistics } from './observe.ts';

/** A plan that asks for no range of a tensor without values. */
export interface SeenPlan {
  readonly plan: QuantizationPlan;
  /** Node name to the reason it stays in float; empty where every tensor held values. */
  readonly keepFloat: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

const namedAtMost = 5;

function listNames(names: readonly string[]): string {
  const rest = names.length - namedAtMost;
  const named = names.slice(0, namedAtMost).map((name) => `"${name}"`);
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/**
 * Leaves in float what would need the range of a tensor that is empty in all calibration samples, as the past of a decoder is
 * in its first step: any range would be made up, and later steps have values.
 * @param statistics of every tensor that `planned` observes.
 * @param planWith plans again with more nodes in float.
 */
export function leaveUnseenFloat(
  planned: QuantizationPlan,
  graph: Graph,
  statistics: ReadonlyMap<string, TensorStatistics>,
  planWith: (keepFloat: ReadonlyMap<string, string>) => QuantizationPlan,
): SeenPlan {
  /** What was observed for each tensor. */
  const observed = new Map(planned.tensors.map(({ tensor, group }) => [tensor, group]));
  const keepFloat = new Map<string, string>();
  const empty = new Set<string>();
  let plan = planned;
  for (;;) {
    const unseen = plan.tensors.filter(({ group }) => statistics.get(group)?.count === 0).map(({ tensor }) => tensor);
    const found = nodesStoring(plan, graph, new Set(unseen)).filter(([node]) => !keepFloat.has(node.name));
    if (found.length === 0) break;
    for (const [{ name }, tensor] of found) {
      const source = observed.get(tensor) ?? tensor;
      empty.add(source);
      keepFloat.set(name, `calibration saw no value of "${source}", which is empty in all its samples`);
    }
    plan = planWith(keepFloat);
  }
  const diagnostics: Diagnostic[] = [];
  if (empty.size > 0) {
    diagnostics.push({
      severity: 'warning',
      code: 'calibration-empty',
      message:
        `Calibration saw no value of ${listNames([...empty])}: empty in all its samples. What works on that stays in float: ` +
        `${listNames([...keepFloat.keys()])}. Add samples that hold values there, such as later steps of a decoder.`,
      node: null,
    });
  }
  return { plan, keepFloat, diagnostics };
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
