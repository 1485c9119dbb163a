import { lookUp } from '../../../shared/look-up.ts';
import {
  attributeFloat,
  attributeFloats,
  attributeInt,
  attributeInts,
  attributeString,
  intAttribute,
  stringAttribute,
} from '../onnx/attributes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import type { Tensor } from '../tensor/tensor.ts';
import type { Shapes } from '../graph/shapes.ts';

/*
 * What became different in operators from opset to opset, and how an older node says the same in a newer one.
 */

/**
 * The oldest opset from which a node of this operator means the same at every opset up to 13, but for what `changes` below
 * rewrites; by the version notes of the ONNX operator documents. Newer versions otherwise only added types, optional
 * inputs, or attributes with the old behaviour as default.
 */
const understoodSince: Readonly<Record<string, number>> = {
  Abs: 6, Add: 7, And: 7, ArgMax: 1, ArgMin: 1, AveragePool: 7, BatchNormalization: 7, Cast: 6, Ceil: 6, Clip: 6, Concat: 4,
  Constant: 1, ConstantOfShape: 9, Conv: 1, ConvTranspose: 1, DepthToSpace: 1, Div: 7, Elu: 6, Equal: 7, Erf: 9, Exp: 6,
  Expand: 8, Flatten: 1, Floor: 6, GRU: 7, Gather: 1, Gemm: 7, GlobalAveragePool: 1, GlobalMaxPool: 1, Greater: 7,
  HardSigmoid: 6, Identity: 1, InstanceNormalization: 6, LRN: 1, LSTM: 7, LeakyRelu: 6, Less: 7, Log: 6, LogSoftmax: 1,
  MatMul: 1, Max: 8, MaxPool: 1, Mean: 8, Min: 8, Mul: 7, Neg: 6, Not: 1, Or: 7, PRelu: 7, Pad: 2, Pow: 7, RNN: 7,
  Reciprocal: 6, ReduceL1: 1, ReduceL2: 1, ReduceMax: 1, ReduceMean: 1, ReduceMin: 1, ReduceProd: 1, ReduceSum: 1, Relu: 6,
  Reshape: 5, Resize: 11, Selu: 6, Shape: 1, Sigmoid: 6, Slice: 1, Softmax: 1, Softplus: 1, SpaceToDepth: 1, Split: 2,
  Sqrt: 6, Squeeze: 1, Sub: 7, Sum: 8, Tanh: 6, Tile: 6, Transpose: 1, Unsqueeze: 1, Upsample: 7, Where: 9,
}; // prettier-ignore

/** The same up to opset 21, for operators that models of 13 and later have as well. */
const understoodLater: Readonly<Record<string, number>> = {
  ...understoodSince,
  BitShift: 11, Celu: 12, Cos: 7, CumSum: 11, DequantizeLinear: 13, DynamicQuantizeLinear: 11, Einsum: 12, GatherElements: 11,
  GatherND: 12, Gelu: 20, GreaterOrEqual: 12, HardSwish: 14, IsInf: 10, IsNaN: 9, LayerNormalization: 17, LessOrEqual: 12,
  MatMulInteger: 10, Mish: 18, Mod: 10, NonZero: 9, OneHot: 11, QuantizeLinear: 13, Range: 11, ReduceLogSum: 1,
  ReduceLogSumExp: 1, ReduceSumSquare: 1, Round: 11, ScatterElements: 11, ScatterND: 11, Sign: 9, Sin: 7, Size: 1, Softsign: 1,
  ThresholdedRelu: 10, TopK: 11, Trilu: 14, Xor: 7,
}; // prettier-ignore

/** From which opset on an operator means the same up to another, but for what is rewritten; undefined where nobody looked. */
export function understoodFrom(opType: string, to: number): number | undefined {
  return lookUp(to > 13 ? understoodLater : understoodSince, opType);
}

export interface RewriteContext {
  readonly shapes: Shapes;
  /** Adds a constant, named after the node and `part`; returns its name. */
  readonly addConstant: (node: NodeProto, part: string, value: Tensor) => string;
}

/** What became different at one opset, and how an older node says the same there. */
export interface Change {
  readonly opset: number;
  readonly rewrite: (node: NodeProto, context: RewriteContext) => void;
  /** Whether this very node can be rewritten; every one when not given. `areFixed`: sizes behind the first are those of every run. */
  readonly accepts?: (node: NodeProto, shapes: Shapes, areFixed: boolean) => boolean;
}

const int64 = (values: readonly number[]): Tensor => ({
  dataType: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, saturateInt64),
});
const float32 = (value: number): Tensor => ({ dataType: 'float32', dims: [], data: Float32Array.of(value) });

/** Exporters write INT64_MAX for "to the end", which no number holds exactly. */
function saturateInt64(value: number): bigint {
  if (value >= Number.MAX_SAFE_INTEGER) return 0x7fff_ffff_ffff_ffffn;
  return value <= Number.MIN_SAFE_INTEGER ? -0x8000_0000_0000_0000n : BigInt(value);
}

const hasAttribute = (node: NodeProto, name: string): boolean => node.attribute.some((entry) => entry.name === name);

function dropAttributes(node: NodeProto, names: readonly string[]): void {
  node.attribute = node.attribute.filter((entry) => !names.includes(entry.name));
}

/** A list of whole numbers that was an attribute and is an optional input since. */
const listBecomesInput = (name: string, index: number, opset: number): Change => ({
  opset,
  rewrite: (node, { addConstant }) => {
    if (!hasAttribute(node, name)) return;
    node.input[index] = addConstant(node, name, int64(attributeInts(node, name)));
    dropAttributes(node, [name]);
  },
});

