import type { Diagnostic } from '../../../../shared/run.ts';
import type { Range } from '../../3-calibrate/ranges.ts';
import { copyMessage, createNamer, ensureOpset, makeNode, pruneInitializers, pruneOpsets } from '../../graph/edit.ts';
import { indexGraph, opsetVersion, type Graph } from '../../graph/graph.ts';
import { isTransposeOf } from '../../graph/transposed-constants.ts';
import { intsAttribute } from '../../onnx/attributes.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../../onnx/read-model.ts';
import type { QuantizationParameters } from '../../tensor/quantization.ts';
import { addLookup } from './look-up.ts';
import { dequantizeParameters } from '../../4-quantize/dequantize-weights.ts';
import { addInitializer, contribDomain, type GraphDraft, type StoredBits } from '../../4-quantize/graph-draft.ts';
import { isLookup, type NodePlan, type QuantizationPlan } from '../../2-plan/plan.ts';
import { addFloatNode } from '../../4-quantize/protect-float.ts';
import {
  activationTensor,
  chooseParameters,
  dequantizedActivation,
  parametersOf,
  publishFloat,
  publishIntegers,
  quantizeActivation,
} from '../../4-quantize/quantize-activations.ts';
import type { WeightCache } from '../../4-quantize/weights.ts';

export interface QuantizedModel {
  readonly model: ModelProto;
  /** Scale and zero point of every group of 8-bit activations, by the prepared graph's tensor name. */
  readonly parameters: ReadonlyMap<string, QuantizationParameters>;
  /** Prepared tensor name to the tensor that holds its dequantized value in the new graph. */
  readonly dequantized: ReadonlyMap<string, string>;
  /** What was stored for each node of the prepared graph that is not float, by name. */
  readonly storedBits: ReadonlyMap<string, StoredBits>;
  readonly diagnostics: readonly Diagnostic[];
}

/** This scheme stores both in bytes. */
const [weightBits, activationBits] = [8, 8];

/** Ops that keep int8 values int8 but that ONNX Runtime does not lift out of DequantizeLinear ... QuantizeLinear by itself. */
const neverLifted: ReadonlySet<string> = new Set(['Pad', 'DepthToSpace', 'SpaceToDepth']);

/**
 * True for a node that has to be given integers to move integers. Not where they are int8: on x86 ONNX Runtime makes pairs of
 * QuantizeLinear and DequantizeLinear uint8, and a layer whose QuantizeLinear feeds something else would be left in float.
 */
function runsOnIntegers({ plan, graph }: GraphDraft, node: NodeProto): boolean {
  return plan.activationType === 'uint8' && (neverLifted.has(node.opType) || handsOutIndices(graph, node));
}

/**
 * Carries out a plan: a new model with QuantizeLinear/DequantizeLinear around every int8 node, weights and biases stored
 * as integers. The prepared model is not changed; unquantized initializers are shared with it.
 * @param ranges calibrated range of each group named in `plan.observe`.
 * @param inputMeans mean of each channel of tensors that feed weighted nodes; those given get their bias corrected.
 * @param weightCache shared by several applications to the same model, so that weights are rounded once.
 */
