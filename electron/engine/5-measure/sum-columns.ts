import { makeNode } from '../graph/edit.ts';
import { windowOf } from '../graph/ops/convolution.ts';
import { isConvolution } from '../graph/ops/linear-layers.ts';
import { intAttribute, intsAttribute } from '../onnx/attributes.ts';
import type { AttributeProto, NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor } from '../onnx/tensor-proto.ts';
import { dataTypes, type Tensor } from '../tensor/tensor.ts';
import type { Int8Layer } from './int8-layers.ts';

/** Adds nodes and constants under names of their own. */
export class GraphBuilder {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly newName: (base: string) => string;

  constructor(newName: (base: string) => string) {
    this.newName = newName;
  }

  add(opType: string, inputs: readonly string[], attributes: readonly AttributeProto[] = []): string {
    const output = this.newName(`vernier/saturation/${opType}`);
    this.nodes.push(makeNode(opType, output, inputs, [output], attributes));
    return output;
  }

  constant(tensor: Tensor): string {
    const name = this.newName('vernier/saturation/constant');
    this.initializers.push(makeTensor(name, tensor));
    return name;
  }

  integers(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.constant({ dataType: 'int64', dims, data: BigInt64Array.from(values, BigInt) });
  }

  floats(values: readonly number[] | Float32Array, dims: readonly number[] = [values.length]): string {
    return this.constant({ dataType: 'float32', dims, data: Float32Array.from(values) });
  }

  toFloat(tensor: string): string {
    return this.add('Cast', [tensor], [intAttribute('to', dataTypes.float32.number)]);
  }
}

/** Dimensions that a layer's input and output have in a run. */
export interface LayerShapes {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** What a layer reads, as integers from 0 to 255, and its zero point: what the kernels multiply. */
function readUnsigned(build: GraphBuilder, { integers, zeroPoint, isSigned }: Int8Layer) {
  const float = build.toFloat(integers);
  const zero =
    zeroPoint === null
      ? build.floats([0], [])
      : build.add('Reshape', [build.toFloat(zeroPoint), build.integers([], [0])]);
  // ONNX Runtime makes s8 activations u8, for which it has kernels.
  if (!isSigned) return { values: float, zero };
  const half = build.floats([128], []);
  return { values: build.add('Add', [float, half]), zero: build.add('Add', [zero, half]) };
}

/**
 * The inputs of each sum, in the order they are summed: samples x (kernel places x channels) x positions of a convolution, rows x K x 1
 * of a matrix, 1 x (matrices x K) x rows of a stack of them.
 */
export function addColumns(build: GraphBuilder, layer: Int8Layer, output: string, shapes: LayerShapes): string {
  const { values, zero } = readUnsigned(build, layer);
  const { length } = layer.order;
  if (layer.stacked > 1) {
    const rows = build.add('Reshape', [values, build.integers([layer.stacked, -1, length])]);
    const turned = build.add('Transpose', [rows], [intsAttribute('perm', [0, 2, 1])]);
    return build.add('Reshape', [turned, build.integers([1, layer.stacked * length, -1])]);
  }
  if (!isConvolution(layer.node)) return build.add('Reshape', [values, build.integers([-1, length, 1])]);
  const { kernel, strides, dilations, begin } = windowOf(layer.node, layer.dims, shapes.input, shapes.output);
  const axes = build.integers(kernel.map((_, axis) => axis + 2));
  const [one, two, steps] = [build.integers([1]), build.integers([2]), build.integers(strides)];
  // Far enough at the end for any window: those that the layer does not have are not cut out.
  const end = kernel.map((size, axis) => (size - 1) * dilations[axis]! + strides[axis]!);
  const padded = build.add('Pad', [values, build.integers([0, 0, ...begin, 0, 0, ...end]), zero]);
  const positions = build.add('Slice', [build.add('Shape', [output]), two, build.integers([2 + kernel.length])]);
  const reach = build.add('Add', [build.add('Mul', [build.add('Sub', [positions, one]), steps]), one]);
  const cuts = eachPlace(kernel).map((place) => {
    const starts = build.integers(place.map((index, axis) => index * dilations[axis]!));
    return build.add('Slice', [padded, starts, build.add('Add', [reach, starts]), axes, steps]);
  });
  const joined = cuts.length === 1 ? cuts[0]! : build.add('Concat', cuts, [intAttribute('axis', 1)]);
  return build.add('Reshape', [joined, build.integers([0, cuts.length * shapes.input[1]!, -1])]);
}

/** Places of a kernel in the order of its weights, the last axis innermost. */
function eachPlace(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, at) => [...place, at])),
    [[]],
  );
}
