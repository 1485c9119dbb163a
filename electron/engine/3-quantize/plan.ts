import { AppError } from '../../../shared/app-error.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { opEntry, quantizableOpTypes, type OpEntry } from '../1-analyze/op-table.ts';
import type { Shapes } from '../1-analyze/shapes.ts';
import { opsetVersion, type Graph } from '../graph/graph.ts';
import { attributeFloat, attributeInt, attributeString } from '../onnx/attributes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { readTensor } from '../onnx/tensor-proto.ts';

/** See the recipe's `reducedRange`. */
export type WeightRange = 'int8' | 'int8-reduced' | 'int8-pairs';

export interface WeightPlan {
  readonly tensor: string;
  /** Channel axis of the scales; null for one scale. */
  readonly axis: number | null;
  readonly range: WeightRange;
}

export interface NodePlan {
  readonly node: string;
  readonly opType: string;
  readonly mode: 'int8' | 'float' | 'folded';
  /** Why it stays float, or into which node it was folded; empty for int8. */
  readonly reason: string;
  readonly weight: WeightPlan | null;
  readonly bias: string | null;
}

/** One activation tensor that is stored in 8 bits. Tensors of one group share scale and zero point. */
export interface TensorPlan {
  readonly tensor: string;
  /** The tensor whose calibrated range the whole group uses. */
  readonly group: string;
}

/** Every decision of the quantizer as data: printed by `--plan`, applied by `applyPlan`, checked afterwards. */
export interface QuantizationPlan {
  readonly activationType: 'uint8' | 'int8';
  /** Operators QuantizeLinear/DequantizeLinear come from the standard set or from com.microsoft (old opsets). */
  readonly form: 'onnx' | 'com.microsoft';
  readonly nodes: readonly NodePlan[];
  readonly tensors: readonly TensorPlan[];
  /** Tensors whose values must be observed in calibration: the groups. */
  readonly observe: readonly string[];
}

export interface PlanOptions {
  readonly recipe: Recipe;
  readonly weightRange: WeightRange;
  /** Nodes measurement decided to keep in float: name to reason. */
  readonly keepFloat: ReadonlyMap<string, string>;
  readonly folder: string;
}

function compileSelectors(selectors: readonly string[]): (name: string) => boolean {
  const tests = selectors.map((selector) => {
    if (selector.length > 2 && selector.startsWith('/') && selector.endsWith('/')) {
      try {
        const pattern = new RegExp(selector.slice(1, -1), 'u');
        return (name: string) => pattern.test(name);
      } catch (error) {
        throw new AppError('recipe-invalid', `Node selector ${selector} is not a valid regular expression.`, {
          cause: error,
        });
      }
    }
    return (name: string) => name === selector;
  });
  return (name) => tests.some((test) => test(name));
}

/** Node selectors of a recipe that no node answers to: most likely a slip of the pen. */
export function findIdleSelectors(recipe: Recipe, graph: Graph): string[] {
  return [...recipe.includeNodes, ...recipe.excludeNodes].filter((selector) => {
    const matches = compileSelectors([selector]);
    return !graph.nodes.some((node) => matches(node.name));
  });
}

function selectionReason(recipe: Recipe): (node: NodeProto) => string {
  for (const opType of [...recipe.includeOpTypes, ...recipe.excludeOpTypes]) {
    if (!quantizableOpTypes.includes(opType)) {
      throw new AppError(
        'recipe-invalid',
        `Op type "${opType}" is not one Vernier can quantize; it knows ${quantizableOpTypes.join(', ')}.`,
      );
    }
  }
  const included = compileSelectors(recipe.includeNodes);
  const excluded = compileSelectors(recipe.excludeNodes);
  return (node) => {
    if (recipe.includeOpTypes.length > 0 && !recipe.includeOpTypes.includes(node.opType)) {
      return `op type ${node.opType} is not among the included ones`;
    }
    if (recipe.excludeOpTypes.includes(node.opType)) return `op type ${node.opType} is excluded by the recipe`;
    if (recipe.includeNodes.length > 0 && !included(node.name)) return 'the recipe includes only other nodes';
    if (excluded(node.name)) return 'excluded by the recipe';
    return '';
  };
}

