import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from '../onnx/proto/onnx_pb.js';
import type { Feeds } from '../tensor/tensor.ts';
import { copyMessage } from './edit.ts';
import { subgraphsOf } from './graph.ts';

/*
 * ONNX Runtime writes names into its profile as they are: with a quotation mark, a backslash or a line break in one, the profile
 * is no JSON, or another name is read. It also makes names of nodes out of names of tensors. And the nodes of a subgraph may be
 * called like those of the graph around it, or not at all, which the profile then calls like the Relu_3 of the user's.
 */

/** What JSON would write otherwise; names beyond this length only fill the profile, once a node and run. */
// eslint-disable-next-line no-control-regex -- these are what JSON must escape
const notPlain = /["\\\u0000-\u001f]/;
const longestName = 400;

export interface PlainNames {
  /** The model under plain names; the given one where all are plain. Shares weights with it. */
  readonly model: ModelProto;
  readonly isChanged: boolean;
  /** What a name of the user's model is called there. */
  readonly toPlain: (name: string) => string;
  /** A text in which plain names occur, such as one that ONNX Runtime made of them, with the user's. */
  readonly toOriginal: (text: string) => string;
}

interface Renamer {
  readonly value: (name: string) => string;
  /** Of the node of a subgraph or function. */
  readonly innerNode: (name: string) => string;
}

function renameTensor(tensor: TensorProto, rename: Renamer): TensorProto {
  const name = rename.value(tensor.name);
  return name === tensor.name ? tensor : copyMessage(tensor, { name });
}

function renameSparse(sparse: SparseTensorProto, rename: Renamer): SparseTensorProto {
  return sparse.values === undefined ? sparse : copyMessage(sparse, { values: renameTensor(sparse.values, rename) });
}

function renameAttribute(attribute: AttributeProto, rename: Renamer): AttributeProto {
  if (attribute.g === undefined && attribute.graphs.length === 0) return attribute;
  return copyMessage(attribute, {
    ...(attribute.g === undefined ? {} : { g: renameGraph(attribute.g, rename, rename.innerNode) }),
    graphs: attribute.graphs.map((graph) => renameGraph(graph, rename, rename.innerNode)),
  });
}

function renameNode(node: NodeProto, rename: Renamer, nodeName: (name: string) => string): NodeProto {
  return copyMessage(node, {
    name: nodeName(node.name),
    // Only a function of the model's own can be called anything but plain.
    opType: rename.value(node.opType),
    input: node.input.map(rename.value),
    output: node.output.map(rename.value),
    attribute: node.attribute.map((attribute) => renameAttribute(attribute, rename)),
  });
}

function renameGraph(graph: GraphProto, rename: Renamer, nodeName: (name: string) => string): GraphProto {
  const values = (list: GraphProto['input']): GraphProto['input'] =>
    list.map((value) => copyMessage(value, { name: rename.value(value.name) }));
  return copyMessage(graph, {
    node: graph.node.map((node) => renameNode(node, rename, nodeName)),
    input: values(graph.input),
    output: values(graph.output),
    valueInfo: values(graph.valueInfo),
    initializer: graph.initializer.map((tensor) => renameTensor(tensor, rename)),
    sparseInitializer: graph.sparseInitializer.map((sparse) => renameSparse(sparse, rename)),
    quantizationAnnotation: [],
  });
}

function renameFunction(entry: FunctionProto, rename: Renamer): FunctionProto {
  return copyMessage(entry, {
    name: rename.value(entry.name),
    input: entry.input.map(rename.value),
    output: entry.output.map(rename.value),
    node: entry.node.map((node) => renameNode(node, rename, rename.innerNode)),
    valueInfo: entry.valueInfo.map((value) => copyMessage(value, { name: rename.value(value.name) })),
  });
}

function* namesOfNodes(nodes: readonly NodeProto[]): Generator<string> {
  for (const node of nodes) {
    yield node.name;
    yield node.opType;
    yield* node.input;
    yield* node.output;
    for (const graph of subgraphsOf(node)) yield* namesOfGraph(graph);
  }
}

function* namesOfGraph(graph: GraphProto): Generator<string> {
  for (const { name } of [...graph.input, ...graph.output, ...graph.valueInfo, ...graph.initializer]) yield name;
  for (const { values } of graph.sparseInitializer) yield values?.name ?? '';
  yield* namesOfNodes(graph.node);
}

function* namesOf(model: ModelProto): Generator<string> {
  if (model.graph !== undefined) yield* namesOfGraph(model.graph);
  for (const entry of model.functions) {
    yield entry.name;
    yield* entry.input;
    yield* entry.output;
    yield* namesOfNodes(entry.node);
  }
}

export function renameFeeds(feeds: Feeds, rename: (name: string) => string): Feeds {
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [rename(name), tensor]));
}

function hasInnerNodes(model: ModelProto): boolean {
  return model.functions.length > 0 || (model.graph?.node.some((node) => subgraphsOf(node).length > 0) ?? false);
}

/** Whether one node is called what the profile calls another that has no name: `<op type>_<number>`. */
function confusesUnnamed(model: ModelProto): boolean {
  const nodes = model.graph?.node ?? [];
  const unnamed = new Set(nodes.filter((node) => node.name === '').map((node) => node.opType));
  return nodes.some((node) => unnamed.has(/^(.+)_\d+$/.exec(node.name)?.[1] ?? ''));
}

/**
 * Gives a model names that ONNX Runtime's profile can hold: what is not plain is replaced by a mark and a number.
 * @param options.inner gives every node of subgraphs and functions a name of its own, too, so that those of the main graph, which
 *   must have names of their own, can be told from them.
 */
export function usePlainNames(model: ModelProto, options: { readonly inner: boolean }): PlainNames {
  let mark = '@';
  let isPlain = !confusesUnnamed(model);
  for (const name of namesOf(model)) {
    // A longer mark than any name has in front of a digit.
    for (const [run] of name.matchAll(/@+(?=\d)/g)) if (run.length >= mark.length) mark = '@'.repeat(run.length + 1);
    if (notPlain.test(name) || name.length > longestName) isPlain = false;
  }
  const renamesInner = options.inner && hasInnerNodes(model);
  if (isPlain && !renamesInner) {
    return { model, isChanged: false, toPlain: (name) => name, toOriginal: (text) => text };
  }
  const plainNames = new Map<string, string>();
  const originals: string[] = [];
  const replace = (name: string): string => `${mark}${originals.push(name) - 1}@`;
  const value = (name: string): string => {
    if (!notPlain.test(name) && name.length <= longestName) return name;
    const plain = plainNames.get(name) ?? replace(name);
    plainNames.set(name, plain);
    return plain;
  };
  const rename: Renamer = { value, innerNode: renamesInner ? replace : value };
  const node = (name: string): string => (name === '' ? replace(name) : value(name));
  const placeholder = new RegExp(`${mark}(\\d+)@`, 'g');
  return {
    model: copyMessage(model, {
      ...(model.graph === undefined ? {} : { graph: renameGraph(model.graph, rename, node) }),
      functions: model.functions.map((entry) => renameFunction(entry, rename)),
    }),
    isChanged: true,
    toPlain: (name) => plainNames.get(name) ?? name,
    // What had no name keeps the one it was given.
    toOriginal: (text) => text.replace(placeholder, (found, index: string) => originals[Number(index)] || found),
  };
}
