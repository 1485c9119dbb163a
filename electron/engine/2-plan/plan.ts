import type { OpEntry } from './op-table.ts';
import type { Shapes } from '../graph/shapes.ts';
import { opsetVersion, soleConsumer, type Graph } from '../graph/graph.ts';
import { attributeInt } from '../onnx/attributes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import {
  chooseNodes,
  dataInputs,
  dataOutputs,
  isForInt8,
  type ChoiceOptions,
  type NodeChoice,
} from './choose-nodes.ts';
import type { Selection } from '../1-analyze/find-selection.ts';
import { findDecidingTensors, findEnds, type Ends } from './deciding-tensors.ts';

/** See the recipe's `reducedRange`. */
export type WeightRange = 'int8' | 'int8-reduced' | 'int8-pairs';

export interface WeightPlan {
  readonly tensor: string;
  /** Channel axis of the scales; null for one scale. */
  readonly axis: number | null;
  readonly range: WeightRange;
  /** The table that this weight is the transpose of: both are stored once, as the table is. */
  readonly transposeOf?: string;
  /** Of a table that is also the weight of a layer: the node whose integers and scales are looked up. */
  readonly sharedWith?: string;
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

/** A group of activations that decides what the model says, and where its values end. */
export interface DecidingGroup extends Ends {
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
  /** Those of them whose ranges allow for samples that calibration does not see. */
  readonly deciding: readonly DecidingGroup[];
  /** Weights that are transposes of tables, with the table's name: what float layers read of them is stored once as well. */
  readonly transposed: readonly { readonly weight: string; readonly table: string }[];
  /** Where both models are compared when their outputs cannot be; null when they can. */
  readonly selection: Selection | null;
}

export interface PlanOptions extends ChoiceOptions {
  readonly weightRange: WeightRange;
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
      return rank === 2 ? 1 - lookupAxis(node) : rank - 1;
    default:
      return null;
  }
}

/** Decides for every node of a prepared graph whether it becomes int8 and for every tensor whether it is stored in 8 bits. */
export function planQuantization(graph: Graph, shapes: Shapes, options: PlanOptions): QuantizationPlan {
  const { recipe } = options;
  const opset = opsetVersion(graph.model);
  const choice = chooseNodes(graph, shapes, options);
  const tensors = joinTensors(choice);
  const anyPerChannel = recipe.perChannel && graph.nodes.some((node) => hasWeight(node, choice));
  return {
    activationType: recipe.symmetricActivations ? 'int8' : 'uint8',
    form: opset >= 13 || (opset >= 10 && !anyPerChannel) ? 'onnx' : 'com.microsoft',
    nodes: graph.nodes.map((node) => planNode(node, choice, options)),
    tensors,
    observe: [...new Set(tensors.map(({ group }) => group))],
    deciding: findDecidingGroups(choice, tensors, options.folder),
    transposed: [...choice.transposed].map(([weight, table]) => ({ weight, table })),
    selection: choice.selection,
  };
}

function findDecidingGroups(
  { graph, selection }: NodeChoice,
  tensors: readonly TensorPlan[],
  folder: string,
): DecidingGroup[] {
  const deciding = findDecidingTensors(graph, [...graph.outputNames, ...(selection?.tensors ?? [])]);
  const groups = new Set(tensors.filter(({ tensor }) => deciding.has(tensor)).map(({ group }) => group));
  return [...groups].map((group) => ({ group, ...findEnds(group, graph, folder) }));
}