/** Conditions on attributes, weights and types under which ONNX Runtime has an int8 kernel. Empty string: it may be int8. */
function kernelReason(
  node: NodeProto,
  entry: OpEntry,
  graph: Graph,
  shapes: Shapes,
  opset: number,
  named: boolean,
): string {
  if (entry.role === 'float-only') return entry.floatReason ?? 'there is no int8 kernel for it';
  if (entry.floatReason !== undefined && !named) return entry.floatReason;
  if (entry.minimumOpset !== undefined && opset < entry.minimumOpset) {
    return `${node.opType} takes int8 from opset ${entry.minimumOpset} on; this model has opset ${opset}`;
  }
  const input = node.input[0] ?? '';
  const inputType = shapes.get(input)?.dataType ?? null;
  if (inputType !== null && inputType !== 'float32') return `its input is ${inputType}, not float32`;
  const weight = entry.weightInput === undefined ? undefined : graph.constants.get(node.input[entry.weightInput] ?? '');
  switch (node.opType) {
    case 'Conv':
    case 'ConvTranspose': {
      if (weight === undefined) return 'its weight is computed at run time';
      if (weight.dataType !== 1) return 'its weight is not float32';
      if (node.opType === 'ConvTranspose' && weight.dims.length !== 4) return 'it is not two-dimensional';
      const bias = node.input[2] ?? '';
      if (bias !== '' && !graph.constants.has(bias)) return 'its bias is computed at run time';
      return '';
    }
    case 'Gemm': {
      if (weight === undefined) return 'its weight is computed at run time';
      if (weight.dataType !== 1) return 'its weight is not float32';
      if (attributeInt(node, 'transA', 0) !== 0) return 'transA is set, which the int8 kernel does not take';
      if (attributeFloat(node, 'alpha', 1) !== 1) return 'alpha is not 1, which the int8 kernel cannot fuse';
      const biasName = node.input[2] ?? '';
      if (biasName === '') return '';
      if (attributeFloat(node, 'beta', 1) !== 1) return 'beta is not 1, which the int8 kernel cannot fuse';
      const bias = graph.constants.get(biasName);
      if (bias === undefined) return 'its bias is computed at run time';
      const columns = Number(weight.dims[attributeInt(node, 'transB', 0) === 0 ? 1 : 0]);
      const biasDims = bias.dims.map(Number);
      const isRow = biasDims.at(-1) === columns && biasDims.slice(0, -1).every((dim) => dim === 1);
      return isRow && biasDims.length <= 2 ? '' : 'its bias is not one value a column';
    }
    case 'MatMul':
      if (graph.constants.has(input)) return 'its constant is the first operand';
      if (weight !== undefined && weight.dataType !== 1) return 'its weight is not float32';
      if (weight !== undefined && weight.dims.length < 2) return 'its weight is a vector';
      return '';
    case 'Resize':
      return attributeString(node, 'mode', 'nearest') === 'nearest'
        ? ''
        : 'only nearest resizing keeps int8 values exact';
    case 'Pad': {
      if (opset < 13) return 'Pad takes int8 from opset 13 on';
      const mode = attributeString(node, 'mode', 'constant');
      if (mode !== 'constant') return '';
      const value = node.input[2] ?? '';
      if (value === '') return '';
      const constant = graph.constants.get(value);
      return constant !== undefined && Number(readTensor(constant, '').data[0]) === 0
        ? ''
        : 'it pads with a value other than 0';
    }
    case 'Add':
    case 'Mul':
    case 'Concat':
      for (const name of node.input) {
        const type = shapes.get(name)?.dataType ?? null;
        if (type !== null && type !== 'float32') return `its input "${name}" is ${type}, not float32`;
      }
      return '';
    case 'Softmax':
      if (opset < 13) {
        const rank = shapes.get(input)?.dims.length ?? 0;
        const axis = attributeInt(node, 'axis', 1);
        return axis === rank - 1 || axis === -1 ? '' : 'before opset 13 Softmax flattens its input';
      }
      return '';
    default:
      return '';
  }
}

