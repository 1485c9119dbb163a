import { lookUp } from '../../shared/look-up.ts';
import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { Reason } from '../../shared/engine-texts/say.ts';
import { recipeSchema, type Recipe } from '../../shared/recipe.ts';
import { observeShapes } from '../../electron/engine/1-analyze/observe-shapes.ts';
import type { Shapes } from '../../electron/engine/graph/shapes.ts';
import { allAtOnce } from '../../electron/engine/job/steps.ts';
import { observeTensors, type TensorStatistics } from '../../electron/engine/3-calibrate/observe.ts';
import { chooseRange, needsHistogram, type Range } from '../../electron/engine/3-calibrate/ranges.ts';
import { applyPlan, type QuantizedModel } from '../../electron/engine/schemes/apply-plan.ts';
import { planQuantization } from '../../electron/engine/2-plan/plan.ts';
import type { NodePlan, QuantizationPlan, WeightRangeKind } from '../../electron/engine/2-plan/quantization-plan.ts';
import { correctionInputs } from '../../electron/engine/schemes/int8-static/plan.ts';
import { readOptimizedGraph } from '../../electron/engine/4-quantize/verify.ts';
import { indexGraph, type Graph } from '../../electron/engine/graph/graph.ts';
import { floatAttribute, intAttribute, intsAttribute, stringAttribute } from '../../electron/engine/onnx/attributes.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import type { OnnxModel } from '../../electron/engine/onnx/read-model.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from '../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../electron/engine/onnx/tensor-proto.ts';
import { openSession, type OptimizationLevel } from '../../electron/engine/runtime/session.ts';
import { createRandom } from '../../electron/engine/tensor/random.ts';
import {
  dataTypes,
  elementCount,
  type DataType,
  type Feeds,
  type Tensor,
} from '../../electron/engine/tensor/tensor.ts';

/** What an attribute may be written as: a number is an INT, `{ float: 0.1 }` a FLOAT, `{ floats: [0.1] }` FLOATS. */
export type AttributeValue =
  number | readonly number[] | string | { readonly float: number } | { readonly floats: readonly number[] };

function makeAttribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') return intAttribute(name, value);
  if (typeof value === 'string') return stringAttribute(name, value);
  if ('floats' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value.floats] });
  }
  return 'float' in value ? floatAttribute(name, value.float) : intsAttribute(name, value);
}

/**
 * One node: `op('Conv', 'x w b', 'y', { group: 2 })`. Tensors are separated by spaces, `_` is one left out. Its name
 * is the name of its first output.
 */
export function op(
  opType: string,
  inputs: string,
  outputs: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = '',
): NodeProto {
  const split = (names: string): string[] => names.split(' ').map((name) => (name === '_' ? '' : name));
  const output = split(outputs);
  return create(NodeProtoSchema, {
    opType,
    name: output.find((name) => name !== '')!,
    input: inputs === '' ? [] : split(inputs),
    output,
    attribute: Object.entries(attributes).map(([name, value]) => makeAttribute(name, value)),
    domain,
  });
}

export type Dims = readonly (number | string)[];

/** A value of a graph's signature; a string is a symbolic dimension. */
function makeValue(name: string, dims: Dims, dataType: DataType): ValueInfoProto {
  const dim = dims.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypes[dataType].number, shape: { dim } } } },
  });
}

export interface Sketch {
  readonly opset?: number;
  /** float32 inputs by name. */
  readonly inputs: Readonly<Record<string, Dims>>;
  /** Of inputs that are of another type. */
  readonly types?: Readonly<Record<string, DataType>>;
  /** Output names; types and shapes are left to ONNX Runtime. */
  readonly outputs: string;
  readonly nodes: readonly NodeProto[];
  readonly weights?: Readonly<Record<string, Tensor>>;
}