export function applyPlan(
  prepared: OnnxModel,
  plan: QuantizationPlan,
  ranges: ReadonlyMap<string, Range>,
  inputMeans: ReadonlyMap<string, Float64Array> = new Map(),
  weightCache: WeightCache = new Map(),
): QuantizedModel {
  const graph = indexGraph(prepared.proto);
  const draft: GraphDraft = {
    prepared,
    graph,
    plan,
    groups: new Map(plan.tensors.map(({ tensor, group }) => [tensor, group])),
    parameters: chooseParameters({ prepared, graph, plan }, ranges),
    inputMeans,
    weightCache,
    newName: createNamer(prepared.proto.graph!),
    storedBits: new Map(),
    nodes: [],
    initializers: [],
    diagnostics: [],
    storedParameters: new Map(),
    quantized: new Map(),
    dequantized: new Map(),
    dequantizedByChannel: new Map(),
    storedWeights: new Map(),
    dequantizedWeights: new Map(),
    transposedIntegers: new Map(),
  };
  const plans = new Map(plan.nodes.map((entry) => [entry.node, entry]));
  const foldedInto = foldedOutputs(graph.nodes, plans);
  /** Made of rounded values, though no tensor of 8 bits to int8 nodes. */
  const lookedUp: string[] = [];
  for (const node of graph.nodes) {
    const nodePlan = plans.get(node.name);
    if (nodePlan?.mode === 'folded') {
      // A clamp is done by the range its values are stored in.
      draft.storedBits.set(node.name, { weightBits: null, activationBits });
      continue;
    }
    if (nodePlan?.mode !== 'int8') addFloatNode(draft, node);
    else if (isLookup(nodePlan)) lookedUp.push(addLookup(draft, node, nodePlan.weight!, plans));
    else if (runsOnIntegers(draft, node)) addIntegerNode(draft, node);
    else addInt8Node(draft, node, nodePlan, foldedInto);
  }
  return finishModel(draft, lookedUp);
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

/** Output of a node to the output of what is folded into it, where something is. */
function foldedOutputs(nodes: readonly NodeProto[], plans: ReadonlyMap<string, NodePlan>): Map<string, string> {
  const folded = nodes.filter((node) => plans.get(node.name)?.mode === 'folded');
  const next = new Map(folded.map((node) => [node.input[0]!, node.output[0]!]));
  const end = (tensor: string): string => (next.has(tensor) ? end(next.get(tensor)!) : tensor);
  return new Map([...next.keys()].map((tensor) => [tensor, end(tensor)]));
}

/** A node between DequantizeLinear and QuantizeLinear, which ONNX Runtime fuses into an int8 kernel. */
function addInt8Node(
  draft: GraphDraft,
  node: NodeProto,
  nodePlan: NodePlan,
  foldedInto: ReadonlyMap<string, string>,
): void {
  const { weight } = nodePlan;
  draft.storedBits.set(node.name, { weightBits: weight === null ? null : weightBits, activationBits });
  const inputs = node.input.map((input) =>
    draft.groups.has(input) && input !== weight?.tensor ? dequantizedActivation(draft, input) : input,
  );
  if (weight !== null) {
    const { scale } = parametersOf(draft, node.input[0]!);
    const parameters = dequantizeParameters(draft, node, { ...nodePlan, weight }, scale);
    inputs[1] = parameters.weight;
    if (parameters.bias !== null) inputs[2] = parameters.bias;
  }
  const published = new Map<string, string>();
  const outputs = node.output.map((output) => {
    const tensor = foldedInto.get(output) ?? output;
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
  draft.nodes.push(made);
  for (const [tensor, float] of published) publishFloat(draft, tensor, float);
}

/** A node that moves 8-bit values about without looking at them. */
function addIntegerNode(draft: GraphDraft, node: NodeProto): void {
  const input = node.input[0]!;
  const output = node.output[0]!;
  draft.storedBits.set(node.name, { weightBits: null, activationBits });
  const inputs = [quantizeActivation(draft, input), ...node.input.slice(1)];
  const integers = draft.newName(`${output}_quantized`);
  // What Pad writes must mean 0, which is the zero point in integers.
  if (node.opType === 'Pad') {
    const { zeroPoint } = parametersOf(draft, input);
    inputs[2] = addInitializer(draft, `${node.name}_zero`, activationTensor(draft, [], [zeroPoint]));
  }
  draft.nodes.push(withEdges(node, inputs, [integers, ...node.output.slice(1)]));
  publishIntegers(draft, output, integers);
}

/** A copy of a node with other inputs and outputs; attributes, doc string and unknown fields stay. */
function withEdges(node: NodeProto, inputs: readonly string[], outputs: readonly string[]): NodeProto {
  return copyMessage(node, { input: [...inputs], output: [...outputs] });
}

/** What float layers read of a table's transpose is made of the table again, as in the user's file: one of them is stored. */
function unfoldTransposes(made: GraphProto, { plan, newName, graph, prepared }: GraphDraft): void {
  const read = new Set(made.node.flatMap(({ input }) => input));
  for (const { weight: name, table } of plan.transposed) {
    const [weight, source] = [graph.constants.get(name)!, graph.constants.get(table)!];
    if (!read.has(name) || !read.has(table) || !isTransposeOf(weight, source, prepared.folder)) continue;
    made.initializer = made.initializer.filter((tensor) => tensor.name !== name);
    const perm = intsAttribute('perm', [1, 0]);
    made.node.unshift(makeNode('Transpose', newName(`${name}_Transpose`), [table], [name], [perm]));
  }
}

function finishModel(draft: GraphDraft, lookedUp: readonly string[]): QuantizedModel {
  const { graph, nodes, initializers, parameters } = draft;
  const source = draft.prepared.proto.graph!;
  // Behind a tensor that only integer nodes read, its dequantized form has no reader; ONNX Runtime would compute it still.
  const read = new Set([...graph.outputNames, ...graph.capturedNames, ...nodes.flatMap((node) => node.input)]);
  const model = copyMessage(draft.prepared.proto, {
    opsetImport: [...draft.prepared.proto.opsetImport],
    graph: copyMessage(source, {
      node: nodes.filter((node) => node.opType !== 'DequantizeLinear' || read.has(node.output[0]!)),
      initializer: [...source.initializer, ...initializers],
      valueInfo: [],
    }),
  });
  unfoldTransposes(model.graph!, draft);
  pruneInitializers(model.graph!);
  pruneOpsets(model);
  const diagnostics = [...draft.diagnostics];
  const original = new Set(graph.nodes);
  if (
    nodes.some((node) => node.domain === contribDomain && node.opType === 'DequantizeLinear' && !original.has(node))
  ) {
    ensureOpset(model, contribDomain, 1);
    diagnostics.push({
      severity: 'info',
      code: 'contrib-qdq',
      message: `Opset ${opsetVersion(draft.prepared.proto)} has no per-channel QuantizeLinear; the com.microsoft operators are used, which ONNX Runtime runs and other runtimes may not.`,
      node: null,
    });
  }
  const dequantized = new Map([
    ...lookedUp.map((tensor) => [tensor, tensor] as const),
    ...[...draft.dequantized]
      .map(([tensor, name]) => [tensor, read.has(name) ? name : draft.dequantizedByChannel.get(tensor)] as const)
      .filter((pair): pair is [string, string] => pair[1] !== undefined),
  ]);
  return { model, parameters, dequantized, storedBits: draft.storedBits, diagnostics };
}
