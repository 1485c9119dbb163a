import { create } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  SparseTensorProtoSchema,
  TrainingInfoProtoSchema,
} from './proto/onnx_pb.js';
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from './proto/onnx_pb.js';

/** Where a tensor stands: among a graph's dense initializers (`main` graph or a subgraph), or anywhere else. */
export type TensorPlace = 'main-initializer' | 'initializer' | 'other';

export type TensorMapping = (tensor: TensorProto, place: TensorPlace) => TensorProto;

/** Maps a list; the same list when nothing changed. */
function mapList<Item>(items: Item[], map: (item: Item) => Item): Item[] {
  const mapped = items.map(map);
  return mapped.some((item, index) => item !== items[index]) ? mapped : items;
}

/** The message with some fields replaced; itself when they are the same. Own fields only, so presence is kept. */
function withFields<Message extends object>(message: Message, empty: () => Message, fields: Partial<Message>): Message {
  const changed = (Object.keys(fields) as (keyof Message)[]).filter((key) => fields[key] !== message[key]);
  if (changed.length === 0) return message;
  const copy = Object.assign(empty(), message);
  for (const key of changed) copy[key] = fields[key]!;
  return copy;
}

function mapSparse(sparse: SparseTensorProto, map: TensorMapping): SparseTensorProto {
  return withFields<SparseTensorProto>(sparse, () => create(SparseTensorProtoSchema), {
    values: sparse.values && map(sparse.values, 'other'),
    indices: sparse.indices && map(sparse.indices, 'other'),
  });
}

function mapAttribute(attribute: AttributeProto, map: TensorMapping): AttributeProto {
  return withFields<AttributeProto>(attribute, () => create(AttributeProtoSchema), {
    t: attribute.t && map(attribute.t, 'other'),
    tensors: mapList(attribute.tensors, (tensor) => map(tensor, 'other')),
    sparseTensor: attribute.sparseTensor && mapSparse(attribute.sparseTensor, map),
    sparseTensors: mapList(attribute.sparseTensors, (sparse) => mapSparse(sparse, map)),
    g: attribute.g && mapGraph(attribute.g, map, 'initializer'),
    graphs: mapList(attribute.graphs, (graph) => mapGraph(graph, map, 'initializer')),
  });
}

function mapNode(node: NodeProto, map: TensorMapping): NodeProto {
  return withFields<NodeProto>(node, () => create(NodeProtoSchema), {
    attribute: mapList(node.attribute, (attribute) => mapAttribute(attribute, map)),
  });
}

function mapGraph(graph: GraphProto, map: TensorMapping, place: TensorPlace): GraphProto {
  return withFields<GraphProto>(graph, () => create(GraphProtoSchema), {
    initializer: mapList(graph.initializer, (tensor) => map(tensor, place)),
    sparseInitializer: mapList(graph.sparseInitializer, (sparse) => mapSparse(sparse, map)),
    node: mapList(graph.node, (node) => mapNode(node, map)),
  });
}

/**
 * A model with every stored tensor replaced by `map(tensor)`. The given model is left as it is; what did not change is
 * shared with it.
 */
export function mapTensors(model: ModelProto, map: TensorMapping): ModelProto {
  return withFields<ModelProto>(model, () => create(ModelProtoSchema), {
    graph: model.graph && mapGraph(model.graph, map, 'main-initializer'),
    functions: mapList(model.functions, (entry) =>
      withFields(entry, () => create(FunctionProtoSchema), {
        node: mapList(entry.node, (node) => mapNode(node, map)),
        attributeProto: mapList(entry.attributeProto, (attribute) => mapAttribute(attribute, map)),
      }),
    ),
    trainingInfo: mapList(model.trainingInfo, (training) =>
      withFields<typeof training>(training, () => create(TrainingInfoProtoSchema), {
        initialization: training.initialization && mapGraph(training.initialization, map, 'initializer'),
        algorithm: training.algorithm && mapGraph(training.algorithm, map, 'initializer'),
      }),
    ),
  });
}
