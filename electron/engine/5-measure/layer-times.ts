import type { ProfiledNode } from './profile.ts';
import { isDequantize } from '../graph/ops/conversions.ts';
import { familyOf, type Family } from '../graph/ops/kernel-family.ts';

/** A node of the user's model. */
export interface UserNode {
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What a layer's milliseconds are made of, by which a layer that became slower is explained. */
export interface LayerParts {
  /** Op types that did its work, as the runtime names them, in order of execution. */
  readonly kernels: readonly string[];
  /** Of its time: quantizing, dequantizing, casting. */
  readonly conversionMs: number;
  /** Of its time: changes of the layout. */
  readonly layoutMs: number;
}

export interface LayerTimes {
  /**
   * Milliseconds of one run by name of the user's node. A node that is missing was fused into another one, folded or
   * removed: its work is in that layer's time, or gone.
   */
  readonly layers: ReadonlyMap<string, number>;
  /** The same layers, their times taken apart. */
  readonly parts: ReadonlyMap<string, LayerParts>;
  /**
   * The part of `layers` spent on conversions ONNX Runtime or the quantization put in (layout, quantize, dequantize,
   * cast). Each is in the time of the layer it serves.
   */
  readonly overheadMs: number;
  /** Time of nodes that could not be traced to any of the user's. `layers` and this add up to `sumMs`. */
  readonly unattributedMs: number;
  /** Names of those nodes in the optimized graph. */
  readonly unattributedNodes: readonly string[];
  /** All nodes together. Less than a run takes end to end: scheduling and input conversion are in no node. */
  readonly sumMs: number;
}

/*
 * What ONNX Runtime 1.30 calls the nodes it makes (seen in optimized graphs of the models in test/ and of MobileNetV2,
 * ResNet-8, DS-CNN, MNIST and PP-OCRv4, in float, QDQ, QOperator and dynamic form):
 *
 *   Conv -> NCHWc Conv, pooling       <name of its output tensor>_nchwc: after Conv+BatchNormalization+Relu the tensor is
 *                                     Relu's, and a later fused Add leaves the name alone; outputs reorder_token_<n>
 *   QDQ -> QLinearConv (NHWC)         <node name>_token_<n>; output <node name> or <node name>_token_<m>
 *   QDQ -> QLinearAdd, QGemm, ...     <node name>; output that of the QuantizeLinear it swallowed, or as above
 *   DequantizeLinear for two users    <name>/duplicated
 *   MatMul + Add -> Gemm              <MatMul's name>/MatMulAddFusion
 *   LayerNormalization                <first node's name>/LayerNormFusion/
 *   Conv/Gemm + activation            <node name> (FusedConv), `fused <node name>` (FusedGemm)
 *   inserted conversions              ReorderInput, ReorderOutput, Transpose, Reshape, each with _token_<n> from the second
 *                                     on; <tensor>_QuantizeLinear and the like from quantizers
 *   dynamic quantization (Python)     <name>_quant, <name>_quant_scales_mul, <name>_quant_output_scale_mul, ..._bias_add
 *
 * Every name ONNX Runtime makes up gets _token_<n> when it is taken. Tensor names survive where nodes meet unchanged ones.
 */
const nodeSuffix =
  /(?:_token_\d+|\/duplicated|\/\w*Fusion\w*\/?|_quant|_nchwc|_nhwc|_QuantizeLinear|_DequantizeLinear|_output_quantized_cast)$/;
const tensorSuffix =
  /(?:_token_\d+|\/duplicated|_QuantizeLinear_Output|_DequantizeLinear_Output|_QuantizeLinear|_DequantizeLinear|_quantized|_dequantized|_QuantizeInput|_output_quantized)$/;

const quantizeOps: ReadonlySet<string> = new Set(['QuantizeLinear', 'DynamicQuantizeLinear']);
const reorderOps: ReadonlySet<string> = new Set(['ReorderInput', 'ReorderOutput']);
const alwaysConversions: ReadonlySet<string> = new Set([
  ...quantizeOps,
  ...reorderOps,
  'DequantizeLinear',
  'Cast',
  'MemcpyFromHost',
  'MemcpyToHost',
]);
/** Ordinary operators that ONNX Runtime also inserts to change the layout, named after the operator. */
const layoutName = /^(?:Transpose|Reshape|Squeeze|Unsqueeze)(?:_token_\d+)?$/;
/**
 * How far back a fused node's last operator can be from the one that does the work: Conv, BatchNormalization, activation made
 * of five.
 */
const furthestFusedStep = 8;

/** The name with its suffixes taken off one after the other, the whole name first. */
function* withoutSuffixes(name: string, suffix: RegExp): Generator<string> {
  let rest = name.startsWith('fused ') ? name.slice('fused '.length) : name;
  yield rest;
  while (suffix.test(rest)) {
    rest = rest.replace(suffix, '');
    yield rest;
  }
}

/** Name and tensor lookups over the user's graph. */
function indexUserNodes(userNodes: readonly UserNode[]) {
  const byName = new Map<string, UserNode>();
  const producers = new Map<string, UserNode>();
  const useCounts = new Map<string, number>();
  for (const node of userNodes) {
    if (node.name !== '' && !byName.has(node.name)) byName.set(node.name, node);
    for (const output of node.outputs) producers.set(output, node);
    for (const input of node.inputs) useCounts.set(input, (useCounts.get(input) ?? 0) + 1);
  }

  const findByTensor = (tensor: string): UserNode | undefined => {
    for (const name of withoutSuffixes(tensor, tensorSuffix)) {
      const producer = producers.get(name);
      if (producer !== undefined) return producer;
    }
    return undefined;
  };

  /** Names made by appending to a node's name with a separator; the longest such node. */
  const findByPrefix = (name: string): UserNode | undefined => {
    for (let length = name.length - 1; length > 0; length--) {
      if (!'_/:.'.includes(name[length]!)) continue;
      const node = byName.get(name.slice(0, length));
      if (node !== undefined) return node;
    }
    return undefined;
  };

  /** The user's node a node of the optimized graph comes from, by its names; perhaps the last of several fused ones. */
  const find = (node: ProfiledNode): UserNode | undefined => {
    const exact = byName.get(node.name);
    if (exact !== undefined) return exact;
    // The NCHWc transformer names nodes after tensors, and a tensor may share its name with another node.
    const afterTensor = /^(.*)_nchwc(?:_token_\d+)?$/s.exec(node.name)?.[1];
    const named = afterTensor === undefined ? undefined : producers.get(afterTensor);
    if (named !== undefined) return named;
    for (const name of withoutSuffixes(node.name, nodeSuffix)) {
      const found = byName.get(name) ?? producers.get(name);
      if (found !== undefined) return found;
    }
    for (const output of node.outputs) {
      const found = findByTensor(output);
      if (found !== undefined) return found;
    }
    return findByPrefix(node.name);
  };

  /**
   * From the last of some fused nodes back to the one whose kind of work the fused node does: Relu's name on a Conv means
   * the Conv that feeds the Relu. Only along tensors with a single user, for others would not have been fused away.
   */
  const walkBackTo = (family: Family, from: UserNode, isTaken: (node: UserNode) => boolean): UserNode | undefined => {
    let frontier: readonly UserNode[] = [from];
    for (let step = 0; step <= furthestFusedStep && frontier.length > 0; step++) {
      const matching = frontier.filter((node) => familyOf(node.opType) === family);
      const found = matching.find((node) => !isTaken(node)) ?? matching[0];
      if (found !== undefined) return found;
      frontier = frontier.flatMap((node) =>
        node.inputs.flatMap((input) => {
          const producer = useCounts.get(input) === 1 ? producers.get(input) : undefined;
          return producer === undefined ? [] : [producer];
        }),
      );
    }
    return undefined;
  };

  return { byName, find, findByTensor, walkBackTo };
}

/** Conversions are nobody's layer, unless the user's own model has them under that very name. */
function isAddedConversion(node: ProfiledNode, byName: ReadonlyMap<string, UserNode>): boolean {
  if (byName.has(node.name)) return false;
  return alwaysConversions.has(node.opType) || layoutName.test(node.name);
}

const changesLayout = ({ name, opType }: ProfiledNode): boolean => reorderOps.has(opType) || layoutName.test(name);

/** The parts with one more node of the layer in them. */
function withNode(parts: LayerParts | undefined, node: ProfiledNode, isConverting: boolean): LayerParts {
  const { kernels, conversionMs, layoutMs } = parts ?? { kernels: [], conversionMs: 0, layoutMs: 0 };
  if (!isConverting) return { kernels: [...kernels, node.opType], conversionMs, layoutMs };
  return changesLayout(node)
    ? { kernels, conversionMs, layoutMs: layoutMs + node.medianMs }
    : { kernels, conversionMs: conversionMs + node.medianMs, layoutMs };
}

/**
 * The layer each conversion serves: of the nearest real nodes before and after it in the optimized graph, the one the
 * conversion is there for. A quantization belongs to the layer that made the values and a dequantization to the one that
 * needs them; a change of layout to the convolution or pooling on either side, else to the layer behind it.
 */
function findServedLayers(
  nodes: readonly ProfiledNode[],
  conversions: readonly ProfiledNode[],
  owners: ReadonlyMap<ProfiledNode, string>,
): Map<ProfiledNode, string> {
  const producers = new Map<string, ProfiledNode>();
  const consumers = new Map<string, ProfiledNode[]>();
  for (const node of nodes) {
    for (const output of node.outputs) producers.set(output, node);
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  const conversionSet = new Set(conversions);
  const search = (
    start: ProfiledNode,
    step: (node: ProfiledNode) => readonly ProfiledNode[],
  ): ProfiledNode | undefined => {
    const seen = new Set([start]);
    let frontier = step(start);
    while (frontier.length > 0) {
      const owned = frontier.find((node) => owners.has(node));
      if (owned !== undefined) return owned;
      const next: ProfiledNode[] = [];
      for (const node of frontier) {
        if (seen.has(node) || !conversionSet.has(node)) continue;
        seen.add(node);
        next.push(...step(node));
      }
      frontier = next;
    }
    return undefined;
  };
  const back = (node: ProfiledNode) => node.inputs.flatMap((input) => producers.get(input) ?? []);
  const forward = (node: ProfiledNode) => node.outputs.flatMap((output) => consumers.get(output) ?? []);

  const served = new Map<ProfiledNode, string>();
  for (const node of conversions) {
    const maker = search(node, back);
    const user = search(node, forward);
    const prefersLayout = (other: ProfiledNode | undefined) =>
      other !== undefined && ['convolution', 'pooling'].includes(familyOf(other.opType) ?? '');
    const makerFirst =
      quantizeOps.has(node.opType) || (!isDequantize(node) && !prefersLayout(user) && prefersLayout(maker));
    const chosen = makerFirst ? (maker ?? user) : (user ?? maker);
    if (chosen !== undefined) served.set(node, owners.get(chosen)!);
  }
  return served;
}

/**
 * Maps the times of the optimized graph's nodes to the user's layers: by equal name; by the names ONNX Runtime derives
 * (listed above); by output tensor, and from there back to the operator that does the work. Conversions go to the layer
 * they serve and are summed up as overhead too. What cannot be traced is reported, not spread.
 * @param userNodes of the model the user gave; quantized models keep these names for the nodes that stem from them.
 */
export function mapToLayers(nodes: readonly ProfiledNode[], userNodes: readonly UserNode[]): LayerTimes {
  const { byName, find, findByTensor, walkBackTo } = indexUserNodes(userNodes);
  const conversions = nodes.filter((node) => isAddedConversion(node, byName));
  const conversionSet = new Set(conversions);
  const owners = new Map<ProfiledNode, string>();
  const taken = new Set<UserNode>();
  const own = (node: ProfiledNode, layer: UserNode) => {
    owners.set(node, layer.name);
    taken.add(layer);
  };

  const fused: { readonly node: ProfiledNode; readonly family: Family; readonly last: UserNode }[] = [];
  for (const node of nodes) {
    if (conversionSet.has(node)) continue;
    const found = find(node);
    if (found === undefined) continue;
    const family = familyOf(node.opType);
    if (family === null || familyOf(found.opType) === family) own(node, found);
    else fused.push({ node, family, last: found });
  }
  // After the certain ones, so that of two convolutions added together the one without a node of its own is meant.
  for (const { node, family, last } of fused) {
    own(node, walkBackTo(family, last, (layer) => taken.has(layer)) ?? last);
  }

  const served = findServedLayers(nodes, conversions, owners);
  const layers = new Map<string, number>();
  const parts = new Map<string, LayerParts>();
  const unattributedNodes: string[] = [];
  let overheadMs = 0;
  let unattributedMs = 0;
  let sumMs = 0;
  for (const node of nodes) {
    const layer = conversionSet.has(node)
      ? (served.get(node) ??
        [...node.outputs, ...node.inputs].map(findByTensor).find((found) => found !== undefined)?.name)
      : owners.get(node);
    sumMs += node.medianMs;
    if (layer === undefined) {
      unattributedMs += node.medianMs;
      unattributedNodes.push(node.name);
      continue;
    }
    layers.set(layer, (layers.get(layer) ?? 0) + node.medianMs);
    parts.set(layer, withNode(parts.get(layer), node, conversionSet.has(node)));
    if (conversionSet.has(node)) overheadMs += node.medianMs;
  }
  return { layers, parts, overheadMs, unattributedMs, unattributedNodes, sumMs };
}
