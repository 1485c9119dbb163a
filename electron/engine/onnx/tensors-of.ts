import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from './proto/onnx_pb.js';

/** The ONNX standard domain goes by two names. */
export function isStandardDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function* tensorsOfSparse(sparse: SparseTensorProto): Generator<TensorProto> {
  if (sparse.values !== undefined) yield sparse.values;
  if (sparse.indices !== undefined) yield sparse.indices;
}

function* tensorsOfAttribute(attribute: AttributeProto): Generator<TensorProto> {
  if (attribute.t !== undefined) yield attribute.t;
  yield* attribute.tensors;
  if (attribute.sparseTensor !== undefined) yield* tensorsOfSparse(attribute.sparseTensor);
  for (const sparse of attribute.sparseTensors) yield* tensorsOfSparse(sparse);
  if (attribute.g !== undefined) yield* tensorsOfGraph(attribute.g);
  for (const graph of attribute.graphs) yield* tensorsOfGraph(graph);
}

function* tensorsOfNodes(nodes: readonly NodeProto[]): Generator<TensorProto> {
  for (const node of nodes) for (const attribute of node.attribute) yield* tensorsOfAttribute(attribute);
}

/** Every tensor stored in a graph: initializers dense and sparse, attributes, and those of subgraphs. */
export function* tensorsOfGraph(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const sparse of graph.sparseInitializer) yield* tensorsOfSparse(sparse);
  yield* tensorsOfNodes(graph.node);
}

/** Every tensor stored anywhere in a model, functions and training graphs included. */
export function* tensorsOf(model: ModelProto): Generator<TensorProto> {
  if (model.graph !== undefined) yield* tensorsOfGraph(model.graph);
  for (const entry of model.functions) {
    yield* tensorsOfNodes(entry.node);
    for (const attribute of entry.attributeProto) yield* tensorsOfAttribute(attribute);
  }
  for (const training of model.trainingInfo) {
    if (training.initialization !== undefined) yield* tensorsOfGraph(training.initialization);
    if (training.algorithm !== undefined) yield* tensorsOfGraph(training.algorithm);
  }
}
