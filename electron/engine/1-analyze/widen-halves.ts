import { create } from '@bufbuild/protobuf';
import { copyMessage, createNamer, makeNode } from '../graph/edit.ts';
import { renameReaders } from '../graph/share-constants.ts';
import { namesElementType } from '../graph/ops/conversions.ts';
import { intAttribute } from '../onnx/attributes.ts';
import { isExternal } from '../onnx/external-data.ts';
import { mapTensors } from '../onnx/map-tensors.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProtoSchema,
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type TypeProto,
  type ValueInfoProto,
} from '../onnx/proto/onnx_pb.js';
import { readFloat32, tensorElementCount } from '../onnx/tensor-proto.ts';
import { dataTypes } from '../tensor/tensor.ts';

/*
 * A graph of half floats as one of float32 that computes the same, from which int8 can be planned: kernels for 8 bits have float32
 * around them, and ONNX Runtime computes half floats in float32 on CPUs anyway, between casts. What is fed and handed out stays
 * as it is, so that nobody who uses the model has to know.
 *
 *   x (float16) -> Conv -> y (float16)      x -> Cast -> Conv -> Cast -> y
 *
 * All half floats become float32, wherever a type is written: in weights, signatures of bodies, and attributes of operators and
 * functions. So no two neighbours can disagree, and a Cast to half floats in between becomes one of float32 to float32, which
 * is taken out.
 */

const half = dataTypes.float16.number;
const single = dataTypes.float32.number;

/** Weights with more elements stay as they are behind a Cast, which ONNX Runtime computes while it folds constants. */
const largestConverted = 1024;

export interface WidenedHalves {
  readonly proto: ModelProto;
  /** Casts that were put in at inputs and outputs. */
  readonly castCount: number;
}

/**
 * The same model in float32, with its inputs and outputs as they were; null for a model without half floats, and for one that is fed or
 * hands out sequences of them, which no Cast takes. Shares weights with its source.
 * @param outputHalves outputs that are half floats though the model does not declare it.
 */
export function widenHalves(
  source: ModelProto,
  folder: string,
  outputHalves: ReadonlySet<string> = new Set(),
): WidenedHalves | null {
  const graph = source.graph!;
  if ([...graph.input, ...graph.output].some(({ type }) => holdsHalves(type) && !isHalfTensor(type))) return null;
  const inputs = graph.input.filter(({ type }) => isHalfTensor(type));
  const outputs = graph.output.filter(({ name, type }) => isHalfTensor(type) || outputHalves.has(name));
  const widened = widenModel(source, folder);
  return widened === null ? null : castEnds(widened, inputs, outputs);
}

/** @returns null where there was nothing to widen. */
function widenModel(source: ModelProto, folder: string): ModelProto | null {
  let count = 0;
  const seen = <T>(value: T): T => {
    count++;
    return value;
  };
  const kept = new Map<TensorProto, TensorProto>();
  const converted = mapTensors(source, (tensor, place) => {
    if (tensor.dataType !== half) return tensor;
    const isLarge = isExternal(tensor) || tensorElementCount(tensor) > largestConverted;
    if (place !== 'main-initializer' || !isLarge) return seen(widenTensor(tensor, folder));
    kept.set(tensor, seen(tensor));
    return tensor;
  });
  const parameters = findTypeParameters(converted.functions);
  const widen: Widening = { parameters, seen };
  const namer = createNamer(converted.graph!);
  const graph = widenGraph(converted.graph!, widen);
  const casts = graph.initializer.flatMap((tensor, index) => {
    if (!kept.has(tensor)) return [];
    const stored = copyMessage(tensor, { name: namer(`${tensor.name}_half`) });
    graph.initializer[index] = stored;
    return [makeCast(stored.name, tensor.name, single, namer)];
  });
  graph.node = [...casts, ...graph.node];
  const functions = converted.functions.map((entry) => widenFunction(entry, widen));
  return count === 0 ? null : copyMessage(converted, { graph, functions });
}

function makeCast(input: string, output: string, to: number, namer: (base: string) => string): NodeProto {
  return makeNode('Cast', namer(`${input}_Cast`), [input], [output], [intAttribute('to', to)]);
}

function widenTensor(tensor: TensorProto, folder: string): TensorProto {
  const values = readFloat32(tensor, folder);
  return create(TensorProtoSchema, {
    name: tensor.name,
    docString: tensor.docString,
    dims: tensor.dims,
    dataType: single,
    rawData: new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength),
  });
}

interface Widening {
  /** Attributes that functions of the model hand on as types, by function. */
  readonly parameters: ReadonlyMap<string, ReadonlySet<string>>;
  /** Counts what was changed. */
  readonly seen: <T>(value: T) => T;
}

const keyOf = ({ domain, name }: { readonly domain: string; readonly name: string }): string => `${domain}:${name}`;

/** Whether an attribute of a node says what type of element is meant. */
function isType(
  node: NodeProto,
  { name }: AttributeProto,
  parameters: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const own = parameters.get(keyOf({ domain: node.domain, name: node.opType }));
  return own === undefined ? namesElementType(node, name) : own.has(name);
}

/** Which attributes of a model's functions are types, by what they hand them on to; also through functions in functions. */
function findTypeParameters(functions: readonly FunctionProto[]): Map<string, Set<string>> {
  const found = new Map(functions.map((entry) => [keyOf(entry), new Set<string>()]));
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const entry of functions) {
      const own = found.get(keyOf(entry))!;
      const before = own.size;
      for (const node of nodesWithin(entry.node)) {
        for (const attribute of node.attribute) {
          if (attribute.refAttrName !== '' && isType(node, attribute, found)) own.add(attribute.refAttrName);
        }
      }
      isNew ||= own.size > before;
    }
  }
  return found;
}

