import { create } from '@bufbuild/protobuf';
import { NodeProtoSchema, OperatorSetIdProtoSchema, ValueInfoProtoSchema } from '../onnx/proto/onnx_pb.js';
import type { AttributeProto, GraphProto, ModelProto, NodeProto } from '../onnx/proto/onnx_pb.js';
import { namesCapturedBy, subgraphsOf } from './graph.ts';

/**
 * A shallow copy of a protobuf message with some fields replaced. Unlike a spread it keeps the prototype, where proto2
 * defaults live, and unlike `clone` it shares weights with the source.
 */
export function copyMessage<T extends object>(message: T, changes: Partial<T>): T {
  const prototype = Object.getPrototypeOf(message) as object | null;
  return Object.assign(Object.create(prototype) as T, message, changes);
}

export function makeNode(
  opType: string,
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly AttributeProto[] = [],
  domain = '',
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    name,
    input: [...inputs],
    output: [...outputs],
    attribute: [...attributes],
    domain,
  });
}

/** Subgraphs of all nodes of a graph, one level down. */
export function subgraphsOfGraph(graph: GraphProto): GraphProto[] {
  return graph.node.flatMap(subgraphsOf);
}

/** Nodes of a graph, then those of all bodies below it. */
export function everyNode(graph: GraphProto): NodeProto[] {
  return [...graph.node, ...subgraphsOfGraph(graph).flatMap(everyNode)];
}

/** Hands out names no tensor or node of the graph has, from a readable base. */
export function createNamer(graph: GraphProto): (base: string) => string {
  const taken = new Set<string>();
  const collect = (part: GraphProto): void => {
    for (const node of part.node) {
      taken.add(node.name);
      for (const name of [...node.input, ...node.output]) taken.add(name);
      for (const inner of subgraphsOf(node)) collect(inner);
    }
    for (const value of [...part.input, ...part.output]) taken.add(value.name);
    for (const tensor of part.initializer) taken.add(tensor.name);
  };
  collect(graph);
  return (base) => {
    let name = base;
    for (let suffix = 1; taken.has(name); suffix++) name = `${base}_${suffix}`;
    taken.add(name);
    return name;
  };
}

/**
 * Gives every unnamed or doubly named node a name of its own, so that figures can be traced; one that has a name nobody used
 * before it keeps it. Mutates a private copy.
 */
export function nameNodes(graph: GraphProto): { readonly named: number } {
  const nodes = everyNode(graph);
  const taken = new Set(nodes.map((node) => node.name));
  const seen = new Set<string>();
  let named = 0;
  for (const node of nodes) {
    let name = node.name;
    if (name === '' || seen.has(name)) {
      const base =
        name === '' ? `${node.opType}_${node.output.find((output) => output !== '') ?? String(named)}` : name;
      name = base;
      for (let suffix = 1; taken.has(name); suffix++) name = `${base}_${suffix}`;
      taken.add(name);
      node.name = name;
      named++;
    }
    seen.add(name);
  }
  return { named };
}

/**
 * Takes empty names off the end of outputs, in bodies too: they say what leaving them out says, and ONNX Runtime's layout
 * optimizer loses its way on them. Mutates a private copy.
 */
export function trimOutputs(graph: GraphProto): void {
  for (const node of graph.node) {
    while (node.output.at(-1) === '') node.output.pop();
  }
  for (const body of subgraphsOfGraph(graph)) trimOutputs(body);
}

export function ensureOpset(model: ModelProto, domain: string, version: number): void {
  if (model.opsetImport.some((entry) => entry.domain === domain)) return;
  model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }));
}

/** Drops imports of domains no node uses: ONNX Runtime lists all it knows in the models it writes. */
export function pruneOpsets(model: ModelProto): void {
  const used = new Set<string>(['', 'ai.onnx']);
  const collect = (graph: GraphProto): void => {
    for (const node of graph.node) {
      used.add(node.domain);
      for (const inner of subgraphsOf(node)) collect(inner);
    }
  };
  collect(model.graph!);
  for (const func of model.functions) {
    used.add(func.domain);
    for (const entry of func.opsetImport) used.add(entry.domain);
  }
  model.opsetImport = model.opsetImport.filter((entry) => used.has(entry.domain));
}

/** Removes initializers nothing reads any more. */
export function pruneInitializers(graph: GraphProto): void {
  const used = new Set<string>(graph.output.map((output) => output.name));
  const collect = (part: GraphProto): void => {
    for (const node of part.node) {
      for (const input of node.input) used.add(input);
      for (const inner of subgraphsOf(node)) collect(inner);
    }
    for (const output of part.output) used.add(output.name);
  };
  collect(graph);
  graph.initializer = graph.initializer.filter((tensor) => used.has(tensor.name));
}

/**
 * A model that ends at these tensors: they are its outputs, and what nothing of them needs is gone. Shares weights with its
 * source.
 */
export function cutModel(model: ModelProto, tensors: readonly string[]): ModelProto {
  const graph = model.graph!;
  const needed = new Set(tensors);
  const nodes: NodeProto[] = [];
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((name) => name !== '' && needed.has(name))) continue;
    for (const name of [...node.input, ...namesCapturedBy(node)]) needed.add(name);
    nodes.push(node);
  }
  const known = new Map(graph.output.map((output) => [output.name, output]));
  const cut = copyMessage(graph, {
    node: nodes.reverse(),
    // Their types are ONNX Runtime's to find.
    output: tensors.map((name) => known.get(name) ?? create(ValueInfoProtoSchema, { name })),
    initializer: [...graph.initializer],
  });
  pruneInitializers(cut);
  return copyMessage(model, { graph: cut });
}