/** Largest value a Clip lets through and smallest; null when they are computed at run time. */
function clipBounds(
  node: NodeProto,
  graph: Graph,
  folder: string,
  opset: number,
): { low: number; high: number } | null {
  if (node.opType === 'Relu') return { low: 0, high: Infinity };
  if (opset < 11) {
    return { low: attributeFloat(node, 'min', -Infinity), high: attributeFloat(node, 'max', Infinity) };
  }
  const bound = (index: number, missing: number): number | null => {
    const name = node.input[index] ?? '';
    if (name === '') return missing;
    const constant = graph.constants.get(name);
    return constant === undefined ? null : Number(readTensor(constant, folder).data[0]);
  };
  const low = bound(1, -Infinity);
  const high = bound(2, Infinity);
  return low === null || high === null ? null : { low, high };
}

/** Weight scales lie along this axis; null when the op or recipe wants a single scale. */
function weightAxis(node: NodeProto, rank: number, perChannel: boolean): number | null {
  if (!perChannel) return null;
  switch (node.opType) {
    case 'Conv':
      return 0;
    case 'ConvTranspose':
      return 1;
    case 'Gemm':
      return attributeInt(node, 'transB', 0) === 0 ? 1 : 0;
    case 'MatMul':
      return rank === 2 ? 1 : null;
    default:
      return null;
  }
}

/**
 * Decides for every node of a prepared graph whether it becomes int8 and for every tensor whether it is stored in 8 bits.
 * 1. Every node the op table, the recipe and the kernels' conditions allow is a candidate.
 * 2. Relu and Clip disappear into the range of an int8 producer (asymmetric activations only: the range ends at the clamp).
 * 3. Elementwise and pass-through candidates stay only where their inputs are int8 already and int8 is of use behind them.
 * 4. Tensors joined by pass-through nodes form one group with one scale.
 */
