import type { Recipe } from '../../../shared/recipe.ts';
import { opEntry, type OpEntry } from '../1-analyze/op-table.ts';
import type { Shapes } from '../1-analyze/shapes.ts';
import { opsetVersion, type Graph } from '../graph/graph.ts';
import { attributeInt } from '../onnx/attributes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { clipBounds, isTableLookup, kernelReason } from './kernel-conditions.ts';
import { selectionReason } from './select-nodes.ts';

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

/** True for a node that looks rows up in a table of 8 bits; what it hands out is float. */
export function isLookup({ opType, weight }: NodePlan): boolean {
  return opType === 'Gather' && weight !== null;
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
    case 'Gather':
      return rank - 1;
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
 * 5. Tables of weights are looked up in int8 where nothing else needs them in float.
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
      const outputType = shapes.get(node.output[0] ?? '')?.dataType ?? 'float32';
      const name = `${node.domain === '' ? '' : `${node.domain}.`}${node.opType}`;
      reasons.set(
        node,
        outputType === 'float32'
          ? `Vernier's op table has no entry for ${name}`
          : `its output is ${outputType}, not float32`,
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

  const lookups = new Set([...int8].filter((node) => isTableLookup(node, entries.get(node)!, graph)));
  for (const node of lookups) int8.delete(node);

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

  // 5. What is looked up is converted to float at once, so lookups neither need nor give int8 neighbours.
  for (const node of lookups) {
    const table = node.input[entries.get(node)!.tableInput!]!;
    const isFree = (user: NodeProto): boolean => lookups.has(user) || int8.has(user);
    if (graph.consumers.get(table)!.every(isFree) && !graph.outputNames.has(table) && !graph.capturedNames.has(table))
      continue;
    reasons.set(node, 'other nodes need its table in float, so a second one in int8 would only add to the size');
    lookups.delete(node);
  }

  const hasWeight = (node: NodeProto): boolean => lookups.has(node) || entries.get(node)!.role === 'weighted';
  const anyPerChannel = recipe.perChannel && [...int8, ...lookups].some(hasWeight);
  const nodes = graph.nodes.map((node): NodePlan => {
    const base = { node: node.name, opType: node.opType, weight: null, bias: null };
    const target = foldedInto.get(node);
    if (target !== undefined) return { ...base, mode: 'folded', reason: `folded into the range of ${target.name}` };
    if (!int8.has(node) && !lookups.has(node)) return { ...base, mode: 'float', reason: reasons.get(node) ?? '' };
    const entry = entries.get(node)!;
    const weightInput = lookups.has(node) ? entry.tableInput : entry.weightInput;
    const weightName = weightInput === undefined ? '' : (node.input[weightInput] ?? '');
    const constant = graph.constants.get(weightName);
    const biasName = entry.biasInput === undefined ? '' : (node.input[entry.biasInput] ?? '');
    return {
      ...base,
      mode: 'int8',
      reason: '',
      weight:
        constant === undefined || !hasWeight(node)
          ? null
          : {
              tensor: weightName,
              axis: weightAxis(node, constant.dims.length, recipe.perChannel),
              range: neverSaturates(node, constant.dims.map(Number)) ? 'int8' : options.weightRange,
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
 * Tables are not multiplied at all. Of convolutions, those with one input and one output channel a group: only for them ONNX
 * Runtime takes its depthwise kernels, which sum in 32 bits. With more outputs a group it multiplies matrices like any other.
 */
function neverSaturates(node: NodeProto, weightDims: readonly number[]): boolean {
  if (node.opType === 'Gather') return true;
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
