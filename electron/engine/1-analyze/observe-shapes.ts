import { create } from '@bufbuild/protobuf';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { mapTexts, tell } from '../../../shared/engine-texts/tell.ts';
import { lookUp } from '../../../shared/look-up.ts';
import { listConstants } from '../onnx/initializers.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { subgraphsOf } from '../graph/graph.ts';
import type { NodeDims } from '../graph/ops/operator.ts';
import { TensorShapeProtoSchema } from '../onnx/proto/onnx_pb.js';
import type { GraphProto, ModelProto, NodeProto, ValueInfoProto } from '../onnx/proto/onnx_pb.js';
import { openSession, prepareFeeds, type ValueInfo } from '../runtime/session.ts';
import {
  dataTypeFromNumber,
  dataTypes,
  elementCount,
  type DataType,
  type Feeds,
  type Tensor,
  makeTensorData,
} from '../tensor/tensor.ts';
import { copyMessage } from '../graph/edit.ts';
import { renameFeeds, usePlainNames } from '../graph/plain-names.ts';
import type { Shapes, TensorFacts } from '../graph/shapes.ts';
import { assertShaped, checkFeedSize } from '../data/model-inputs.ts';
import { externalFolderConfig } from './prepare.ts';

/** ONNX Runtime's profile names element types as C++ does. */
const profileTypes: Readonly<Record<string, DataType>> = {
  float: 'float32',
  double: 'float64',
  float16: 'float16',
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
  bool: 'bool',
};

/**
 * Resolves an input's dimensions: fixed ones as they are, symbolic ones from `dims`, the rest 1.
 * @returns the dimensions and the names that were defaulted to 1.
 */
export function resolveDims(
  input: ValueInfo,
  dims: Readonly<Record<string, number>>,
): { readonly dims: number[]; readonly defaulted: string[] } {
  const defaulted: string[] = [];
  const resolved = input.dims.map((dim) => {
    if (typeof dim === 'number') return dim;
    const given = lookUp(dims, dim);
    if (given !== undefined) return given;
    defaulted.push(dim);
    return 1;
  });
  return { dims: resolved, defaulted };
}

/** Zeros of the right shape for every input: enough to learn shapes and time, nothing about values. */
export function dummyFeeds(inputs: readonly ValueInfo[], dims: Readonly<Record<string, number>>): Feeds {
  const feeds: Record<string, Tensor> = {};
  let fedElements = 0;
  assertShaped(inputs);
  for (const input of inputs) {
    if (!(input.dataType in dataTypes)) {
      throw new AppError('model-unsupported', tell('inputTypeNotFed', { name: input.name, type: input.dataType }));
    }
    const shape = resolveDims(input, dims).dims;
    fedElements = checkFeedSize(input.name, shape, fedElements);
    const dataType = input.dataType as DataType;
    feeds[input.name] = { dataType, dims: shape, data: makeTensorData(dataType, elementCount(shape)) };
  }
  return feeds;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: {
    readonly input_type_shape?: ListedShapes;
    readonly output_type_shape?: ListedShapes;
  };
}

type ListedShapes = readonly Readonly<Record<string, readonly number[]>>[];

/**
 * Dimensions of a node's values by position, from the profile's list. It leaves out what has no name, and weights that the kernel
 * has repacked: their dimensions are those of the constant.
 * @returns null everywhere where the list does not fit.
 */
function alignDims(names: readonly string[], listed: ListedShapes, constants: ReadonlyMap<string, readonly number[]>) {
  const dims: (readonly number[] | null)[] = [];
  let next = 0;
  for (const name of names) {
    const constant = constants.get(name);
    const here = listed[next] === undefined ? undefined : Object.values(listed[next]!)[0];
    const isListed = name !== '' && (constant === undefined || here?.join() === constant.join());
    if (isListed) next++;
    dims.push(name === '' ? null : isListed ? (here ?? null) : constant!);
  }
  return (index: number): readonly number[] | null => (next === listed.length ? (dims[index] ?? null) : null);
}

/** Dimensions of the constants of a graph and all its bodies. */
function listConstantDims(graph: GraphProto): Map<string, readonly number[]> {
  const own = [...listConstants(graph)].map(([name, { dims }]) => [name, dims.map(Number)] as const);
  return new Map([...own, ...graph.node.flatMap(subgraphsOf).flatMap((body) => [...listConstantDims(body)])]);
}

/** Nodes in bodies of control flow by name, where no other node has it. */
function listBodyNodes(graph: GraphProto): Map<string, NodeProto> {
  const found = new Map<string, NodeProto>();
  const taken = new Set(graph.node.map(({ name }) => name));
  const collect = (body: GraphProto): void => {
    for (const node of body.node) {
      if (taken.has(node.name)) found.delete(node.name);
      else if (node.name !== '') found.set(node.name, node);
      taken.add(node.name);
      subgraphsOf(node).forEach(collect);
    }
  };
  graph.node.flatMap(subgraphsOf).forEach(collect);
  return found;
}

