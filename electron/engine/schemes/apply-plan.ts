import { say } from '../../../shared/engine-texts/say.ts';
import type { Precision } from '../../../shared/precision.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { NodePlan, QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { Range } from '../3-calibrate/ranges.ts';
import { contribDomain, type GraphDraft } from '../4-quantize/graph-draft.ts';
import { narrowFloats } from '../4-quantize/narrow-floats.ts';
import { addFloatNode } from '../4-quantize/protect-float.ts';
import { chooseParameters } from '../4-quantize/quantize-activations.ts';
import type { PackedCache, WeightCache } from '../4-quantize/weights.ts';
import { copyMessage, createNamer, ensureOpset, makeNode, pruneInitializers, pruneOpsets } from '../graph/edit.ts';
import { indexGraph, opsetVersion } from '../graph/graph.ts';
import { isTransposeOf } from '../graph/transposed-constants.ts';
import type { Steps } from '../job/steps.ts';
import { intsAttribute } from '../onnx/attributes.ts';
import { TensorProto_DataType, type GraphProto, type ModelProto, type NodeProto } from '../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { QuantizationParameters } from '../tensor/quantization.ts';
import { schemeOf } from './all.ts';

const uint4: number = TensorProto_DataType.UINT4;

export interface QuantizedModel {
  readonly model: ModelProto;
  /** Scale and zero point of every group of 8-bit activations, by the prepared graph's tensor name. */
  readonly parameters: ReadonlyMap<string, QuantizationParameters>;
  /** Prepared tensor name to the tensor that holds its dequantized value in the new graph. */
  readonly dequantized: ReadonlyMap<string, string>;
  /** What was stored for each node of the prepared graph that is not float, by name. */
  readonly stored: ReadonlyMap<string, Precision>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Carries out a plan, a step for each layer with weights: a new model of which each node is as its scheme stores it. The prepared model is not changed; unquantized initializers are shared with it.
 * @param ranges calibrated range of each group named in `plan.observe`.
 * @param inputMeans mean of each channel of tensors that feed weighted nodes; those given get their bias corrected.
 * @param weightCache shared by several applications to the same model, so that weights are rounded once.
 * @param compensatedBlocks weights in blocks that were rounded with compensation; others are rounded to nearest.
 */
export function* applyPlan(
  prepared: OnnxModel,
  plan: QuantizationPlan,
  ranges: ReadonlyMap<string, Range>,
  inputMeans: ReadonlyMap<string, Float64Array> = new Map(),
  weightCache: WeightCache = new Map(),
  compensatedBlocks: PackedCache = new Map(),
): Steps<QuantizedModel> {
  const graph = indexGraph(prepared);
  const planned = new Map(plan.nodes.map((entry) => [entry.node, entry]));
  const draft: GraphDraft = {
    prepared,
    graph,
    plan,
    planned,
    foldedInto: foldedOutputs(graph.nodes, planned),
    groups: new Map(plan.tensors.map(({ tensor, group }) => [tensor, group])),
    parameters: chooseParameters({ prepared, graph, plan }, ranges),
    inputMeans,
    weightCache,
    compensatedBlocks,
    newName: createNamer(prepared.proto.graph!),
    stored: new Map(),
    rounded: [],
    nodes: [],
    initializers: [],
    diagnostics: [],
    storedParameters: new Map(),
    quantized: new Map(),
    dequantized: new Map(),
    dequantizedByChannel: new Map(),
    quantizedInRun: new Map(),
    storedWeights: new Map(),
    dequantizedWeights: new Map(),
    transposedIntegers: new Map(),
  };
  let layers = 0;
  for (const node of graph.nodes) {
    const nodePlan = planned.get(node.name);
    const scheme = nodePlan?.precision.scheme ?? 'float';
    if (scheme === 'float') addFloatNode(draft, node);
    else schemeOf(scheme).emit(draft, node, nodePlan!);
    if (isRoundedLayer(nodePlan)) yield ++layers;
  }
  return finishModel(draft);
}

/** True of a layer whose weights are stored in fewer bits: what takes time to make. */
export function isRoundedLayer(planned: NodePlan | undefined): boolean {
  return planned !== undefined && planned.precision.scheme !== 'float' && planned.weight !== null;
}

/** Output of a node to the output of what is folded into it, where something is. */
function foldedOutputs(nodes: readonly NodeProto[], plans: ReadonlyMap<string, NodePlan>): Map<string, string> {
  const folded = nodes.filter((node) => (plans.get(node.name)?.foldedInto ?? null) !== null);
  const next = new Map(folded.map((node) => [node.input[0]!, node.output[0]!]));
  const end = (tensor: string): string => (next.has(tensor) ? end(next.get(tensor)!) : tensor);
  return new Map([...next.keys()].map((tensor) => [tensor, end(tensor)]));
}

/** What float layers read of a table's transpose is made of the table again, as in the user's file: one of them is stored. */
function unfoldTransposes(made: GraphProto, { plan, newName, graph }: GraphDraft): void {
  const read = new Set(made.node.flatMap(({ input }) => input));
  for (const { weight: name, table } of plan.transposed) {
    const [weight, source] = [graph.constants.get(name)!, graph.constants.get(table)!];
    if (!read.has(name) || !read.has(table) || !isTransposeOf(weight, source, graph.weights)) continue;
    made.initializer = made.initializer.filter((tensor) => tensor.name !== name);
    const perm = intsAttribute('perm', [1, 0]);
    made.node.unshift(makeNode('Transpose', newName(`${name}_Transpose`), [table], [name], [perm]));
  }
}

/** Tensors of 4 bits came with IR version 10. */
function irVersionOf({ prepared, initializers }: GraphDraft): bigint {
  const { irVersion } = prepared.proto;
  return irVersion < 10n && initializers.some(({ dataType }) => dataType === uint4) ? 10n : irVersion;
}

function finishModel(draft: GraphDraft): QuantizedModel {
  const { graph, nodes, initializers, parameters } = draft;
  const source = draft.prepared.proto.graph!;
  // Behind a tensor that only integer nodes read, its dequantized form has no reader; ONNX Runtime would compute it still.
  const read = new Set([...graph.outputNames, ...graph.capturedNames, ...nodes.flatMap((node) => node.input)]);
  const model = copyMessage(draft.prepared.proto, {
    irVersion: irVersionOf(draft),
    opsetImport: [...draft.prepared.proto.opsetImport],
    graph: copyMessage(source, {
      node: nodes.filter((node) => node.opType !== 'DequantizeLinear' || read.has(node.output[0]!)),
      initializer: [...source.initializer, ...initializers],
      valueInfo: [],
    }),
  });
  unfoldTransposes(model.graph!, draft);
  pruneInitializers(model.graph!);
  const { halfStorage } = draft.prepared;
  if (halfStorage !== undefined) narrowFloats(model.graph!, new Set(source.initializer), graph.weights, halfStorage);
  pruneOpsets(model);
  const diagnostics = [...draft.diagnostics];
  const original = new Set(graph.nodes);
  const contributed = nodes.filter((node) => node.domain === contribDomain && !original.has(node));
  if (contributed.length > 0) ensureOpset(model, contribDomain, 1);
  const otherTypes = [...new Set(contributed.map(({ opType }) => opType))].filter(
    (type) => !/quantizeLinear$/i.test(type),
  );
  if (contributed.some(({ opType }) => opType === 'DequantizeLinear')) {
    diagnostics.push({
      severity: 'info',
      code: 'contrib-qdq',
      message: say('contribQdq', { opset: opsetVersion(draft.prepared.proto) }),
      node: null,
    });
  }
  if (otherTypes.length > 0) {
    diagnostics.push({
      severity: 'info',
      code: 'contrib-operators',
      message: say('contribOperators', { operators: otherTypes.join(', ') }),
      node: null,
    });
  }
  const dequantized = new Map([
    ...draft.rounded.map((tensor) => [tensor, tensor] as const),
    ...[...draft.dequantized]
      .map(([tensor, name]) => [tensor, read.has(name) ? name : draft.dequantizedByChannel.get(tensor)] as const)
      .filter((pair): pair is [string, string] => pair[1] !== undefined),
  ]);
  return { model, parameters, dequantized, stored: draft.stored, diagnostics };
}
