import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { attributeInts, describeNode } from './attributes.ts';
import { listConstants } from './initializers.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from './proto/onnx_pb.js';
import { dataTypeFromNumber } from '../tensor/tensor.ts';
import { readTensor, tensorElementCount } from './tensor-proto.ts';
import { isExternal } from './external-data.ts';
import { isStandardDomain, sparseTensorsOf } from './tensors-of.ts';

/*
 * What ONNX Runtime will need for a model, as far as the file says it: a few hundred bytes may ask for all memory, or never end.
 * Sums are bounded, not parts. What only shows when the model runs meets the limits of the engine (worker/engine-limits.ts).
 */

/** Sparse tensors are written out when a model is loaded: 268 MB of floats in all. */
const mostDenseElements = 2 ** 26;
/** Tensors whose sizes are written in the model, in all. */
const mostMadeBytes = 2 ** 30;
/** Rounds beyond which a loop whose condition never changes is taken for one without end: days, if a round takes 1 ms. */
const mostRounds = 2 ** 28;

function checkSparse(model: ModelProto): void {
  let elements = 0;
  for (const { values, dims } of sparseTensorsOf(model)) {
    const name = values?.name ?? '';
    if (dims.some((dim) => dim < 0n)) {
      throw new AppError(
        'model-malformed',
        tell('graphMalformed', { what: tell('sparseDimensionNegative', { name }) }),
      );
    }
    elements += dims.reduce((count, dim) => count * Number(dim), 1);
    if (elements <= mostDenseElements) continue;
    throw new AppError(
      'model-unsupported',
      tell('sparseTooLarge', { name, dimensions: dims.join(' x '), count: mostDenseElements }),
    );
  }
}

/** Where constants are found by name: a graph's own, then those of the graphs around it. */
interface Constants {
  readonly get: (name: string) => TensorProto | undefined;
}

/** What a walk over the nodes has found out so far. */
interface Sizes {
  readonly constants: Constants;
  /** Elements of tensors, as far as they are known. */
  readonly elements: Map<string, number>;
  /** Tensors that are made of constants alone: ONNX Runtime makes them when it loads the model, and keeps them all. */
  readonly folded: Set<string>;
}

/** The numbers of a constant; null where it is none, or too long to be a shape. */
function numbersOf(name: string | undefined, constants: Constants): readonly number[] | null {
  const tensor = constants.get(name ?? '');
  if (tensor === undefined || isExternal(tensor) || tensorElementCount(tensor) > 64) return null;
  return dataTypeFromNumber(tensor.dataType) === null ? null : Array.from(readTensor(tensor, '').data, Number);
}

const product = (values: readonly number[]): number => values.reduce((whole, value) => whole * Math.max(0, value), 1);

/** Of what is not known, at least one element is there. */
function elementsOf(name: string | undefined, { constants, elements }: Sizes): number {
  const tensor = constants.get(name ?? '');
  return Math.max(1, tensor === undefined ? (elements.get(name ?? '') ?? 1) : tensorElementCount(tensor));
}

type Count = (node: NodeProto, sizes: Sizes) => number | null;

/** As many as the largest input has. */
const asInput: Count = (node, sizes) => Math.max(1, ...node.input.slice(0, 8).map((name) => elementsOf(name, sizes)));

const fromShapeInput =
  (index: number): Count =>
  (node, { constants }) => {
    const shape = numbersOf(node.input[index], constants);
    return shape === null ? null : product(shape);
  };

const fromShapeAttribute: Count = (node) => product(attributeInts(node, 'shape'));

/** Times the factors that an input holds: repeats, scales. */
const multiplied =
  (index: number): Count =>
  (node, sizes) => {
    const factors = numbersOf(node.input[index], sizes.constants);
    return factors === null || factors.length === 0 ? null : product(factors) * elementsOf(node.input[0], sizes);
  };