export function buildModel({ opset = 17, inputs, types = {}, outputs, nodes, weights = {} }: Sketch): ModelProto {
  const contrib = nodes.some((node) => node.domain === 'com.microsoft');
  return create(ModelProtoSchema, {
    irVersion: opset < 9 ? 4n : 8n,
    opsetImport: [
      { domain: '', version: BigInt(opset) },
      ...(contrib ? [{ domain: 'com.microsoft', version: 1n }] : []),
    ],
    graph: {
      name: 'test',
      node: [...nodes],
      input: Object.entries(inputs).map(([name, dims]) => makeValue(name, dims, lookUp(types, name) ?? 'float32')),
      output: outputs.split(' ').map((name) => create(ValueInfoProtoSchema, { name })),
      initializer: Object.entries(weights).map(([name, tensor]) => makeTensor(name, tensor)),
    },
  });
}

export function floats(dims: readonly number[], values: Iterable<number>): Tensor {
  const data = Float32Array.from(values);
  assert.equal(data.length, elementCount(dims));
  return { dataType: 'float32', dims, data };
}

export function integers(values: readonly number[]): Tensor {
  return { dataType: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}

/** Seeded values that are roughly normal: the sum of four uniform numbers, scaled to a standard deviation. */
export function noise(dims: readonly number[], seed: number, deviation = 1): Tensor {
  const random = createRandom(seed);
  const draw = () => (random() + random() + random() + random() - 2) * Math.sqrt(3) * deviation;
  return floats(
    dims,
    Array.from({ length: elementCount(dims) }, () => draw()),
  );
}

/** A model in memory as the engine's passes take it. */
export function inMemory(proto: ModelProto): OnnxModel {
  return { proto, path: '', folder: tmpdir(), sizeBytes: encodeModel(proto).byteLength };
}

export async function run(
  proto: ModelProto,
  feeds: Feeds,
  optimization: OptimizationLevel = 'all',
): Promise<Record<string, Tensor>> {
  const session = await openSession(encodeModel(proto), { threads: 1, optimization });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

export interface Quantized {
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly statistics: ReadonlyMap<string, TensorStatistics>;
  readonly plan: QuantizationPlan;
  readonly result: QuantizedModel;
  /** The quantized model. */
  readonly model: ModelProto;
}

export interface QuantizeOptions {
  readonly recipe?: Partial<Recipe>;
  readonly weightRange?: WeightRangeKind;
  readonly keepFloat?: ReadonlyMap<string, Reason>;
  readonly biasCorrection?: boolean;
  /** False to give tensors that decide the range that the method gives others: what was seen. */
  readonly allowForUnseen?: boolean;
}

/** MinMax ranges, nothing searched, unless the recipe says otherwise. */
export function plainRecipe(changes: Partial<Recipe> = {}): Recipe {
  return recipeSchema.parse({
    calibrationMethod: 'minmax',
    keepFloat: 'none',
    reducedRange: 'off',
    biasCorrection: 'off',
    ...changes,
  });
}

export function plan(proto: ModelProto, shapes: Shapes, options: QuantizeOptions = {}): QuantizationPlan {
  return planQuantization(indexGraph(inMemory(proto)), shapes, {
    recipe: plainRecipe(options.recipe),
    weightRange: options.weightRange ?? 'int8',
    keepFloat: options.keepFloat ?? new Map(),
  });
}

/** Plan, calibrate on the samples and apply: the quantizer without any search. */
export async function quantize(
  proto: ModelProto,
  samples: readonly Feeds[],
  options: QuantizeOptions = {},
): Promise<Quantized> {
  const recipe = plainRecipe(options.recipe);
  const prepared = inMemory(proto);
  const graph = indexGraph(inMemory(proto));
  const shapes = await observeShapes(prepared, samples[0]!);
  const made = plan(proto, shapes, options);
  const method = recipe.calibrationMethod === 'auto' ? 'minmax' : recipe.calibrationMethod;
  const channelAxes =
    options.biasCorrection === true ? correctionInputs(made, graph, shapes) : new Map<string, number>();
  const tensors = [...new Set([...made.observe, ...channelAxes.keys()])].filter((name) => !graph.constants.has(name));
  const statistics = await observe(proto, samples, tensors, {
    statistics: channelAxes.size > 0 || needsHistogram(method) ? 'histogram' : 'extremes',
    shapes,
    channelAxes,
    bySample: new Set(made.deciding.map(({ group }) => group)),
  });
  const decidingGroups = options.allowForUnseen === false ? [] : made.deciding;
  const deciding = new Map(decidingGroups.map((group) => [group.group, group]));
  const ranges = new Map<string, Range>();
  for (const tensor of made.observe) {
    const seen = statistics.get(tensor);
    if (seen === undefined) continue;
    const range = { method, percentile: recipe.percentile, symmetric: recipe.symmetricActivations };
    ranges.set(tensor, chooseRange(tensor, seen, { ...range, deciding: deciding.get(tensor) }));
  }
  const means = new Map<string, Float64Array>();
  for (const tensor of channelAxes.keys()) means.set(tensor, statistics.get(tensor)!.channels!.means);
  const result = allAtOnce(applyPlan(prepared, made, ranges, means));
  return { graph, shapes, statistics, plan: made, result, model: result.model };
}

export async function observe(
  proto: ModelProto,
  samples: readonly Feeds[],
  tensors: readonly string[],
  options: {
    readonly statistics: 'extremes' | 'histogram';
    readonly shapes?: Shapes;
    readonly channelAxes?: ReadonlyMap<string, number>;
    readonly bySample?: ReadonlySet<string>;
    readonly signal?: AbortSignal;
    readonly enough?: AbortSignal;
    readonly onStopped?: (seen: number) => void;
    readonly onSample?: (done: number, total: number) => void;
    readonly onRange?: (tensor: string, min: number, max: number) => void;
  },
): Promise<Map<string, TensorStatistics>> {
  const prepared = inMemory(proto);
  return observeTensors(
    prepared,
    { count: samples.length, read: (index) => Promise.resolve(samples[index]!) },
    {
      tensors,
      channelAxes: options.channelAxes ?? new Map<string, number>(),
      bySample: options.bySample ?? new Set(),
      statistics: options.statistics,
      shapes: options.shapes ?? (await observeShapes(prepared, samples[0]!)),
      threads: 1,
      signal: options.signal ?? new AbortController().signal,
      ...(options.enough === undefined ? {} : { enough: options.enough }),
      ...(options.onStopped === undefined ? {} : { onStopped: options.onStopped }),
      onSample: options.onSample ?? (() => undefined),
      onRange: options.onRange ?? (() => undefined),
    },
  );
}

export function nodePlan(made: QuantizationPlan, name: string): NodePlan {
  const found = made.nodes.find((node) => node.node === name);
  assert.ok(found, `the plan has no node "${name}"`);
  return found;
}

/** Op types of a graph with their number, in alphabetical order: `{ Conv: 2, Relu: 1 }`. */
export function countOps(model: ModelProto): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opType } of model.graph!.node) counts[opType] = (counts[opType] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([first], [second]) => (first < second ? -1 : 1)));
}

