import { copyMessage, makeNode } from '../graph/edit.ts';
import { opsetVersion } from '../graph/graph.ts';
import { attributeInt } from '../onnx/attributes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { readTensor } from '../onnx/tensor-proto.ts';
import { initializerIn, producerIn } from './draft-index.ts';
import { dataTypeFromNumber, dataTypes, makeTensorData, type DataType } from '../tensor/tensor.ts';
import {
  addDequantizeLinear,
  addInitializer,
  addQuantizeLinear,
  constantDims,
  type GraphDraft,
} from './graph-draft.ts';
import { isCast, isDequantize, isQuantize } from '../graph/ops/conversions.ts';
import { isMovedPast, isRequantizedBehind } from '../graph/ops/layouts.ts';
import { summedAxis } from '../graph/ops/linear-layers.ts';
import { isDilatedAverage, isMaxPool } from '../graph/ops/pooling.ts';

/** Puts a node that stays in float into the new graph, so that ONNX Runtime leaves it and its neighbours as planned. */
export function addFloatNode(draft: GraphDraft, node: NodeProto): void {
  if (!moveIntegers(draft, node)) draft.nodes.push(protectFloatLayer(draft, node));
}

/**
 * Lets a float node that only moves values of 8 bits move them as integers, which changes none. ONNX Runtime does it by itself,
 * with a QuantizeLinear and a DequantizeLinear behind the node; but from opset 21 on that pair has an `output_dtype`, which
 * says int8 still when all pairs of int8 have become uint8 for x86, and then it refuses the model.
 * @returns false where it is no such node, or ONNX Runtime does well without help.
 */
function moveIntegers(draft: GraphDraft, node: NodeProto): boolean {
  const [input = '', output = ''] = [node.input[0], node.output[0]];
  if (node.domain !== '' || !isRequantizedBehind(node) || output === '') return false;
  const source = findDequantizeLinear(draft, input);
  if (source === null || storedType(draft, source.input[2]!) !== 'int8') return false;
  const [integers, scale, zeroPoint] = source.input as [string, string, string];
  const moved = (name: string, from = input): string => {
    const to = draft.newName(name);
    draft.nodes.push(
      copyMessage(node, { input: [from, ...node.input.slice(1)], output: [to, ...node.output.slice(1)] }),
    );
    return to;
  };
  const isRounded = isQuantize(producerIn(draft, integers));
  if (!isRounded && source.output[0] === input && !isMaxPool(node)) {
    // Rows of a table: nothing waits for a QuantizeLinear here. (MaxPool takes integers from opset 12 on only.)
    const rows = moved(`${output}_quantized`, integers);
    addDequantizeLinear(draft, output, { integers: rows, scale, zeroPoint }, null, output);
    return true;
  }
  // The kernel before it becomes int8 by a pair that is its own, so the pair of the moved values comes behind.
  if (opsetVersion(draft.graph.model) < 21) return false;
  const again = addQuantizeLinear(draft, output, moved(`${output}_float`), { scale, zeroPoint });
  addDequantizeLinear(draft, output, { integers: again, scale, zeroPoint }, null, output);
  return true;
}

/**
 * Keeps a layer that is to stay in float from being quantized behind our back. Since 1.21 ONNX Runtime gives Conv,
 * ConvTranspose and Gemm (also the Gemm it makes of MatMul and Add) 8-bit weights, with one scale for all channels, wherever
 * their input comes from a DequantizeLinear with one scale (weight_bias_quantization.cc). One that has a scale for each
 * channel it leaves alone; so such a layer reads its input through one whose scales are all the same. Same values.
 * @returns the node to put into the new graph.
 */
export function protectFloatLayer(draft: GraphDraft, node: NodeProto): NodeProto {
  if (isDilatedAverage(node)) return setApart(draft, node);
  const channels = inputChannels(draft, node);
  const [input] = node.input;
  if (channels === null || input === undefined) return node;
  const source = findDequantizeLinear(draft, input);
  if (source === null) return node;
  const values = draft.dequantizedByChannel.get(input) ?? dequantizeByChannel(draft, input, source, channels);
  draft.dequantizedByChannel.set(input, values);
  return copyMessage(node, { input: [values, ...node.input.slice(1)] });
}

/**
 * Keeps ONNX Runtime from looking at a node and the DequantizeLinear before it as one: it would refuse what it makes of pooling with
 * dilations, and does not see that a weight in blocks is one. Of one tensor, Max is the tensor itself.
 */
export function setApart(draft: GraphDraft, node: NodeProto): NodeProto {
  const input = node.input[0]!;
  const isBehind = isDequantize(producerIn(draft, input)) || findDequantizeLinear(draft, input) !== null;
  if (!isBehind) return node;
  const apart = draft.newName(`${input}_apart`);
  draft.nodes.push(makeNode('Max', draft.newName(`${input}_Max`), [input], [apart]));
  return copyMessage(node, { input: [apart, ...node.input.slice(1)] });
}

interface Channels {
  readonly axis: number;
  readonly count: number;
}

/** Where a layer's constant weight says how long an axis of its input is; null for all other nodes. */
function inputChannels(draft: GraphDraft, node: NodeProto): Channels | null {
  const weight = node.input[1] ?? '';
  if (node.domain !== '' || !draft.graph.constants.has(weight)) return null;
  return summedAxis(node, constantDims(draft, weight));
}

/** Our DequantizeLinear with one scale that a tensor comes from, perhaps past what only moves values; null for none. */
function findDequantizeLinear(draft: GraphDraft, tensor: string): NodeProto | null {
  const producer = producerIn(draft, tensor);
  if (producer === undefined) return null;
  if (draft.graph.producers.get(tensor) !== producer) {
    return isDequantize(producer) && producer.attribute.length === 0 ? producer : null;
  }
  // A Cast of float to float, as functions written for every type have, is taken out.
  const isIdle = isCast(producer) && attributeInt(producer, 'to', 0) === dataTypes.float32.number;
  return isIdle || isMovedPast(producer) ? findDequantizeLinear(draft, producer.input[0]!) : null;
}

/** Reads a tensor, which holds values that `source` made, through a DequantizeLinear with a scale for each channel. */
function dequantizeByChannel(draft: GraphDraft, tensor: string, source: NodeProto, { axis, count }: Channels): string {
  const [integers, scale, zeroPoint] = source.input as [string, string, string];
  const stored = {
    // Behind operators that only moved values, quantizing them again changes nothing.
    integers: source.output[0] === tensor ? integers : addQuantizeLinear(draft, tensor, tensor, { scale, zeroPoint }),
    scale: repeatValue(draft, scale, count),
    zeroPoint: repeatValue(draft, zeroPoint, count),
  };
  return addDequantizeLinear(draft, `${tensor}_by_channel`, stored, axis);
}

/** Element type of one of our initializers. */
function storedType(draft: GraphDraft, name: string): DataType | null {
  return dataTypeFromNumber(initializerIn(draft, name)?.dataType ?? 0);
}

/** An initializer with `count` times the one value that another of our initializers has. */
function repeatValue(draft: GraphDraft, name: string, count: number): string {
  const { dataType, data } = readTensor(initializerIn(draft, name)!, '');
  const repeated = makeTensorData(dataType, count);
  repeated.fill(data[0]! as never);
  return addInitializer(draft, `${name}_by_channel`, { dataType, dims: [count], data: repeated });
}