/** Elements that a node hands out at least, where constants and attributes say so; null where they do not. */
const counts: ReadonlyMap<string, Count> = new Map<string, Count>([
  ['ConstantOfShape', fromShapeInput(0)],
  ['Expand', fromShapeInput(1)],
  ['RandomNormal', fromShapeAttribute],
  ['RandomUniform', fromShapeAttribute],
  ['Tile', multiplied(1)],
  ['Upsample', multiplied(1)],
  ['Resize', (node, sizes) => fromShapeInput(3)(node, sizes) ?? multiplied(2)(node, sizes)],
  [
    'Range',
    (node, { constants }) => {
      const [start, limit, delta] = [0, 1, 2].map((index) => numbersOf(node.input[index], constants)?.[0]);
      return start === undefined || limit === undefined || delta === undefined || delta === 0
        ? null
        : Math.max(0, Math.ceil((limit - start) / delta));
    },
  ],
  [
    'OneHot',
    (node, sizes) => {
      const depth = numbersOf(node.input[1], sizes.constants)?.[0];
      return depth === undefined ? null : depth * elementsOf(node.input[0], sizes);
    },
  ],
  [
    // A dimension that is padded is at least as long as its padding.
    'Pad',
    (node, { constants }) => {
      const pads = numbersOf(node.input[1], constants) ?? attributeInts(node, 'pads');
      const rank = pads.length / 2;
      return product(pads.slice(0, rank).map((before, axis) => Math.max(1, before + (pads[rank + axis] ?? 0))));
    },
  ],
  ['Concat', (node, sizes) => node.input.reduce((sum, name) => sum + elementsOf(name, sizes), 0)],
  ...['Abs', 'Add', 'Cast', 'Div', 'Exp', 'Flatten', 'Identity', 'Mul', 'Neg', 'Not', 'Relu'].map(
    (opType) => [opType, asInput] as const,
  ),
  ...['Reshape', 'Sigmoid', 'Sqrt', 'Squeeze', 'Sub', 'Transpose', 'Unsqueeze'].map(
    (opType) => [opType, asInput] as const,
  ),
]);

/** Bytes of one element; booleans and bytes count as floats, for most become some. */
const bytesPerElement = 4;

function subgraphs(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap((attribute) => [
    ...(attribute.g === undefined ? [] : [attribute.g]),
    ...attribute.graphs,
  ]);
}

function isTrueOrAbsent(name: string | undefined, constants: Constants): boolean {
  if (name === undefined || name === '') return true;
  return (numbersOf(name, constants)?.[0] ?? 0) !== 0;
}

/** Whether the body of a loop hands out its own condition, or a constant true. */
function keepsCondition(body: GraphProto, constants: Constants): boolean {
  const given = body.input[1]?.name;
  let name = body.output[0]?.name;
  const producers = new Map(body.node.flatMap((node) => node.output.map((output) => [output, node] as const)));
  for (let step = 0; step <= body.node.length; step++) {
    if (name === undefined || name === given) return true;
    const producer = producers.get(name);
    if (producer?.opType !== 'Identity') break;
    name = producer.input[0];
  }
  return isTrueOrAbsent(name, within(body, constants));
}

function checkLoop(node: NodeProto, constants: Constants): void {
  const tripName = node.input[0] ?? '';
  const trips = tripName === '' ? Infinity : numbersOf(tripName, constants)?.[0];
  if (trips === undefined || trips <= mostRounds) return;
  const body = subgraphs(node)[0];
  if (body === undefined || !isTrueOrAbsent(node.input[1], constants) || !keepsCondition(body, constants)) return;
  throw new AppError(
    'model-unsupported',
    tell('loopEndless', {
      node: describeNode(node),
      rounds: trips === Infinity ? tell('roundsForEver') : tell('roundsCounted', { count: trips }),
    }),
  );
}

function within(graph: Pick<GraphProto, 'initializer' | 'node'>, outer: Constants): Constants {
  const own = listConstants(graph);
  return { get: (name) => own.get(name) ?? outer.get(name) };
}

/**
 * Refuses what will certainly fill the memory, or never end, once ONNX Runtime has the model.
 * @throws AppError `model-unsupported`, `model-malformed`.
 */
export function checkDemands(model: ModelProto): void {
  checkSparse(model);
  const elements = new Map<string, number>();
  const folded = new Set<string>();
  let foldedBytes = 0;
  const visit = (graph: Pick<GraphProto, 'initializer' | 'node'>, outer: Constants): void => {
    const constants = within(graph, outer);
    for (const node of graph.node) {
      for (const inner of subgraphs(node)) visit(inner, constants);
      if (!isStandardDomain(node.domain)) continue;
      if (node.opType === 'Loop') checkLoop(node, constants);
      const count = counts.get(node.opType)?.(node, { constants, elements, folded }) ?? null;
      const output = node.output[0];
      // Not a number where a scale is none: ONNX Runtime refuses that itself.
      if (count === null || Number.isNaN(count) || output === undefined) continue;
      const bytes = bytesPerElement * count;
      elements.set(output, count);
      if (node.input.every((name) => name === '' || folded.has(name) || constants.get(name) !== undefined)) {
        folded.add(output);
        foldedBytes += bytes;
      }
      checkMade(node, Math.max(bytes, foldedBytes));
    }
  };
  const none: Constants = { get: () => undefined };
  if (model.graph !== undefined) visit(model.graph, none);
  for (const { node } of model.functions) visit({ initializer: [], node }, none);
}

function checkMade(node: NodeProto, bytes: number): void {
  if (bytes <= mostMadeBytes) return;
  throw new AppError(
    'model-unsupported',
    tell('nodeFillsMemory', {
      node: describeNode(node),
      made: (bytes / 1e9).toFixed(1),
      most: (mostMadeBytes / 1e9).toFixed(1),
    }),
  );
}
