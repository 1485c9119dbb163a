import type { NodePlan } from '../../2-plan/quantization-plan.ts';
import { dequantizeParameters } from '../../4-quantize/dequantize-weights.ts';
import { addInitializer, type GraphDraft } from '../../4-quantize/graph-draft.ts';
import {
  activationTensor,
  dequantizedActivation,
  quantizationParametersOf,
  publishFloat,
  publishIntegers,
  quantizeActivation,
} from '../../4-quantize/quantize-activations.ts';
import { copyMessage } from '../../graph/edit.ts';
import type { Graph } from '../../graph/graph.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';

/** Ops that keep int8 values int8 but that ONNX Runtime does not lift out of DequantizeLinear ... QuantizeLinear by itself. */
const neverLifted: ReadonlySet<string> = new Set(['Pad', 'DepthToSpace', 'SpaceToDepth']);

/**
 * True for a node that has to be given integers to move integers. Not where they are int8: on x86 ONNX Runtime makes pairs of
 * QuantizeLinear and DequantizeLinear uint8, and a layer whose QuantizeLinear feeds something else would be left in float.
 */
export function runsOnIntegers({ plan, graph }: GraphDraft, node: NodeProto): boolean {
  return plan.activationType === 'uint8' && (neverLifted.has(node.opType) || handsOutIndices(graph, node));
}

/**
 * A MaxPool whose indices are read: ONNX Runtime lifts only one with a single output out of its DequantizeLinear and
 * QuantizeLinear.
 */
function handsOutIndices({ consumers, outputNames, capturedNames }: Graph, { opType, output }: NodeProto): boolean {
  const [, indices = ''] = output;
  if (opType !== 'MaxPool' || indices === '') return false;
  return consumers.has(indices) || outputNames.has(indices) || capturedNames.has(indices);
}

/** A node between DequantizeLinear and QuantizeLinear, which ONNX Runtime fuses into an int8 kernel. */
export function addInt8Node(draft: GraphDraft, node: NodeProto, nodePlan: NodePlan): void {
  const { weight } = nodePlan;
  draft.stored.set(node.name, nodePlan.precision);
  const inputs = node.input.map((input) =>
    draft.groups.has(input) && input !== weight?.tensor ? dequantizedActivation(draft, input) : input,
  );
  if (weight !== null) {
    const { scale } = quantizationParametersOf(draft, node.input[0]!);
    const parameters = dequantizeParameters(draft, node, { ...nodePlan, weight }, scale);
    inputs[1] = parameters.weight;
    if (parameters.bias !== null) inputs[2] = parameters.bias;
  }
  const published = new Map<string, string>();
  const outputs = node.output.map((output) => {
    const tensor = draft.foldedInto.get(output) ?? output;
    if (!draft.groups.has(tensor)) return output;
    const float = draft.newName(`${output}_float`);
    published.set(tensor, float);
    return float;
  });
  // Indices that nobody reads would keep a MaxPool from being lifted.
  if (node.opType === 'MaxPool' && !handsOutIndices(draft.graph, node)) outputs.length = 1;
  const made = withEdges(node, inputs, outputs);
  // A bias that correction adds is meant as it is; beta had nothing to scale before.
  if (node.opType === 'Gemm' && nodePlan.bias === null) {
    made.attribute = made.attribute.filter((attribute) => attribute.name !== 'beta');
  }
  // Dilations of 1 say nothing, and ONNX Runtime refuses to load what it fuses them into.
  if (node.opType === 'AveragePool') {
    made.attribute = made.attribute.filter((attribute) => attribute.name !== 'dilations');
  }
  draft.nodes.push(made);
  for (const [tensor, float] of published) publishFloat(draft, tensor, float);
}

/** A node that moves 8-bit values about without looking at them. */
export function addIntegerNode(draft: GraphDraft, node: NodeProto, { precision }: NodePlan): void {
  const input = node.input[0]!;
  const output = node.output[0]!;
  draft.stored.set(node.name, precision);
  const inputs = [quantizeActivation(draft, input), ...node.input.slice(1)];
  const integers = draft.newName(`${output}_quantized`);
  // What Pad writes must mean 0, which is the zero point in integers.
  if (node.opType === 'Pad') {
    const { zeroPoint } = quantizationParametersOf(draft, input);
    inputs[2] = addInitializer(draft, `${node.name}_zero`, activationTensor(draft, [], [zeroPoint]));
  }
  draft.nodes.push(withEdges(node, inputs, [integers, ...node.output.slice(1)]));
  publishIntegers(draft, output, integers);
}

/** A copy of a node with other inputs and outputs; attributes, doc string and unknown fields stay. */
function withEdges(node: NodeProto, inputs: readonly string[], outputs: readonly string[]): NodeProto {
  return copyMessage(node, { input: [...inputs], output: [...outputs] });
}