function nodesWithin(nodes: readonly NodeProto[]): NodeProto[] {
  return nodes.flatMap((node) => [
    node,
    ...node.attribute.flatMap(({ g, graphs }) =>
      [...(g === undefined ? [] : [g]), ...graphs].flatMap((body) => nodesWithin(body.node)),
    ),
  ]);
}

function widenFunction(entry: FunctionProto, widen: Widening): FunctionProto {
  const own = widen.parameters.get(keyOf(entry))!;
  return copyMessage(entry, {
    node: entry.node.map((node) => widenNode(node, widen)),
    valueInfo: entry.valueInfo.map((value) => widenValue(value, widen)),
    attributeProto: entry.attributeProto.map((attribute) => widenAttribute(attribute, own.has(attribute.name), widen)),
  });
}

function widenGraph(graph: GraphProto, widen: Widening): GraphProto {
  return copyMessage(graph, {
    node: graph.node.map((node) => widenNode(node, widen)),
    input: graph.input.map((value) => widenValue(value, widen)),
    output: graph.output.map((value) => widenValue(value, widen)),
    valueInfo: graph.valueInfo.map((value) => widenValue(value, widen)),
    initializer: [...graph.initializer],
  });
}

function widenNode(node: NodeProto, widen: Widening): NodeProto {
  return copyMessage(node, {
    input: [...node.input],
    output: [...node.output],
    attribute: node.attribute.map((attribute) =>
      widenAttribute(attribute, isType(node, attribute, widen.parameters), widen),
    ),
  });
}

function widenAttribute(attribute: AttributeProto, isOfType: boolean, widen: Widening): AttributeProto {
  const isInt = attribute.type === AttributeType.INT || attribute.type === AttributeType.UNDEFINED;
  if (isOfType && isInt && attribute.i === BigInt(half))
    return widen.seen(copyMessage(attribute, { i: BigInt(single) }));
  const { g, graphs, tp, typeProtos } = attribute;
  if (g === undefined && graphs.length === 0 && tp === undefined && typeProtos.length === 0) return attribute;
  return copyMessage(attribute, {
    ...(g === undefined ? {} : { g: widenGraph(g, widen) }),
    ...(tp === undefined ? {} : { tp: widenType(tp, widen) }),
    graphs: graphs.map((body) => widenGraph(body, widen)),
    typeProtos: typeProtos.map((type) => widenType(type, widen)),
  });
}

function widenValue(value: ValueInfoProto, widen: Widening): ValueInfoProto {
  return holdsHalves(value.type) ? copyMessage(value, { type: widenType(value.type!, widen) }) : value;
}

function isHalfTensor(type: TypeProto | undefined): boolean {
  return type?.value.case === 'tensorType' && type.value.value.elemType === half;
}

/** The types that a type is made of: of a sequence's elements, of a map's values. */
function innerType({ value }: TypeProto): TypeProto | undefined {
  if (value.case === 'sequenceType' || value.case === 'optionalType') return value.value.elemType;
  return value.case === 'mapType' ? value.value.valueType : undefined;
}

function holdsHalves(type: TypeProto | undefined): boolean {
  if (type === undefined) return false;
  const { value } = type;
  if (value.case === 'tensorType' || value.case === 'sparseTensorType') return value.value.elemType === half;
  return holdsHalves(innerType(type));
}

function widenType(type: TypeProto, widen: Widening): TypeProto {
  if (!holdsHalves(type)) return type;
  const { value } = type;
  if (value.case === 'tensorType')
    return copyMessage(type, {
      value: { case: value.case, value: copyMessage(value.value, { elemType: widen.seen(single) }) },
    });
  if (value.case === 'sparseTensorType')
    return copyMessage(type, {
      value: { case: value.case, value: copyMessage(value.value, { elemType: widen.seen(single) }) },
    });
  const inner = widenType(innerType(type)!, widen);
  if (value.case === 'mapType')
    return copyMessage(type, { value: { case: value.case, value: copyMessage(value.value, { valueType: inner }) } });
  return copyMessage(type, {
    value: { ...value, value: copyMessage(value.value!, { elemType: inner }) } as TypeProto['value'],
  });
}

/** Puts a Cast behind each input and before each output that is half floats for the model's user. Mutates what `widenModel` made. */
function castEnds(
  model: ModelProto,
  inputs: readonly ValueInfoProto[],
  outputs: readonly ValueInfoProto[],
): WidenedHalves {
  const graph = model.graph!;
  const namer = createNamer(graph);
  const given = new Map([...inputs, ...outputs].map((value) => [value.name, value]));
  graph.input = graph.input.map((value) => given.get(value.name) ?? value);
  graph.output = graph.output.map((value) => given.get(value.name) ?? value);
  graph.valueInfo = graph.valueInfo.filter(({ name }) => !given.has(name));
  const before: NodeProto[] = [];
  const after: NodeProto[] = [];
  const rename = (from: string): string => {
    const to = namer(`${from}_wide`);
    renameReaders(graph, from, to);
    return to;
  };
  for (const { name } of inputs) before.push(makeCast(name, rename(name), single, namer));
  const fed = new Set(graph.input.map(({ name }) => name));
  for (const { name } of outputs) {
    // What is fed may be handed out as it is.
    if (fed.has(name)) continue;
    const wide = rename(name);
    for (const node of graph.node) node.output = node.output.map((output) => (output === name ? wide : output));
    graph.initializer = graph.initializer.map((tensor) =>
      tensor.name === name ? copyMessage(tensor, { name: wide }) : tensor,
    );
    after.push(makeCast(wide, name, half, namer));
  }
  graph.node = [...before, ...graph.node, ...after];
  return { proto: model, castCount: before.length + after.length };
}
