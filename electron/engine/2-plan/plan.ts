import { say, type Reason } from '../../../shared/engine-texts/say.ts';
import { floatPrecision } from '../../../shared/precision.ts';
import type { SchemeName } from '../../../shared/schemes.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { operatorOf } from '../graph/ops/all.ts';
import { opsetVersion, type Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { schemes } from '../schemes/all.ts';
import type { PlanOptions, SchemePlan } from '../schemes/scheme.ts';
import { opEntry } from './op-table.ts';
import { isPlanned, type NodePlan, type QuantizationPlan, type TensorPlans } from './quantization-plan.ts';
import { compileSelectors, exclusionReason } from './select-nodes.ts';
import { isDynamicOnly } from '../graph/ops/recurrent.ts';

const nothing: TensorPlans = { tensors: [], observe: [], deciding: [], transposed: [], selection: null };

/** The scheme that the recipe has for a node: its own, or that of the last override that names the node or its type. */
function createAssignment({ scheme, overrides }: Recipe): (node: NodeProto) => SchemeName | 'float' {
  const tests = overrides.map((override) => {
    const isNamed = compileSelectors(override.nodes);
    const matches = ({ name, opType }: NodeProto): boolean => isNamed(name) || override.opTypes.includes(opType);
    return { scheme: override.scheme, matches };
  });
  // What static int8 has no form for starts dynamic; measurement may make more of the rest so.
  const usual = (node: NodeProto): SchemeName =>
    scheme !== 'auto' ? scheme : isDynamicOnly(node) ? 'int8-dynamic' : 'int8-static';
  return (node) => tests.findLast(({ matches }) => matches(node))?.scheme ?? usual(node);
}

/** Decides for every node of a prepared graph what it is stored and computed in. */
export function planQuantization(graph: Graph, shapes: Shapes, options: PlanOptions): QuantizationPlan {
  const { recipe, keepFloat } = options;
  const assigned = createAssignment(recipe);
  const selected = exclusionReason(recipe);
  const isNamed = ({ name, opType }: NodeProto): boolean =>
    recipe.includeOpTypes.includes(opType) ||
    recipe.includeNodes.includes(name) ||
    recipe.overrides.some(({ nodes, opTypes }) => nodes.includes(name) || opTypes.includes(opType));
  const taken = new Map<NodeProto, NodePlan>();
  const reasons = new Map<NodeProto, Reason>();
  const plans: SchemePlan[] = [];
  for (const scheme of schemes) {
    const refusal = (node: NodeProto): Reason => {
      const own = assigned(node);
      if (own === 'float') return say('recipeKeepsFloat');
      if (own !== scheme.name) return say('recipeHasScheme', { scheme: own });
      if (hasEmptyWeight(node, graph)) return say('weightEmpty');
      return selected(node) || (keepFloat.get(node.name) ?? '');
    };
    const made = scheme.plan({ ...options, graph, shapes, refusal, isNamed, taken });
    plans.push(made);
    for (const [node, planned] of made.nodes) taken.set(node, planned);
    // What a scheme says of nodes that are not its own is of no interest, unless no scheme has them.
    for (const [node, reason] of made.reasons) {
      if (assigned(node) === scheme.name || assigned(node) === 'float' || !reasons.has(node)) reasons.set(node, reason);
    }
  }
  for (const { tensors, behindSelection } of plans) {
    for (const node of behindSelection ?? []) {
      if (!taken.delete(node)) continue;
      reasons.set(node, say('behindSelection', { node: tensors!.selection!.node }));
    }
  }
  const nodes = graph.nodes.map((node) => taken.get(node) ?? planFloat(node, reasons.get(node) ?? ''));
  const opset = opsetVersion(graph.model);
  const anyPerChannel = recipe.perChannel && nodes.some((node) => isPlanned(node) && node.weight !== null);
  return {
    activationType: recipe.symmetricActivations ? 'int8' : 'uint8',
    form: opset >= 13 || (opset >= 10 && !anyPerChannel) ? 'onnx' : 'com.microsoft',
    weightsForm: recipe.weightsForm,
    nodes,
    ...(plans.find(({ tensors }) => tensors !== undefined)?.tensors ?? nothing),
  };
}

/** A sum over nothing: no scale can be found for it, and ONNX Runtime makes anything of it. */
function hasEmptyWeight(node: NodeProto, { constants }: Graph): boolean {
  const entry = opEntry(node.domain, node.opType);
  const hasWeights = operatorOf(node) !== null || entry?.tableInput !== undefined;
  return hasWeights && node.input.some((name) => constants.get(name)?.dims.includes(0n) === true);
}

function planFloat({ name, opType }: NodeProto, reason: Reason): NodePlan {
  return { node: name, opType, precision: floatPrecision, foldedInto: null, reason, weight: null, bias: null };
}
