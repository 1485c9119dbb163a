import { AppError } from '../../../shared/app-error.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { Range } from '../2-calibrate/ranges.ts';
import { copyMessage, createNamer, ensureOpset, makeNode, pruneInitializers, pruneOpsets } from '../graph/edit.ts';
import { indexGraph, opsetVersion } from '../graph/graph.ts';
import { attributeInt, intAttribute } from '../onnx/attributes.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { ModelProto, NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor, readTensor, toFloat32 } from '../onnx/tensor-proto.ts';
import {
  asymmetricParameters,
  int8SymmetricRange,
  quantizeValue,
  symmetricParameters,
  uint8Range,
  type QuantizationParameters,
} from '../tensor/quantization.ts';
import type { TensorData } from '../tensor/tensor.ts';
import { isLookup, type NodePlan, type QuantizationPlan, type WeightPlan } from './plan.ts';
import {
  meanOutputError,
  quantizeBias,
  quantizeWeight,
  summationOrder,
  type QuantizedWeight,
  type WeightCache,
} from './weights.ts';

export interface QuantizedModel {
  readonly model: ModelProto;
  /** Scale and zero point of every 8-bit activation, by the prepared graph's tensor name. */
  readonly parameters: ReadonlyMap<string, QuantizationParameters>;
  /** Prepared tensor name to the tensor that holds its dequantized value in the new graph. */
  readonly dequantized: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The initializers a quantized weight is made of. */
interface StoredWeight {
  readonly integers: string;
  readonly scale: string;
  readonly zero: string;
}

/** Ops that keep int8 values int8 but that ONNX Runtime does not lift out of DequantizeLinear ... QuantizeLinear by itself. */
const runsOnIntegers: ReadonlySet<string> = new Set(['Pad', 'DepthToSpace', 'SpaceToDepth']);

/**
 * Carries out a plan: a new model with QuantizeLinear/DequantizeLinear around every int8 node, weights and biases stored
 * as integers. The prepared model is not changed; unquantized initializers are shared with it.
 * @param ranges calibrated range of each group named in `plan.observe`.
 * @param inputMeans mean of each channel of tensors that feed weighted nodes; those given get their bias corrected.
 * @param cache shared by several applications to the same model, so that weights are rounded once.
 */
export function applyPlan(
  prepared: OnnxModel,
  plan: QuantizationPlan,
  ranges: ReadonlyMap<string, Range>,
  inputMeans: ReadonlyMap<string, Float64Array> = new Map(),
  cache: WeightCache = new Map(),
): QuantizedModel {
  const source = prepared.proto.graph!;
  const graph = indexGraph(prepared.proto);
  const namer = createNamer(source);
  const domain = plan.form === 'onnx' ? '' : 'com.microsoft';
  const opset = opsetVersion(prepared.proto);
  const diagnostics: Diagnostic[] = [];
  const initializers: TensorProto[] = [];
  const nodes: NodeProto[] = [];
  const planOf = new Map(plan.nodes.map((entry) => [entry.node, entry]));
  const groupOf = new Map(plan.tensors.map((entry) => [entry.tensor, entry.group]));
  const activationRange = plan.activationType === 'uint8' ? uint8Range : int8SymmetricRange;

  const addInitializer = (
    base: string,
    dataType: 'float32' | 'uint8' | 'int8' | 'int32',
    dims: number[],
    data: TensorData,
  ) => {
    const name = namer(base);
    initializers.push(makeTensor(name, { dataType, dims, data }));
    return name;
  };

  const parameters = new Map<string, QuantizationParameters>();
  const parametersOf = (tensor: string): QuantizationParameters => {
    const group = groupOf.get(tensor) ?? tensor;
    const known = parameters.get(group);
    if (known !== undefined) return known;
    const range = ranges.get(group) ?? constantRange(group);
    if (range === null) throw new AppError('internal', `Tensor "${group}" is quantized but has no calibrated range.`);
    const chosen =
      plan.activationType === 'uint8'
        ? asymmetricParameters(range.low, range.high)
        : symmetricParameters(range.low, range.high);
    parameters.set(group, chosen);
    return chosen;
  };
  const constantRange = (tensor: string): Range | null => {
    const constant = graph.constants.get(tensor);
    if (constant === undefined) return null;
    const data = toFloat32(readTensor(constant, prepared.folder));
    return data.reduce<Range>(
      (range, value) => ({ low: Math.min(range.low, value), high: Math.max(range.high, value) }),
      { low: Infinity, high: -Infinity },
    );
  };

  /** Scale and zero-point initializers of a group, made once. */
  const parameterNames = new Map<string, readonly [string, string]>();
  const namesOf = (tensor: string): readonly [string, string] => {
    const group = groupOf.get(tensor) ?? tensor;
    const known = parameterNames.get(group);
    if (known !== undefined) return known;
    const { scale, zeroPoint } = parametersOf(tensor);
    const zero = plan.activationType === 'uint8' ? Uint8Array.of(zeroPoint) : Int8Array.of(zeroPoint);
    const names = [
      addInitializer(`${group}_scale`, 'float32', [], Float32Array.of(scale)),
      addInitializer(`${group}_zero_point`, plan.activationType, [], zero),
    ] as const;
    parameterNames.set(group, names);
    return names;
  };

  /** Prepared tensor name -> its 8-bit form and its dequantized form in the new graph. */
  const quantizedName = new Map<string, string>();
  const dequantized = new Map<string, string>();

  const quantize = (tensor: string, from: string): string => {
    const known = quantizedName.get(tensor);
    if (known !== undefined) return known;
    const [scale, zero] = namesOf(tensor);
    const constant = graph.constants.get(tensor);
    let output: string;
    if (constant === undefined) {
      output = namer(`${tensor}_quantized`);
      nodes.push(
        makeNode('QuantizeLinear', namer(`${tensor}_QuantizeLinear`), [from, scale, zero], [output], [], domain),
      );
    } else {
      const values = toFloat32(readTensor(constant, prepared.folder));
      const chosen = parametersOf(tensor);
      const data = plan.activationType === 'uint8' ? new Uint8Array(values.length) : new Int8Array(values.length);
      values.forEach((value, index) => (data[index] = quantizeValue(value, chosen, activationRange)));
      output = addInitializer(`${tensor}_quantized`, plan.activationType, constant.dims.map(Number), data);
    }
    quantizedName.set(tensor, output);
    return output;
  };
  const dequantize = (tensor: string, output: string): void => {
    const [scale, zero] = namesOf(tensor);
    const input = quantizedName.get(tensor)!;
    nodes.push(
      makeNode('DequantizeLinear', namer(`${tensor}_DequantizeLinear`), [input, scale, zero], [output], [], domain),
    );
  };
  const dequantizedInput = (tensor: string): string => {
    const known = dequantized.get(tensor);
    if (known !== undefined) return known;
    quantize(tensor, tensor);
    const output = namer(`${tensor}_dequantized`);
    dequantize(tensor, output);
    dequantized.set(tensor, output);
    return output;
  };

  /** Tensors that were looked up in a table of integers: made of rounded values, though no tensor of 8 bits to int8 nodes. */
  const lookedUp = new Map<string, string>();

  /** A weight that several nodes share is stored once while its scales agree: same axis and no channel raised for a bias. */
  const storedWeights = new Map<string, StoredWeight>();
  const storeWeight = ({ tensor, axis, range }: WeightPlan, { data, scales }: QuantizedWeight): StoredWeight => {
    const key = `${tensor}|${axis ?? 'tensor'}|${range}|${Buffer.from(scales.buffer).toString('base64')}`;
    const known = storedWeights.get(key);
    if (known !== undefined) return known;
    const dims = graph.constants.get(tensor)!.dims.map(Number);
    const scaleDims = axis === null ? [] : [scales.length];
    const stored = {
      integers: addInitializer(`${tensor}_quantized`, 'int8', dims, data),
      scale: addInitializer(`${tensor}_scale`, 'float32', scaleDims, scales),
      zero: addInitializer(`${tensor}_zero_point`, 'int8', scaleDims, new Int8Array(scales.length)),
    };
    storedWeights.set(key, stored);
    return stored;
  };
  const dequantizedWeights = new Map<StoredWeight, string>();
  const dequantizeStored = (tensor: string, axis: number | null, stored: StoredWeight): string => {
    const known = dequantizedWeights.get(stored);
    if (known !== undefined) return known;
    const output = namer(`${tensor}_dequantized`);
    nodes.push(
      makeNode(
        'DequantizeLinear',
        namer(`${tensor}_DequantizeLinear`),
        [stored.integers, stored.scale, stored.zero],
        [output],
        axis === null ? [] : [intAttribute('axis', axis)],
        domain,
      ),
    );
    dequantizedWeights.set(stored, output);
    return output;
  };

  const dequantizeWeight = (node: NodeProto, nodePlan: NodePlan, inputScale: number) => {
    const { tensor, axis, range } = nodePlan.weight!;
    const constant = graph.constants.get(tensor)!;
    const bias =
      nodePlan.bias === null ? null : toFloat32(readTensor(graph.constants.get(nodePlan.bias)!, prepared.folder));
    const dims = constant.dims.map(Number);
    const data = toFloat32(readTensor(constant, prepared.folder));
    const outputAxis =
      node.opType === 'Conv' || (node.opType === 'Gemm' && attributeInt(node, 'transB', 0) !== 0) ? 0 : 1;
    // Transposed convolutions have no int8 kernel to saturate and no order to speak of.
    const isOrdered = node.opType === 'Conv' || dims.length === 2;
    const order = isOrdered ? summationOrder(node.opType, dims, outputAxis) : null;
    const scheme = { dims, axis, range, order };
    const quantized = quantizeWeight(constant, data, scheme, bias, inputScale, cache);
    if (quantized.raisedChannels > 0) {
      diagnostics.push({
        severity: 'info',
        code: 'weight-scale-raised',
        message: `${quantized.raisedChannels} channels got a larger weight scale so that their bias fits into int32.`,
        node: node.name,
      });
    }
    const means = inputMeans.get(node.input[0]!);
    const correction =
      means === undefined || order === null || node.opType === 'MatMul'
        ? null
        : meanOutputError(
            data,
            quantized,
            order,
            means,
            node.opType === 'Conv' ? dims[1]! : order.length,
            attributeInt(node, 'group', 1),
          );
    const name = dequantizeStored(tensor, axis, storeWeight(nodePlan.weight!, quantized));
    return { name, scales: quantized.scales, bias: correctBias(bias, correction) };
  };

  const dequantizeBias = (
    nodePlan: NodePlan,
    values: Float32Array,
    inputScale: number,
    weightScales: Float32Array,
  ): string => {
    const { data, scales } = quantizeBias(values, inputScale, weightScales);
    const perChannel = scales.length > 1;
    const base = `${nodePlan.bias ?? 'bias'}_${nodePlan.node}`;
    // One value a channel whatever the rank it was written with (a Gemm bias may be 1xN).
    const input = addInitializer(`${base}_quantized`, 'int32', [values.length], data);
    const scale = addInitializer(`${base}_scale`, 'float32', perChannel ? [scales.length] : [], scales);
    const zero = addInitializer(
      `${base}_zero_point`,
      'int32',
      perChannel ? [scales.length] : [],
      new Int32Array(scales.length),
    );
    const output = namer(`${base}_dequantized`);
    nodes.push(
      makeNode(
        'DequantizeLinear',
        namer(`${base}_DequantizeLinear`),
        [input, scale, zero],
        [output],
        perChannel ? [intAttribute('axis', 0)] : [],
        domain,
      ),
    );
    return output;
  };

  /** After an int8 node: quantize what it made, and give everyone the dequantized value under the old name. */
  const publish = (tensor: string, raw: string): void => {
    quantize(tensor, raw);
    dequantize(tensor, tensor);
    dequantized.set(tensor, tensor);
  };
  const foldedEnd = new Map<string, string>();
  for (const node of source.node) {
    if (planOf.get(node.name)?.mode === 'folded') foldedEnd.set(node.input[0]!, node.output[0]!);
  }
  const endOfFolds = (tensor: string): string => {
    const next = foldedEnd.get(tensor);
    return next === undefined ? tensor : endOfFolds(next);
  };

  for (const node of source.node) {
    const nodePlan = planOf.get(node.name);
    if (nodePlan?.mode === 'folded') continue;
    if (nodePlan?.mode !== 'int8') {
      nodes.push(node);
      continue;
    }
    if (isLookup(nodePlan)) {
      nodes.push(...lookUp(node, nodePlan.weight!));
      continue;
    }
    const inputs = [...node.input];
    if (runsOnIntegers.has(node.opType)) {
      nodes.push(...integerNode(node));
      continue;
    }
    inputs.forEach((input, index) => {
      if (groupOf.has(input) && input !== nodePlan.weight?.tensor) inputs[index] = dequantizedInput(input);
    });
    if (nodePlan.weight !== null) {
      const { scale } = parametersOf(node.input[0]!);
      const weight = dequantizeWeight(node, nodePlan, scale);
      inputs[1] = weight.name;
      if (weight.bias !== null) inputs[2] = dequantizeBias(nodePlan, weight.bias, scale, weight.scales);
    }
    const outputs = [...node.output];
    const published: [string, string][] = [];
    node.output.forEach((output, index) => {
      if (output === '') return;
      const end = endOfFolds(output);
      if (!groupOf.has(end)) return;
      outputs[index] = namer(`${output}_float`);
      published.push([end, outputs[index]]);
    });
    const made = withEdges(node, inputs, outputs);
    // A bias that correction adds is meant as it is; beta had nothing to scale before.
    if (node.opType === 'Gemm' && nodePlan.bias === null) {
      made.attribute = made.attribute.filter((attribute) => attribute.name !== 'beta');
    }
    nodes.push(made);
    for (const [tensor, raw] of published) publish(tensor, raw);
  }

  function integerNode(node: NodeProto): NodeProto[] {
    const input = node.input[0]!;
    const output = node.output[0]!;
    const from = quantize(input, input);
    const to = namer(`${output}_quantized`);
    const inputs = [from, ...node.input.slice(1)];
    // What Pad writes must mean 0, which is the zero point in integers.
    if (node.opType === 'Pad') {
      const { zeroPoint } = parametersOf(input);
      const value = plan.activationType === 'uint8' ? Uint8Array.of(zeroPoint) : Int8Array.of(zeroPoint);
      inputs[2] = addInitializer(`${node.name}_zero`, plan.activationType, [], value);
    }
    quantizedName.set(output, to);
    const made = withEdges(node, inputs, [to]);
    const before = nodes.length;
    dequantize(output, output);
    dequantized.set(output, output);
    return [made, ...nodes.splice(before)];
  }

  /** Looks rows up in integers and converts only those: the table is stored and read in 8 bits. */
  function lookUp(node: NodeProto, weight: WeightPlan): NodeProto[] {
    const constant = graph.constants.get(weight.tensor)!;
    const data = toFloat32(readTensor(constant, prepared.folder));
    const scheme = { dims: constant.dims.map(Number), axis: weight.axis, range: weight.range, order: null };
    const table = storeWeight(weight, quantizeWeight(constant, data, scheme, null, 1, cache));
    const output = node.output[0]!;
    const looked = namer(`${output}_quantized`);
    lookedUp.set(output, output);
    return [
      withEdges(node, [table.integers, ...node.input.slice(1)], [looked]),
      makeNode(
        'DequantizeLinear',
        namer(`${output}_DequantizeLinear`),
        [looked, table.scale, table.zero],
        [output],
        // The table's last dimension is the last of every row that is looked up.
        weight.axis === null ? [] : [intAttribute('axis', -1)],
        domain,
      ),
    ];
  }

  // Behind a tensor that only integer nodes read, its dequantized form has no reader; ONNX Runtime would compute it still.
  const read = new Set([...graph.outputNames, ...graph.capturedNames, ...nodes.flatMap((node) => node.input)]);
  const isOfUse = (node: NodeProto): boolean => node.opType !== 'DequantizeLinear' || read.has(node.output[0]!);
  for (const [tensor, name] of dequantized) if (!read.has(name)) dequantized.delete(tensor);

  const model = copyMessage(prepared.proto, {
    opsetImport: [...prepared.proto.opsetImport],
    graph: copyMessage(source, {
      node: nodes.filter(isOfUse),
      initializer: [...source.initializer, ...initializers],
      valueInfo: [],
    }),
  });
  pruneInitializers(model.graph!);
  pruneOpsets(model);
  if (domain !== '') {
    ensureOpset(model, domain, 1);
    diagnostics.push({
      severity: 'info',
      code: 'contrib-qdq',
      message: `Opset ${opset} has no per-channel QuantizeLinear; the com.microsoft operators are used, which ONNX Runtime runs and other runtimes may not.`,
      node: null,
    });
  }
  return { model, parameters, dequantized: new Map([...lookedUp, ...dequantized]), diagnostics };
}

function correctBias(bias: Float32Array | null, correction: Float32Array | null): Float32Array | null {
  if (correction === null) return bias;
  return bias === null ? correction : bias.map((value, index) => value + correction[index]!);
}

/** A copy of a node with other inputs and outputs; attributes, doc string and unknown fields stay. */
function withEdges(node: NodeProto, inputs: readonly string[], outputs: readonly string[]): NodeProto {
  return copyMessage(node, { input: [...inputs], output: [...outputs] });
}
