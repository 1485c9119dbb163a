import { say } from '../../../../shared/engine-texts/say.ts';
import { soleConsumer, type Graph } from '../../graph/graph.ts';
import { operatorOf } from '../../graph/ops/all.ts';
import { isDepthwise } from '../../graph/ops/convolution.ts';
import type { Shapes } from '../../graph/shapes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { findDecidingTensors, findEnds } from '../../2-plan/deciding-tensors.ts';
import { dataInputs, dataOutputs, type OpEntry } from '../../2-plan/op-table.ts';
import {
  isStatic,
  lookupAxis,
  type DecidingGroup,
  type NodePlan,
  type QuantizationPlan,
  type TensorPlan,
  type WeightPlan,
} from '../../2-plan/quantization-plan.ts';
import { floatPrecision, type Precision } from '../../../../shared/precision.ts';
import type { SchemePlan, SchemeRequest } from '../scheme.ts';
import { chooseNodes, isForInt8, type NodeChoice } from './choose-nodes.ts';

/** Weight scales lie along this axis; null when the operator or the recipe wants a single scale. */
function weightAxis(node: NodeProto, rank: number, perChannel: boolean): number | null {
  if (!perChannel) return null;
  if (node.opType === 'Gather') return rank === 2 ? 1 - lookupAxis(node) : rank - 1;
  return operatorOf(node)?.channelAxis?.(node, rank) ?? null;
}

/** Decides for every node of a prepared graph whether it becomes int8 and for every tensor whether it is stored in 8 bits. */
export function planStatic(request: SchemeRequest): SchemePlan {
  const { graph } = request;
  const choice = chooseNodes(request);
  const tensors = joinTensors(choice);
  const nodes = new Map<NodeProto, NodePlan>();
  for (const node of graph.nodes) {
    const planned = planNode(node, choice, request);
    if (planned !== null) nodes.set(node, planned);
  }
  return {
    nodes,
    reasons: choice.reasons,
    tensors: {
      tensors,
      observe: [...new Set(tensors.map(({ group }) => group))],
      deciding: findDecidingGroups(choice, tensors),
      transposed: [...choice.transposed].map(([weight, table]) => ({ weight, table })),
      selection: choice.selection,
    },
    behindSelection: choice.behindSelection,
  };
}

function findDecidingGroups({ graph, selection }: NodeChoice, tensors: readonly TensorPlan[]): DecidingGroup[] {
  const deciding = findDecidingTensors(graph, [...graph.outputNames, ...(selection?.tensors ?? [])]);
  const groups = new Set(tensors.filter(({ tensor }) => deciding.has(tensor)).map(({ group }) => group));
  return [...groups].map((group) => ({ group, ...findEnds(group, graph) }));
}

/** Null for a node that stays in float. */
function planNode(node: NodeProto, choice: NodeChoice, request: SchemeRequest): NodePlan | null {
  const { graph, entries, int8, lookups, foldedInto } = choice;
  const base = { node: node.name, opType: node.opType, weight: null, bias: null };
  const target = foldedInto.get(node);
  if (target !== undefined) {
    const precision = precisionOf(null, true, request);
    return { ...base, precision, foldedInto: target.name, reason: say('foldedIntoRange', { name: target.name }) };
  }
  if (!int8.has(node) && !lookups.has(node)) return null;
  const entry = entries.get(node)!;
  const weightInput = lookups.has(node) ? entry.tableInput : entry.weightInput;
  const tensor = weightInput === undefined ? '' : (node.input[weightInput] ?? '');
  const constant = graph.constants.get(tensor);
  const biasName = entry.biasInput === undefined ? '' : (node.input[entry.biasInput] ?? '');
  const weight = (): WeightPlan | null => {
    if (constant === undefined || !hasWeight(node, choice)) return null;
    const shared = lookups.has(node) ? layerOfTable(tensor, choice, request) : null;
    if (shared !== null) return shared;
    const transposeOf = choice.transposed.get(tensor);
    return {
      tensor,
      axis: weightAxis(node, constant.dims.length, request.recipe.perChannel),
      range: neverSaturates(node, constant.dims.map(Number)) ? 'int8' : request.weightRange,
      ...(transposeOf === undefined ? {} : { transposeOf }),
    };
  };
  const planned = weight();
  const precision = precisionOf(planned, !lookups.has(node), request);
  return { ...base, precision, foldedInto: null, reason: '', weight: planned, bias: biasName === '' ? null : biasName };
}

function precisionOf(weight: WeightPlan | null, hasActivations: boolean, { recipe }: SchemeRequest): Precision {
  const isSymmetric = recipe.symmetricActivations;
  const type = isSymmetric ? 'int8' : 'uint8';
  return {
    ...floatPrecision,
    scheme: 'int8-static',
    weights: weight === null ? null : { type: 'int8', axis: weight.axis, block: null, symmetric: true },
    activations: hasActivations ? { type, axis: null, block: null, symmetric: isSymmetric, when: 'static' } : null,
  };
}

/** How a table is stored that an int8 layer multiplies by, as it is or transposed: as the layer has it; null for none. */
function layerOfTable(
  table: string,
  { graph, int8, entries, transposed }: NodeChoice,
  { recipe, weightRange }: SchemeRequest,
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
  return node.opType === 'Conv' && isDepthwise(node, weightDims);
}

/**
 * Tensors that feed weighted int8 nodes, with the axis their input channels lie on: what bias correction needs the means
 * of.
 */
export function correctionInputs(plan: QuantizationPlan, graph: Graph, shapes: Shapes): Map<string, number> {
  const axes = new Map<string, number>();
  const planned = new Map(plan.nodes.map((node) => [node.node, node]));
  for (const node of graph.nodes) {
    const nodePlan = planned.get(node.name);
    if (nodePlan?.weight == null || !isStatic(nodePlan) || (node.opType !== 'Conv' && node.opType !== 'Gemm')) continue;
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