/** Op counts of what ONNX Runtime makes of the model with all optimizations. */
export async function countFusedOps(model: ModelProto): Promise<Record<string, number>> {
  return countOps(await readOptimizedGraph(encodeModel(model)));
}

/** 20*log10(norm(x)/norm(x-y)) over every float32 output of both models on the same samples. */
export async function measureSqnrDb(
  reference: ModelProto,
  compared: ModelProto,
  samples: readonly Feeds[],
): Promise<number> {
  let signal = 0;
  let error = 0;
  for (const feeds of samples) {
    const expected = await run(reference, feeds);
    const actual = await run(compared, feeds);
    for (const [name, { data, dims }] of Object.entries(expected)) {
      assert.deepEqual(actual[name]?.dims, dims, `shape of output "${name}"`);
      data.forEach((value: number | bigint, index: number) => {
        signal += Number(value) ** 2;
        error += (Number(value) - Number(actual[name]!.data[index])) ** 2;
      });
    }
  }
  return 10 * Math.log10(signal / error);
}

export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let index = 0; index < actual.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    assert.ok(difference <= tolerance, `[${index}]: ${actual[index]!} is not ${expected[index]!} ± ${tolerance}`);
  }
}

/** What becomes of a node, in a word. */
export function modeOf({ precision, foldedInto }: NodePlan): 'int8' | 'float' | 'folded' {
  return foldedInto !== null ? 'folded' : precision.scheme === 'float' ? 'float' : 'int8';
}