/** Before 13 everything from `axis` on was one row; the same thing only where one axis of it is longer than 1. */
const softmaxOverOneAxis: Change = {
  opset: 13,
  accepts: (node, shapes, areFixed) => {
    const axis = rowAxis(node, shapes);
    return axis !== null && (areFixed || axis.isOnly);
  },
  rewrite: (node, { shapes }) => {
    const { axis } = rowAxis(node, shapes)!;
    dropAttributes(node, ['axis']);
    node.attribute.push(intAttribute('axis', axis));
  },
};

/** The axis along which a row lies; null where it lies along several. `isOnly`: whatever the sizes. */
function rowAxis(node: NodeProto, shapes: Shapes): { readonly axis: number; readonly isOnly: boolean } | null {
  const dims = shapes.get(node.input[0] ?? '')?.dims;
  if (dims === undefined) return null;
  const given = attributeInt(node, 'axis', 1);
  const first = given < 0 ? given + dims.length : given;
  const long = [...dims.keys()].filter((axis) => axis >= first && dims[axis] !== 1);
  const isOnly = first === dims.length - 1;
  if (isOnly) return { axis: first, isOnly };
  // The first axis of all is the batch, which is another at every run.
  return first < 1 || long.length > 1 ? null : { axis: long[0] ?? dims.length - 1, isOnly };
}

/** Outputs of training are others since. */
const oneOutput: Change = {
  opset: 14,
  accepts: ({ output }) => output.slice(1).every((name) => name === ''),
  rewrite: () => undefined,
};

const axesBecomeInput = [listBecomesInput('axes', 1, 18)];

// prettier-ignore
const changes: Readonly<Record<string, readonly Change[]>> = {
  Slice: [
    {
      opset: 10,
      rewrite: (node, { addConstant }) => {
        const starts = attributeInts(node, 'starts');
        const axes = attributeInts(node, 'axes', [...starts.keys()]);
        const ends = attributeInts(node, 'ends');
        for (const [name, values] of Object.entries({ starts, ends, axes })) {
          node.input.push(addConstant(node, name, int64(values)));
        }
        dropAttributes(node, ['starts', 'ends', 'axes']);
      },
    },
  ],
  // Upsample became Resize, and Resize then got a choice of coordinates; these are what it did before.
  Upsample: [
    {
      opset: 9,
      rewrite: (node, { addConstant }) => {
        const scales = attributeFloats(node, 'scales');
        node.input[1] = addConstant(node, 'scales', {
          dataType: 'float32',
          dims: [scales.length],
          data: Float32Array.from(scales),
        });
        dropAttributes(node, ['scales']);
      },
    },
    {
      opset: 10,
      rewrite: (node) => {
        node.opType = 'Resize';
      },
    },
    {
      opset: 11,
      rewrite: (node, { addConstant }) => {
        // Until opset 13 the region has to be given, though it is of no use here.
        const roi = addConstant(node, 'roi', { dataType: 'float32', dims: [0], data: new Float32Array() });
        node.input = [node.input[0]!, roi, node.input[1]!];
        node.attribute.push(stringAttribute('coordinate_transformation_mode', 'asymmetric'));
        if (attributeString(node, 'mode', 'nearest') === 'nearest') {
          node.attribute.push(stringAttribute('nearest_mode', 'floor'));
        }
      },
    },
  ],
  // Statistics of each value instead of each channel are gone.
  BatchNormalization: [
    {
      opset: 9,
      accepts: (node) => attributeInt(node, 'spatial', 1) === 1,
      rewrite: (node) => dropAttributes(node, ['spatial']),
    },
    oneOutput,
  ],
  Clip: [
    {
      opset: 11,
      rewrite: (node, { addConstant }) => {
        node.input[1] = addConstant(node, 'min', float32(attributeFloat(node, 'min', -3.4028234663852886e38)));
        node.input[2] = addConstant(node, 'max', float32(attributeFloat(node, 'max', 3.4028234663852886e38)));
        node.attribute = [];
      },
    },
  ],
  Pad: [
    {
      opset: 11,
      rewrite: (node, { addConstant }) => {
        node.input[1] = addConstant(node, 'pads', int64(attributeInts(node, 'pads')));
        node.input[2] = addConstant(node, 'value', float32(attributeFloat(node, 'value', 0)));
        dropAttributes(node, ['pads', 'value']);
      },
    },
  ],
  Squeeze: [listBecomesInput('axes', 1, 13)],
  Unsqueeze: [listBecomesInput('axes', 1, 13)],
  ReduceSum: [listBecomesInput('axes', 1, 13)],
  Split: [
    listBecomesInput('split', 1, 13),
    {
      opset: 18,
      rewrite: (node) => {
        if ((node.input[1] ?? '') === '') node.attribute.push(intAttribute('num_outputs', node.output.length));
      },
    },
  ],
  ...Object.fromEntries(
    [
      'ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd',
      'ReduceSumSquare',
    ].map((opType) => [opType, axesBecomeInput]),
  ),
  Softmax: [softmaxOverOneAxis],
  LogSoftmax: [softmaxOverOneAxis],
};

/** What has to be rewritten in a node of a standard operator between two opsets, oldest first. */
export function changesOf(opType: string, from: number, to: number): readonly Change[] {
  return (lookUp(changes, opType) ?? []).filter(({ opset }) => opset > from && opset <= to);
}
