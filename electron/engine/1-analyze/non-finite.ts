import { say } from '../../../shared/engine-texts/say.ts';
import { create } from '@bufbuild/protobuf';
import { AppError } from '../../../shared/app-error.ts';
import { readTold, tell, type Told } from '../../../shared/engine-texts/tell.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { indexGraph } from '../graph/graph.ts';
import { operatorOf } from '../graph/ops/all.ts';
import { describeNode } from '../onnx/attributes.ts';
import { ModelProtoSchema, TensorProto_DataType as ElementType } from '../onnx/proto/onnx_pb.js';
import type { ModelProto, NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import type { ModelInFolder } from '../onnx/read-model.ts';
import { tensorElementCount } from '../onnx/tensor-proto.ts';
import type { Weights } from '../onnx/weights.ts';
import { typedArrayFromBytes, type DataType } from '../tensor/tensor.ts';
import { parametersOf } from './cost.ts';
import { isChoice } from '../graph/ops/arithmetic.ts';

/** A stored parameter with values that are no numbers to compute with. */
export interface NonFiniteParameter {
  readonly tensor: string;
  /** Name of the node that reads it. */
  readonly node: string;
  /** For messages: its type and name. */
  readonly reader: Told;
  readonly nanCount: number;
  readonly infiniteCount: number;
  readonly count: number;
  /** True where whatever the node puts out is spoilt by it; infinite values in a mask, for example, are meant. */
  readonly isFatal: boolean;
}

/** How element types of real numbers show what is not finite: all bits of the exponent set; NaN has further ones. */
const exponents: Readonly<
  Record<number, { readonly view: DataType; readonly exponent: number; readonly rest: number }>
> = {
  [ElementType.FLOAT]: { view: 'uint32', exponent: 0x7f80_0000, rest: 0x007f_ffff },
  [ElementType.FLOAT16]: { view: 'uint16', exponent: 0x7c00, rest: 0x03ff },
  [ElementType.BFLOAT16]: { view: 'uint16', exponent: 0x7f80, rest: 0x007f },
};

function countNonFinite(
  tensor: TensorProto,
  weights: Weights,
): { readonly nanCount: number; readonly infiniteCount: number } {
  const count = tensorElementCount(tensor);
  let nanCount = 0;
  let infiniteCount = 0;
  const layout = exponents[tensor.dataType];
  if (layout !== undefined) {
    const { exponent, rest } = layout;
    const bits = typedArrayFromBytes(layout.view, weights.bytes(tensor), count) as Uint32Array | Uint16Array;
    for (let index = 0; index < bits.length; index++) {
      if ((bits[index]! & exponent) !== exponent) continue;
      if ((bits[index]! & rest) === 0) infiniteCount++;
      else nanCount++;
    }
  } else if (tensor.dataType === (ElementType.DOUBLE as number)) {
    const values = typedArrayFromBytes('float64', weights.bytes(tensor), count) as Float64Array;
    for (let index = 0; index < values.length; index++) {
      if (Number.isNaN(values[index]!)) nanCount++;
      else if (!Number.isFinite(values[index]!)) infiniteCount++;
    }
  }
  return { nanCount, infiniteCount };
}

/** NaN spoils every sum it is in; Where may never choose it. What is infinite spoils the products of layers. */
function spoils(reader: NodeProto, nanCount: number): boolean {
  return operatorOf(reader) !== null || (nanCount > 0 && !isChoice(reader));
}

/**
 * The parameters of a model that hold NaN or infinite values: initializers and Constant nodes, float16 to float64, in bodies and
 * functions, too. Reads every weight once.
 * @throws AppError those of `readExternal`.
 */
export function findNonFinite({ proto, folder }: ModelInFolder): NonFiniteParameter[] {
  const found: NonFiniteParameter[] = [];
  const counted = new Map<TensorProto, ReturnType<typeof countNonFinite>>();
  const search = (part: ModelProto, isMain: boolean): void => {
    const graph = indexGraph({ proto: part, folder });
    for (const node of graph.nodes) {
      for (const { reader, tensor } of parametersOf(node, graph)) {
        const counts = counted.get(tensor) ?? countNonFinite(tensor, graph.weights);
        counted.set(tensor, counts);
        if (counts.nanCount + counts.infiniteCount === 0) continue;
        found.push({
          tensor: tensor.name,
          node: reader.name,
          reader: describeNode(reader),
          ...counts,
          count: tensorElementCount(tensor),
          // A body may never run.
          isFatal: isMain && reader === node && spoils(reader, counts.nanCount),
        });
      }
    }
  };
  search(proto, true);
  for (const { node } of proto.functions) search(create(ModelProtoSchema, { graph: { node } }), false);
  return found;
}

function tellCounts({ nanCount: nan, infiniteCount: infinite, count }: NonFiniteParameter): Told {
  if (infinite === 0) return tell('nanCounts', { nan, count });
  return nan === 0
    ? tell('infiniteCounts', { infinite, count })
    : tell('nanAndInfiniteCounts', { nan, infinite, count });
}

/** What `inspect` says about them, and `compress` about those it can go on with. */
export function describeNonFinite(parameters: readonly NonFiniteParameter[]): Diagnostic[] {
  return parameters.map((parameter) => ({
    severity: parameter.isFatal || parameter.nanCount > 0 ? 'warning' : 'info',
    code: 'weight-not-finite',
    message: parameter.isFatal
      ? say('weightNotFinite', {
          tensor: parameter.tensor,
          node: readTold(parameter.reader, 'en'),
          counts: readTold(tellCounts(parameter), 'en'),
        })
      : say('constantNotFinite', {
          tensor: parameter.tensor,
          node: readTold(parameter.reader, 'en'),
          counts: readTold(tellCounts(parameter), 'en'),
        }),
    node: parameter.node,
  }));
}

/**
 * Refuses a model whose weights are no numbers, before anything is calibrated on what it gives.
 * @throws AppError `model-unsupported`.
 */
export function assertFiniteWeights(parameters: readonly NonFiniteParameter[]): void {
  const fatal = parameters.filter(({ isFatal }) => isFatal);
  const [first] = fatal;
  if (first === undefined) return;
  const weight = { tensor: first.tensor, node: first.reader, counts: tellCounts(first) };
  throw new AppError(
    'model-unsupported',
    fatal.length === 1
      ? tell('weightsNotFinite', weight)
      : tell('moreWeightsNotFinite', { ...weight, more: fatal.length - 1 }),
    { details: { tensors: fatal.map(({ tensor }) => tensor) } },
  );
}
