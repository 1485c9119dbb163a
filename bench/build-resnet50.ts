/**
 * ResNet-50 v1.5 (He et al. 2015; stride in the 3x3) with BatchNorm already folded and seeded random weights: 25.5 million
 * parameters, about 102 MB. What it answers is noise; what it costs is what a trained one costs.
 */
import { create } from '@bufbuild/protobuf';
import { makeNode } from '../electron/engine/graph/edit.ts';
import { floatAttribute, intAttribute, intsAttribute } from '../electron/engine/onnx/attributes.ts';
import { writeModel } from '../electron/engine/onnx/write-model.ts';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  ValueInfoProtoSchema,
  type NodeProto,
  type TensorProto,
} from '../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../electron/engine/onnx/tensor-proto.ts';
import { createRandom } from '../electron/engine/tensor/random.ts';

const stages = [
  { blocks: 3, width: 64, stride: 1 },
  { blocks: 4, width: 128, stride: 2 },
  { blocks: 6, width: 256, stride: 2 },
  { blocks: 3, width: 512, stride: 2 },
];

export function describeTensor(name: string, dims: readonly (number | string)[]) {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: 1,
          shape: {
            dim: dims.map((dim) => ({
              value:
                typeof dim === 'number'
                  ? { case: 'dimValue' as const, value: BigInt(dim) }
                  : { case: 'dimParam' as const, value: dim },
            })),
          },
        },
      },
    },
  });
}

export async function buildResnet50(path: string, seed: number): Promise<void> {
  const random = createRandom(seed);
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  /** Normal values by the polar method's simpler sibling (Box and Muller 1958). */
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const weight = (name: string, dims: number[], fanIn: number, gain: number): string => {
    const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    const deviation = gain * Math.sqrt(2 / fanIn);
    for (let index = 0; index < data.length; index++) data[index] = deviation * normal();
    initializers.push(makeTensor(name, { dataType: 'float32', dims, data }));
    return name;
  };
  const conv = (
    name: string,
    input: string,
    from: number,
    to: number,
    kernel: number,
    stride: number,
    gain: number,
  ) => {
    const bias = new Float32Array(to).map(() => 0.05 * normal());
    initializers.push(makeTensor(`${name}.bias`, { dataType: 'float32', dims: [to], data: bias }));
    const pad = (kernel - 1) / 2;
    nodes.push(
      makeNode(
        'Conv',
        name,
        [input, weight(`${name}.weight`, [to, from, kernel, kernel], from * kernel * kernel, gain), `${name}.bias`],
        [`${name}.out`],
        [
          intsAttribute('kernel_shape', [kernel, kernel]),
          intsAttribute('strides', [stride, stride]),
          intsAttribute('pads', [pad, pad, pad, pad]),
        ],
      ),
    );
    return `${name}.out`;
  };
  const relu = (name: string, input: string): string => {
    nodes.push(makeNode('Relu', name, [input], [`${name}.out`]));
    return `${name}.out`;
  };

  let tensor = relu('stem.relu', conv('stem.conv', 'image', 3, 64, 7, 2, 1));
  nodes.push(
    makeNode(
      'MaxPool',
      'stem.pool',
      [tensor],
      ['stem.pool.out'],
      [intsAttribute('kernel_shape', [3, 3]), intsAttribute('strides', [2, 2]), intsAttribute('pads', [1, 1, 1, 1])],
    ),
  );
  tensor = 'stem.pool.out';
  let channels = 64;
  stages.forEach(({ blocks, width, stride }, stage) => {
    for (let block = 0; block < blocks; block++) {
      const name = `stage${stage + 1}.block${block + 1}`;
      const step = block === 0 ? stride : 1;
      const shortcut = block === 0 ? conv(`${name}.shortcut`, tensor, channels, 4 * width, 1, step, 0.7) : tensor;
      let branch = relu(`${name}.relu1`, conv(`${name}.conv1`, tensor, channels, width, 1, 1, 1));
      branch = relu(`${name}.relu2`, conv(`${name}.conv2`, branch, width, width, 3, step, 1));
      // A small gain keeps sixteen residual additions from growing without end, as trained networks do.
      branch = conv(`${name}.conv3`, branch, width, 4 * width, 1, 1, 0.3);
      nodes.push(makeNode('Add', `${name}.add`, [branch, shortcut], [`${name}.add.out`]));
      tensor = relu(`${name}.relu3`, `${name}.add.out`);
      channels = 4 * width;
    }
  });
  nodes.push(makeNode('GlobalAveragePool', 'pool', [tensor], ['pool.out']));
  nodes.push(makeNode('Flatten', 'flatten', ['pool.out'], ['flatten.out'], [intAttribute('axis', 1)]));
  weight('fc.weight', [1000, channels], channels, 1);
  initializers.push(makeTensor('fc.bias', { dataType: 'float32', dims: [1000], data: new Float32Array(1000) }));
  nodes.push(
    makeNode(
      'Gemm',
      'fc',
      ['flatten.out', 'fc.weight', 'fc.bias'],
      ['logits'],
      [intAttribute('transB', 1), floatAttribute('alpha', 1), floatAttribute('beta', 1)],
    ),
  );
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'vernier-bench',
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 17n })],
    graph: create(GraphProtoSchema, {
      name: 'resnet50',
      node: nodes,
      initializer: initializers,
      input: [describeTensor('image', ['N', 3, 224, 224])],
      output: [describeTensor('logits', ['N', 1000])],
    }),
  });
  await writeModel(model, path, { externalData: 'inline' });
}