function planNode(node: NodeProto, choice: NodeChoice, { recipe, weightRange }: PlanOptions): NodePlan {
  const { graph, entries, int8, lookups, foldedInto, reasons } = choice;
  const base = { node: node.name, opType: node.opType, weight: null, bias: null };
  const target = foldedInto.get(node);
  if (target !== undefined) return { ...base, mode: 'folded', reason: `folded into the range of ${target.name}` };
  if (!int8.has(node) && !lookups.has(node)) return { ...base, mode: 'float', reason: reasons.get(node) ?? '' };
  const entry = entries.get(node)!;
  const weightInput = lookups.has(node) ? entry.tableInput : entry.weightInput;
  const tensor = weightInput === undefined ? '' : (node.input[weightInput] ?? '');
  const constant = graph.constants.get(tensor);
  const biasName = entry.biasInput === undefined ? '' : (node.input[entry.biasInput] ?? '');
  const weight = (): WeightPlan | null => {
    if (constant === undefined || !hasWeight(node, choice)) return null;
    const shared = lookups.has(node) ? layerOfTable(tensor, choice, { recipe, weightRange }) : null;
    if (shared !== null) return shared;
    const transposeOf = choice.transposed.get(tensor);
    return {
      tensor,
      axis: weightAxis(node, constant.dims.length, recipe.perChannel),
      range: neverSaturates(node, constant.dims.map(Number)) ? 'int8' : weightRange,
      ...(transposeOf === undefined ? {} : { transposeOf }),
    };
  };
  return { ...base, mode: 'int8', reason: '', weight: weight(), bias: biasName === '' ? null : biasName };
}

/** How a table is stored that an int8 layer multiplies by, as it is or transposed: as the layer has it; null for none. */
function layerOfTable(
  table: string,
  { graph, int8, entries, transposed }: NodeChoice,
  { recipe, weightRange }: Pick<PlanOptions, 'recipe' | 'weightRange'>,
): WeightPlan | null {
  if (graph.constants.get(table)!.dims.length !== 2) return null;
  for (const node of int8) {
    const name = node.input[entries.get(node)!.weightInput ?? -1] ?? '';
    const isTransposed = transposed.get(name) === table;
    if (name !== table && !isTransposed) continue;
    const axis = weightAxis(node, 2, recipe.perChannel);
    const range = weightRange;
    return { tensor: table, axis: axis !== null && isTransposed ? 1 - axis : axis, range, sharedWith: node.name };
  }
  return null;
}

/** Along which axis of a matrix a Gather looks up. */
export function lookupAxis(node: NodeProto): number {
  return (attributeInt(node, 'axis', 0) + 2) % 2;
}

function hasWeight(node: NodeProto, { entries, int8, lookups }: NodeChoice): boolean {
  return lookups.has(node) || (int8.has(node) && entries.get(node)!.role === 'weighted');
}

/** Which tensors are stored in 8 bits, and which share a scale: those that pass-through nodes join. */
function joinTensors(choice: NodeChoice): TensorPlan[] {
  const { graph, entries, int8, foldedInto } = choice;
  const joinedTo = new Map<string, string>();
  const stored = new Set<string>();
  const outputAfterClamps = (tensor: string): string => {
    const user = soleConsumer(tensor, graph);
    return user !== null && foldedInto.has(user) ? outputAfterClamps(user.output[0]!) : tensor;
  };
  for (const node of graph.nodes) {
    if (!int8.has(node) || foldedInto.has(node)) continue;
    const entry = entries.get(node)!;
    const inputs = dataInputs(node, entry).filter(
      (name, index) => !(graph.constants.has(name) && isWeight(entry, node, index)),
    );
    for (const input of inputs) stored.add(input);
    for (const output of dataOutputs(node, entry)) {
      const last = outputAfterClamps(output);
      // A fully connected layer hands out float for free (QGemm and MatMulIntegerToFloat need no output scale), so its
      // result is rounded to 8 bits only where an int8 node reads it.
      const floatForFree =
        (node.opType === 'Gemm' || node.opType === 'MatMul') && last === output && !isForInt8(output, choice);
      if (!floatForFree) stored.add(last);
      if (entry.role === 'pass-through') joinedTo.set(last, inputs[0]!);
    }
  }
  const findGroup = (tensor: string): string => {
    let group = tensor;
    for (let next = joinedTo.get(group); next !== undefined && stored.has(next); next = joinedTo.get(group))
      group = next;
    return group;
  };
  return [...stored].map((tensor) => ({ tensor, group: findGroup(tensor) }));
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