export function planQuantization(graph: Graph, shapes: Shapes, options: PlanOptions): QuantizationPlan {
  const { recipe } = options;
  const opset = opsetVersion(graph.model);
  const selected = selectionReason(recipe);
  const reasons = new Map<NodeProto, string>();
  const entries = new Map<NodeProto, OpEntry>();
  const int8 = new Set<NodeProto>();
  for (const node of graph.nodes) {
    const entry = opEntry(node.domain, node.opType);
    if (entry === null) {
      reasons.set(
        node,
        `Vernier's op table has no entry for ${node.domain === '' ? '' : `${node.domain}.`}${node.opType}`,
      );
      continue;
    }
    entries.set(node, entry);
    const named = recipe.includeOpTypes.includes(node.opType) || recipe.includeNodes.includes(node.name);
    const reason =
      kernelReason(node, entry, graph, shapes, opset, named) ||
      selected(node) ||
      (options.keepFloat.get(node.name) ?? '');
    if (reason === '') int8.add(node);
    else reasons.set(node, reason);
  }

  const soleConsumer = (tensor: string): NodeProto | null => {
    const users = graph.consumers.get(tensor) ?? [];
    const sole = users.length === 1 && !graph.outputNames.has(tensor) && !graph.capturedNames.has(tensor);
    return sole ? users[0]! : null;
  };

  // 2. Clamps: folded when the range of what they output says the same. Int8 activations keep zero in the middle, so a
  //    symmetric range would not clamp at zero.
  const foldedInto = new Map<NodeProto, NodeProto>();
  /** Why a clamp cannot be folded into the layer before it; empty when it can. */
  const clampReason = (node: NodeProto): string => {
    if (recipe.symmetricActivations) return 'a symmetric int8 range does not clamp, so no layer can do it by its range';
    const producer = graph.producers.get(node.input[0]!);
    const role = producer === undefined ? undefined : entries.get(producer)?.role;
    if (producer === undefined || !int8.has(producer) || (role !== 'weighted' && role !== 'elementwise')) {
      return 'the layer before it is not int8, so there is no range to fold it into';
    }
    if (soleConsumer(node.input[0]!) !== node) return 'other nodes need the values before this clamp';
    const bounds = clipBounds(node, graph, options.folder, opset);
    if (bounds === null) return 'its bounds are computed at run time';
    if (bounds.low > 0 || bounds.high < 0) return 'its bounds leave out zero, which every quantized range holds';
    return '';
  };
  const foldClamps = (): void => {
    foldedInto.clear();
    for (const node of graph.nodes) {
      if (entries.get(node)?.role !== 'activation' || !int8.has(node) || clampReason(node) !== '') continue;
      foldedInto.set(node, graph.producers.get(node.input[0]!)!);
    }
  };

  const dataInputs = (node: NodeProto): string[] => {
    const entry = entries.get(node)!;
    const indices = entry.activationInputs === 'all' ? node.input.keys() : entry.activationInputs;
    return [...indices].map((index) => node.input[index] ?? '').filter((name) => name !== '');
  };

  /** True if the tensor comes out of an int8 node, directly or through a folded clamp. */
  const isFromInt8 = (tensor: string): boolean => {
    const producer = graph.producers.get(tensor);
    if (producer === undefined) return false;
    if (foldedInto.has(producer)) return true;
    return int8.has(producer) && entries.get(producer)!.role !== 'activation';
  };

  /** True if some int8 node reads the tensor, directly or through a clamp folded into this producer. */
  const isForInt8 = (tensor: string): boolean =>
    (graph.consumers.get(tensor) ?? []).some((user) =>
      foldedInto.has(user) ? isForInt8(user.output[0]!) : int8.has(user) && entries.get(user)!.role !== 'activation',
    );

  // 3. Shrink to a fixed point: each removal can take away another node's reason to be int8.
  for (let changed = true; changed;) {
    changed = false;
    foldClamps();
    for (const node of int8) {
      const entry = entries.get(node)!;
      let reason = '';
      if (entry.role === 'activation') {
        reason = clampReason(node);
      } else if (entry.role === 'elementwise') {
        const inputs = dataInputs(node).filter((name) => !graph.constants.has(name));
        const ready = node.opType === 'Concat' ? inputs.some(isFromInt8) : inputs.every(isFromInt8);
        if (inputs.length === 0 || !ready)
          reason = 'its inputs are float; converting them would cost more than it saves';
        else if (!node.output.some((name) => isForInt8(name))) {
          // Shrinking ops pay even then: fewer values are left to convert back.
          const shrinks = node.opType === 'GlobalAveragePool' || node.opType === 'AveragePool';
          if (!shrinks) reason = 'nothing behind it is int8; in float it costs nothing and is exact';
        }
      } else if (entry.role === 'pass-through') {
        if (!isFromInt8(node.input[0]!)) reason = 'its input is float; moving float values needs no conversion';
        else if (!node.output.some((name) => isForInt8(name)) && node.opType !== 'MaxPool') {
          reason = 'nothing behind it is int8';
        }
      } else if (node.opType === 'MatMul' && !graph.constants.has(node.input[1]!)) {
        if (!node.input.every(isFromInt8)) reason = 'both its operands are computed in float';
      }
      if (reason !== '') {
        int8.delete(node);
        reasons.set(node, reason);
        changed = true;
      }
    }
  }
  foldClamps();

  // 4. Which tensors are stored in 8 bits, and which share a scale.
  const groupOf = new Map<string, string>();
  const stored = new Set<string>();
  const outputAfterClamps = (tensor: string): string => {
    const user = soleConsumer(tensor);
    return user !== null && foldedInto.has(user) ? outputAfterClamps(user.output[0]!) : tensor;
  };
  for (const node of graph.nodes) {
    if (!int8.has(node) || foldedInto.has(node)) continue;
    const entry = entries.get(node)!;
    const inputs = dataInputs(node).filter(
      (name, index) => !(graph.constants.has(name) && isWeight(entry, node, index)),
    );
    for (const input of inputs) stored.add(input);
    for (const output of node.output.filter((name) => name !== '')) {
      const last = outputAfterClamps(output);
      // A fully connected layer hands out float for free (QGemm and MatMulIntegerToFloat need no output scale), so its
      // result is rounded to 8 bits only where an int8 node reads it.
      const floatForFree =
        (node.opType === 'Gemm' || node.opType === 'MatMul') && last === output && !isForInt8(output);
      if (!floatForFree) stored.add(last);
      if (entry.role === 'pass-through') groupOf.set(last, inputs[0]!);
    }
  }
  const findGroup = (tensor: string): string => {
    let group = tensor;
    for (let next = groupOf.get(group); next !== undefined && stored.has(next); next = groupOf.get(group)) group = next;
    return group;
  };
  const tensors = [...stored].map((tensor) => ({ tensor, group: findGroup(tensor) }));

  const anyPerChannel = recipe.perChannel && [...int8].some((node) => entries.get(node)!.role === 'weighted');
  const nodes = graph.nodes.map((node): NodePlan => {
    const base = { node: node.name, opType: node.opType, weight: null, bias: null };
    const target = foldedInto.get(node);
    if (target !== undefined) return { ...base, mode: 'folded', reason: `folded into the range of ${target.name}` };
    if (!int8.has(node)) return { ...base, mode: 'float', reason: reasons.get(node) ?? '' };
    const entry = entries.get(node)!;
    const weightName = entry.weightInput === undefined ? '' : (node.input[entry.weightInput] ?? '');
    const constant = graph.constants.get(weightName);
    const biasName = entry.biasInput === undefined ? '' : (node.input[entry.biasInput] ?? '');
    return {
      ...base,
      mode: 'int8',
      reason: '',
      weight:
        constant === undefined || entry.role !== 'weighted'
          ? null
          : {
              tensor: weightName,
              axis: weightAxis(node, constant.dims.length, recipe.perChannel),
              range: isDepthwise(node, constant.dims.map(Number)) ? 'int8' : options.weightRange,
            },
      bias: biasName === '' ? null : biasName,
    };
  });
  return {
    activationType: recipe.symmetricActivations ? 'int8' : 'uint8',
    form: opset >= 13 || (opset >= 10 && !anyPerChannel) ? 'onnx' : 'com.microsoft',
    nodes,
    tensors,
    observe: [...new Set(tensors.map((entry) => entry.group))],
  };
}

