import { say } from '../../../shared/engine-texts/say.ts';
import { findDecidingTensors } from '../2-plan/deciding-tensors.ts';
import { isStatic } from '../2-plan/quantization-plan.ts';
import { opEntry } from '../2-plan/op-table.ts';
import type { Graph } from '../graph/graph.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { nameSome } from '../schemes/choice.ts';
import { compareWith, tieDb, withFloat } from './float-layers.ts';
import type { Journal } from './journal.ts';
import type { Laboratory } from './laboratory.ts';
import type { QuantizedVariant } from './variant.ts';

/**
 * Steps without weights that compute in 8 bits what decides: a pooling of scores, a sum of branches. In float they neither round nor
 * cut what they make, and cost a conversion of what they read.
 */
function lastSteps(graph: Graph, { plan }: QuantizedVariant): string[] {
  const int8 = new Set(plan.nodes.filter(isStatic).map(({ node }) => node));
  const deciding = findDecidingTensors(graph, [...graph.outputNames, ...(plan.selection?.tensors ?? [])]);
  const isStep = ({ name, domain, opType, output }: NodeProto): boolean =>
    int8.has(name) && opEntry(domain, opType)?.role === 'elementwise' && output.some((tensor) => deciding.has(tensor));
  return graph.nodes.filter(isStep).map(({ name }) => name);
}

/** Puts the last steps into float where the outputs come closer to the float model's by more than it costs in time. */
export async function keepLastStepsFloat(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  { record, choose, hold }: Journal,
): Promise<QuantizedVariant> {
  const steps = lastSteps(graph, base);
  if (steps.length === 0) return base;
  const variant = await withFloat(laboratory, base, steps);
  const { quality, ratio, gain } = await compareWith(laboratory, base, (compare) => compare(variant));
  const name = say('floatLastSteps', { count: steps.length });
  record(name, variant, quality, ratio, nameSome(steps));
  if (gain <= tieDb) return base;
  hold(variant, name);
  choose(name);
  return variant;
}
