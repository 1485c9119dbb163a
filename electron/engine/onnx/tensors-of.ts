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

/** The graphs that a node's attributes hold: the bodies of If, Loop and Scan. */
export function subgraphs(attributes: readonly AttributeProto[]): GraphProto[] {
  return attributes.flatMap((attribute) => [...(attribute.g === undefined ? [] : [attribute.g]), ...attribute.graphs]);
}

type SomeTensor = TensorProto | SparseTensorProto;

function* storedInAttribute(attribute: AttributeProto): Generator<SomeTensor> {
  if (attribute.t !== undefined) yield attribute.t;
  yield* attribute.tensors;
  if (attribute.sparseTensor !== undefined) yield attribute.sparseTensor;
  yield* attribute.sparseTensors;
  if (attribute.g !== undefined) yield* storedInGraph(attribute.g);
  for (const graph of attribute.graphs) yield* storedInGraph(graph);
}

function* storedInNodes(nodes: readonly NodeProto[]): Generator<SomeTensor> {
  for (const node of nodes) for (const attribute of node.attribute) yield* storedInAttribute(attribute);
}

function* storedInGraph(graph: GraphProto): Generator<SomeTensor> {
  yield* graph.initializer;
  yield* graph.sparseInitializer;
  yield* storedInNodes(graph.node);
}

/** Everything stored as a tensor anywhere in a model: initializers, attributes, subgraphs, functions, training graphs. */
function* storedIn(model: ModelProto): Generator<SomeTensor> {
  if (model.graph !== undefined) yield* storedInGraph(model.graph);
  for (const entry of model.functions) {
    yield* storedInNodes(entry.node);
    for (const attribute of entry.attributeProto) yield* storedInAttribute(attribute);
  }
  for (const training of model.trainingInfo) {
    if (training.initialization !== undefined) yield* storedInGraph(training.initialization);
    if (training.algorithm !== undefined) yield* storedInGraph(training.algorithm);
  }
}

export function* sparseTensorsOf(model: ModelProto): Generator<SparseTensorProto> {
  for (const stored of storedIn(model)) if (stored.$typeName === 'onnx.SparseTensorProto') yield stored;
}

/** Every dense tensor stored anywhere in a model; of sparse ones their values and indices. */
export function* tensorsOf(model: ModelProto): Generator<TensorProto> {
  for (const stored of storedIn(model)) {
    if (stored.$typeName === 'onnx.TensorProto') {
      yield stored;
      continue;
    }
    if (stored.values !== undefined) yield stored.values;
    if (stored.indices !== undefined) yield stored.indices;
  }
}
