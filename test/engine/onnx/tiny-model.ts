import { create } from '@bufbuild/protobuf';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  SparseTensorProtoSchema,
  TensorAnnotationSchema,
  TensorProto_DataType as ElementType,
  TensorProtoSchema,
  TrainingInfoProtoSchema,
  ValueInfoProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { intAttribute } from '../../../electron/engine/onnx/attributes.ts';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';

/** A folder that goes away after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-onnx-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function valueInfo(
  name: string,
  dims: readonly number[] = [1, 4],
  elemType: number = ElementType.FLOAT,
): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType,
          shape: { dim: dims.map((dim) => ({ value: { case: 'dimValue' as const, value: BigInt(dim) } })) },
        },
      },
    },
  });
}

export function node(opType: string, input: string[], output: string[], domain = ''): NodeProto {
  return create(NodeProtoSchema, { opType, input, output, name: `${opType}_${output[0] ?? ''}`, domain });
}

/** x -> Gemm(w, b) -> Relu -> y, with a Constant node that holds the bias. */
export function tinyModel(): ModelProto {
  const constant = node('Constant', [], ['b']);
  constant.attribute.push(
    create(AttributeProtoSchema, {
      name: 'value',
      type: AttributeType.TENSOR,
      t: makeTensor('', { dataType: 'float32', dims: [3], data: Float32Array.of(0.5, -0.5, 0.25) }),
    }),
  );
  const gemm = node('Gemm', ['x', 'w', 'b'], ['h']);
  gemm.attribute.push(intAttribute('transB', 1));
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: 17n }],
    producerName: 'test',
    graph: {
      name: 'tiny',
      node: [constant, gemm, node('Relu', ['h'], ['y'])],
      input: [valueInfo('x')],
      output: [valueInfo('y', [1, 3])],
      initializer: [
        makeTensor('w', {
          dataType: 'float32',
          dims: [3, 4],
          data: Float32Array.from({ length: 12 }, (_, i) => i / 8),
        }),
      ],
    },
  });
}

/** A node with one subgraph, as If has them. */
export function nodeWithGraph(opType: string, input: string[], output: string[], graph: GraphProto): NodeProto {
  const made = node(opType, input, output);
  made.attribute.push(create(AttributeProtoSchema, { name: 'body', type: AttributeType.GRAPH, g: graph }));
  return made;
}

/** The tiny model with everything in it that an ONNX file may hold. */
export function fullModel(): ModelProto {
  const model = tinyModel();
  const graph = model.graph!;
  model.docString = 'docs, with ünïcode';
  model.domain = 'org.example';
  model.modelVersion = -3n;
  model.producerVersion = '1.2';
  model.metadataProps.push({ $typeName: 'onnx.StringStringEntryProto', key: 'author', value: 'someone' });
  model.opsetImport.push({ $typeName: 'onnx.OperatorSetIdProto', domain: 'local', version: 1n });
  model.functions.push(
    create(FunctionProtoSchema, {
      name: 'Twice',
      domain: 'local',
      input: ['a'],
      output: ['c'],
      attribute: ['alpha'],
      attributeProto: [intAttribute('count', 2)],
      node: [node('Add', ['a', 'a'], ['c'])],
      opsetImport: [{ domain: '', version: 17n }],
      docString: 'twice',
    }),
  );
  graph.node.push(node('Twice', ['y'], ['z'], 'local'));
  graph.output.push(valueInfo('z', [1, 3]));
  graph.docString = 'graph docs';
  graph.valueInfo.push(valueInfo('h', [1, 3]));
  graph.quantizationAnnotation.push(
    create(TensorAnnotationSchema, {
      tensorName: 'w',
      quantParameterTensorNames: [{ key: 'SCALE_TENSOR', value: 'w_scale' }],
    }),
  );
  graph.initializer.push(
    create(TensorProtoSchema, {
      name: 'words',
      dataType: ElementType.STRING,
      dims: [2n],
      stringData: [new TextEncoder().encode('čaj'), Uint8Array.of(0xff, 0xfe)],
    }),
    create(TensorProtoSchema, {
      name: 'typed',
      dataType: ElementType.FLOAT,
      dims: [2n],
      floatData: [1.5, NaN],
      docString: 'typed docs',
    }),
  );
  graph.sparseInitializer.push(
    create(SparseTensorProtoSchema, {
      values: create(TensorProtoSchema, { name: 'sparse', dataType: ElementType.FLOAT, dims: [2n], floatData: [3, 4] }),
      indices: create(TensorProtoSchema, { dataType: ElementType.INT64, dims: [2n], int64Data: [1n, 7n] }),
      dims: [10n],
    }),
  );
  model.trainingInfo.push(
    create(TrainingInfoProtoSchema, {
      algorithm: create(GraphProtoSchema, { name: 'step', node: [node('Sub', ['w', 'rate'], ['w_new'])] }),
      updateBinding: [{ key: 'w', value: 'w_new' }],
    }),
  );
  // What a newer ONNX may add: unknown fields at several levels, of every wire type.
  const unknown = (no: number) => [
    { no, wireType: 0, data: Uint8Array.of(0x96, 0x01) },
    { no: no + 1, wireType: 2, data: Uint8Array.of(3, 1, 2, 3) },
    { no: no + 2, wireType: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    { no: no + 3, wireType: 5, data: Uint8Array.of(1, 2, 3, 4) },
  ];
  model.$unknown = unknown(200);
  graph.$unknown = unknown(300);
  graph.initializer[0]!.$unknown = unknown(400);
  graph.node[0]!.$unknown = unknown(500);
  return model;
}