/**
 * One input and one output channel a group: only then ONNX Runtime takes its depthwise kernels, which sum in 32 bits and
 * never saturate. With more outputs a group it multiplies matrices like any other convolution.
 */
function isDepthwise(node: NodeProto, weightDims: readonly number[]): boolean {
  const groups = attributeInt(node, 'group', 1);
  return node.opType === 'Conv' && groups > 1 && weightDims[0] === groups && weightDims[1] === 1;
}

/**
 * Tensors that feed weighted int8 nodes, with the axis their input channels lie on: what bias correction needs the means
 * of.
 */
export function correctionInputs(plan: QuantizationPlan, graph: Graph, shapes: Shapes): Map<string, number> {
  const axes = new Map<string, number>();
  const planned = new Map(plan.nodes.map((node) => [node.node, node]));
  for (const node of graph.nodes) {
    if (planned.get(node.name)?.weight == null || (node.opType !== 'Conv' && node.opType !== 'Gemm')) continue;
    const rank = shapes.get(node.input[0]!)?.dims.length;
    if (rank !== undefined && rank >= 2) axes.set(node.input[0]!, 1);
  }
  return axes;
}

/** True when the data input at this position is the constant weight, which is quantized by weight rules. */
function isWeight(entry: OpEntry, node: NodeProto, position: number): boolean {
  if (entry.role !== 'weighted' || entry.weightInput === undefined || entry.activationInputs === 'all') return false;
  return entry.activationInputs[position] === entry.weightInput && node.input[entry.weightInput] !== '';
}
