import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { listConstants } from '../onnx/initializers.ts';
import type { ModelInFolder } from '../onnx/read-model.ts';
import { Weights } from '../onnx/weights.ts';

/** A read-only index over a model's main graph: who makes and who uses each tensor. Built once per graph version. */
export interface Graph {
  readonly model: ModelProto;
  readonly nodes: readonly NodeProto[];
  /** Graph inputs that are fed at run time (initializers listed as inputs are left out). */
  readonly inputNames: readonly string[];
  readonly outputNames: ReadonlySet<string>;
  /** Initializers and Constant nodes by tensor name. */
  readonly constants: ReadonlyMap<string, TensorProto>;
  /** Reads them. */
  readonly weights: Weights;
  readonly producers: ReadonlyMap<string, NodeProto>;
  /** Main-graph consumers of a tensor, one entry a use. */
  readonly consumers: ReadonlyMap<string, readonly NodeProto[]>;
  /** Tensors read from inside subgraphs (If, Loop, Scan bodies). */
  readonly capturedNames: ReadonlySet<string>;
}

export function subgraphsOf(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap((attribute: AttributeProto) => [
    ...(attribute.g === undefined ? [] : [attribute.g]),
    ...attribute.graphs,
  ]);
}

function collectCaptured(graph: GraphProto, into: Set<string>): void {
  for (const node of graph.node) {
    for (const name of node.input) if (name !== '') into.add(name);
    for (const inner of subgraphsOf(node)) collectCaptured(inner, into);
  }
  for (const output of graph.output) into.add(output.name);
}

/** Tensors that a node's subgraphs read: their own, and those of the graph around them. */
export function namesCapturedBy(node: NodeProto): ReadonlySet<string> {
  const names = new Set<string>();
  for (const inner of subgraphsOf(node)) collectCaptured(inner, names);
  return names;
}

export function indexGraph({ proto: model, folder }: ModelInFolder): Graph {
  const graph = model.graph!;
  const producers = new Map<string, NodeProto>();
  const consumers = new Map<string, NodeProto[]>();
  const capturedNames = new Set<string>();
  for (const node of graph.node) {
    for (const output of node.output) if (output !== '') producers.set(output, node);
    for (const input of node.input) {
      if (input === '') continue;
      const users = consumers.get(input);
      if (users === undefined) consumers.set(input, [node]);
      else users.push(node);
    }
    for (const name of namesCapturedBy(node)) capturedNames.add(name);
  }
  const initializerNames = new Set(graph.initializer.map((tensor) => tensor.name));
  return {
    model,
    nodes: graph.node,
    inputNames: graph.input.map((input) => input.name).filter((name) => !initializerNames.has(name)),
    outputNames: new Set(graph.output.map((output) => output.name)),
    constants: listConstants(graph),
    weights: new Weights({ folder }),
    producers,
    consumers,
    capturedNames,
  };
}

/** The version of an operator set the model imports; 0 when it does not. */
export function opsetVersion(model: ModelProto, domain: '' | 'com.microsoft' | 'ai.onnx.ml' = ''): number {
  const found = model.opsetImport.find(
    (entry) => entry.domain === domain || (domain === '' && entry.domain === 'ai.onnx'),
  );
  return found === undefined ? 0 : Number(found.version);
}

/** True for operators of the standard domain. */
export function isStandardOp(node: NodeProto): boolean {
  return node.domain === '' || node.domain === 'ai.onnx';
}

/** True if the model's user reads a tensor, or a subgraph. */
export function isReadOutside(tensor: string, graph: Graph): boolean {
  return graph.outputNames.has(tensor) || graph.capturedNames.has(tensor);
}

/** The one node that reads a tensor; null if others do, or the model's user, or a subgraph. */
export function soleConsumer(tensor: string, graph: Graph): NodeProto | null {
  const users = graph.consumers.get(tensor) ?? [];
  return users.length === 1 && !isReadOutside(tensor, graph) ? users[0]! : null;
}