function declaredFacts(value: ValueInfoProto, dims: Readonly<Record<string, number>>): TensorFacts | null {
  const type = value.type?.value;
  if (type?.case !== 'tensorType' || type.value.shape === undefined) return null;
  const shape: number[] = [];
  for (const dim of type.value.shape.dim) {
    if (dim.value.case === 'dimValue') shape.push(Number(dim.value.value));
    else if (dim.value.case === 'dimParam') shape.push(lookUp(dims, dim.value.value) ?? 1);
    else return null;
  }
  return { dims: shape, dataType: dataTypeFromNumber(type.value.elemType) };
}

/** Shapes written in the model itself, for when it cannot be run. */
export function declaredShapes(graph: GraphProto, dims: Readonly<Record<string, number>>): Map<string, TensorFacts> {
  const shapes = new Map<string, TensorFacts>();
  for (const value of [...graph.valueInfo, ...graph.input, ...graph.output]) {
    const facts = declaredFacts(value, dims);
    if (facts !== null) shapes.set(value.name, facts);
  }
  for (const [name, tensor] of listConstants(graph)) {
    shapes.set(name, { dims: tensor.dims.map(Number), dataType: dataTypeFromNumber(tensor.dataType) });
  }
  return shapes;
}

/**
 * Learns every tensor's shape by running the model once with profiling on and optimizations off: the profile lists the
 * actual output shapes of each node, so dynamic and data-dependent shapes come out right where static inference gives up.
 */
export async function observeShapes(model: OnnxModel, feeds: Feeds): Promise<Shapes> {
  const plain = usePlainNames(model.proto, { inner: true });
  try {
    const events = await profileOnce(plain.model, externalFolderConfig(model), renameFeeds(feeds, plain.toPlain));
    const graph = model.proto.graph!;
    const outputsByNode = new Map(
      graph.node.map((node) => [plain.toPlain(node.name), node.output.filter((name) => name !== '')]),
    );
    const bodyNodes = listBodyNodes(graph);
    const constantDims = listConstantDims(graph);
    const bodyRuns = new Map<string, NodeDims[]>();
    const shapes = declaredShapes(graph, {});
    for (const [name, tensor] of Object.entries(feeds))
      shapes.set(name, { dims: tensor.dims, dataType: tensor.dataType });
    for (const event of events) {
      if (event.cat !== 'Node' || event.name?.endsWith('_kernel_time') !== true) continue;
      const name = event.name.slice(0, -'_kernel_time'.length);
      const inBody = bodyNodes.get(plain.toOriginal(name));
      if (inBody !== undefined) {
        const { input_type_shape: inputs, output_type_shape: made } = event.args ?? {};
        const dims = {
          input: alignDims(inBody.input, inputs ?? [], constantDims),
          output: alignDims(inBody.output, made ?? [], new Map()),
        };
        const known = bodyRuns.get(inBody.name);
        if (known === undefined) bodyRuns.set(inBody.name, [dims]);
        else known.push(dims);
      }
      const outputs = outputsByNode.get(name);
      const observed = event.args?.output_type_shape;
      if (outputs === undefined || observed?.length !== outputs.length) continue;
      outputs.forEach((output, index) => {
        const [type, dims] = Object.entries(observed[index]!)[0] ?? [];
        if (dims !== undefined) shapes.set(output, { dims, dataType: profileTypes[type ?? ''] ?? null });
      });
    }
    return Object.assign(shapes, { bodyRuns });
  } catch (error) {
    throw error instanceof AppError
      ? new AppError(error.code, mapTexts(error.said, plain.toOriginal), { cause: error })
      : error;
  }
}

/**
 * Says of inputs without a shape how many dimensions they are fed with. Then ONNX Runtime refuses, when it loads the model, what it
 * would abort on in its run: a recurrent layer, for one, reads dimensions that a scalar does not have.
 */
function declareFed(proto: ModelProto, feeds: Feeds): ModelProto {
  const graph = proto.graph!;
  const input = graph.input.map((value) => {
    const type = value.type?.value;
    const fed = lookUp(feeds, value.name);
    if (fed === undefined || type?.case !== 'tensorType' || type.value.shape !== undefined) return value;
    const shape = create(TensorShapeProtoSchema, { dim: fed.dims.map(() => ({})) });
    const tensorType = { case: 'tensorType', value: copyMessage(type.value, { shape }) } as const;
    return copyMessage(value, { type: copyMessage(value.type!, { value: tensorType }) });
  });
  return copyMessage(proto, { graph: copyMessage(graph, { input }) });
}

async function profileOnce(
  proto: ModelProto,
  config: Readonly<Record<string, string>>,
  feeds: Feeds,
): Promise<readonly ProfileEvent[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vernier-shapes-'));
  try {
    const session = await openSession(encodeModel(declareFed(proto, feeds)), {
      threads: 1,
      optimization: 'disabled',
      profilePrefix: join(folder, 'profile'),
      // For a single run weights need no copy in the order that kernels read fastest.
      config: { ...config, 'session.disable_prepacking': '1' },
    });
    try {
      await session.runPrepared(prepareFeeds(feeds));
    } finally {
      session.endProfiling();
      await session.release();
    }
    const file = (await readdir(folder)).find((name) => name.endsWith('.json'));
    if (file === undefined) throw new AppError('internal', tell('profileMissing'));
    return JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
