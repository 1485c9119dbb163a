import { copyMessage } from '../graph/edit.ts';
import { isQuantize, isQuantizeOrDequantize } from '../graph/ops/conversions.ts';
import { tensorByteLength } from '../onnx/tensor-proto.ts';
import { TensorProto_DataLocation, type GraphProto, type ModelProto, type NodeProto } from '../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { TensorPair } from './layer-error.ts';

/*
 * The error that a layer makes itself: what it hands out when everything before it is exact. One graph holds the float model and
 * beside it every layer of the compressed one, each fed with the float model's own tensors, rounded as the layer's inputs are.
 * So one run per sample measures all layers, at about the cost of both models.
 */

/** Inline weights of both models beyond this are not held twice. */
const mostBytes = 1_000_000_000;
export const prefix = 'alone/';

export interface AloneModel {
  readonly model: OnnxModel;
  /** Float tensors, and what each layer makes of exact inputs. */
  readonly pairs: readonly TensorPair[];
}

const isExternal = (graph: GraphProto): boolean =>
  graph.initializer.some(({ dataLocation }) => dataLocation === TensorProto_DataLocation.EXTERNAL);

const hasBodies = ({ node }: GraphProto): boolean =>
  node.some(({ attribute }) => attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0));

const bytesOf = ({ initializer }: GraphProto): number =>
  initializer.reduce(
    (sum, tensor) => sum + (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL ? 0 : tensorByteLength(tensor)),
    0,
  );

const versionOf = ({ opsetImport }: ModelProto): bigint | undefined =>
  opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;

/** Whether both can stand in one graph, and in memory. */
function canJoin(float: OnnxModel, compressed: OnnxModel): boolean {
  const [mine, theirs] = [float.proto.graph!, compressed.proto.graph!];
  return (
    // Inside bodies names of the graph around them are used, which nobody renames here.
    !hasBodies(mine) &&
    !hasBodies(theirs) &&
    float.proto.functions.length + compressed.proto.functions.length === 0 &&
    versionOf(float.proto) === versionOf(compressed.proto) &&
    (float.folder === compressed.folder || !(isExternal(mine) || isExternal(theirs))) &&
    bytesOf(mine) + bytesOf(theirs) <= mostBytes
  );
}

/** The two nodes that round a tensor; null where its stand-in is computed otherwise. */
function roundingOf(tensor: string, producers: ReadonlyMap<string, NodeProto>): [NodeProto, NodeProto] | null {
  const back = producers.get(tensor);
  const forth = back !== undefined && isQuantizeOrDequantize(back) ? producers.get(back.input[0]!) : undefined;
  return back === undefined || forth === undefined || !isQuantize(forth) ? null : [forth, back];
}

/**
 * Both models in one graph, the compressed one cut before each of its layers.
 * @param pairs what each low-bit tensor of the compressed model stands for in the float one.
 * @returns null where it cannot be built: control flow, functions, different opsets, or more than 1 GB of weights.
 */
export function buildAloneModel(
  float: OnnxModel,
  compressed: OnnxModel,
  pairs: readonly TensorPair[],
): AloneModel | null {
  if (pairs.length === 0 || !canJoin(float, compressed)) return null;
  const [mine, theirs] = [float.proto.graph!, compressed.proto.graph!];
  const exact = new Set([...mine.input.map(({ name }) => name), ...mine.node.flatMap(({ output }) => output)]);
  const producers = new Map(theirs.node.flatMap((node) => node.output.map((output) => [output, node] as const)));
  const known = pairs.filter(({ before }) => exact.has(before));
  const floatOf = new Map(known.map(({ before, after }) => [after, before]));
  const roundings = new Map(known.map(({ after }) => [after, roundingOf(after, producers)]));
  const rounding = new Set([...roundings.values()].flatMap((nodes) => nodes ?? []));

  const isInput = new Set(theirs.input.map(({ name }) => name));
  /** What a layer reads: exact values, rounded where the compressed model rounds them; else what belongs to it alone. */
  const source = (name: string): string => {
    if (name === '') return '';
    if (floatOf.has(name)) return roundings.get(name) === null ? floatOf.get(name)! : `${prefix}fed/${name}`;
    return isInput.has(name) || (exact.has(name) && producers.has(name)) ? name : prefix + name;
  };
  const own = (name: string): string => (name === '' ? '' : isInput.has(name) ? name : prefix + name);

  const layers = theirs.node.map((node) =>
    copyMessage(node, {
      name: prefix + node.name,
      input: node.input.map(rounding.has(node) ? own : source),
      output: node.output.map((name) => (name === '' ? '' : prefix + name)),
    }),
  );
  const feeding = [...roundings].flatMap(([after, nodes]) => {
    if (nodes === null) return [];
    const [forth, back] = nodes;
    const integers = `${prefix}fed/integers/${after}`;
    return [
      copyMessage(forth, {
        name: `${prefix}fed/${after}/quantize`,
        input: [floatOf.get(after)!, ...forth.input.slice(1).map(own)],
        output: [integers],
      }),
      copyMessage(back, {
        name: `${prefix}fed/${after}/dequantize`,
        input: [integers, ...back.input.slice(1).map(own)],
        output: [`${prefix}fed/${after}`],
      }),
    ];
  });
  const domains = new Map(
    [...float.proto.opsetImport, ...compressed.proto.opsetImport].map((entry) => [entry.domain, entry]),
  );
  const graph = copyMessage(mine, {
    node: [...mine.node, ...feeding, ...layers],
    initializer: [
      ...mine.initializer,
      ...theirs.initializer.map((tensor) => copyMessage(tensor, { name: prefix + tensor.name })),
    ],
    valueInfo: [],
  });
  return {
    model: {
      ...float,
      proto: copyMessage(float.proto, { graph, opsetImport: [...domains.values()] }),
    },
    pairs: known
      .filter(({ after }) => !isInput.has(roundings.get(after)?.[0].input[0] ?? ''))
      .map(({ before, after }) => ({ before, after: prefix + after })),
  };
}
