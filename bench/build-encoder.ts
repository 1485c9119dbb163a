/**
 * An encoder as transformers have it, with seeded random weights: five layers of width 512 on 64 places, 15.8 million parameters, 63 MB.
 * What it answers is noise; what it costs is what a trained one costs.
 */
import { create } from '@bufbuild/protobuf';
import { makeNode } from '../electron/engine/graph/edit.ts';
import { floatAttribute, intAttribute, intsAttribute } from '../electron/engine/onnx/attributes.ts';
import { makeTensor } from '../electron/engine/onnx/tensor-proto.ts';
import { writeModel } from '../electron/engine/onnx/write-model.ts';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from '../electron/engine/onnx/proto/onnx_pb.js';
import { createRandom } from '../electron/engine/tensor/random.ts';
import { describeTensor } from './build-resnet50.ts';

const [layers, width, inner, heads, places] = [5, 512, 2048, 8, 64];

export async function buildEncoder(path: string, seed: number): Promise<void> {
  const random = createRandom(seed);
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const store = (name: string, dims: number[], value: () => number): string => {
    const data = Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, value);
    initializers.push(makeTensor(name, { dataType: 'float32', dims, data }));
    return name;
  };
  const apply = (opType: string, name: string, input: string[], attributes: AttributeProto[] = []): string => {
    nodes.push(makeNode(opType, name, input, [`${name}.out`], attributes));
    return `${name}.out`;
  };
  /** Weights of even spread with deviation 1 / sqrt(rows), and a bias. */
  const linear = (name: string, input: string, rows: number, columns: number): string => {
    const weight = store(`${name}.weight`, [rows, columns], () => (random() - 0.5) * Math.sqrt(12 / rows));
    const bias = store(`${name}.bias`, [columns], () => 0.05 * (random() - 0.5));
    return apply('Add', `${name}.add`, [apply('MatMul', name, [input, weight]), bias]);
  };
  const normalize = (name: string, input: string): string => {
    const [scale, shift] = [store(`${name}.scale`, [width], () => 1), store(`${name}.shift`, [width], () => 0)];
    return apply('LayerNormalization', name, [input, scale, shift], [floatAttribute('epsilon', 1e-5)]);
  };
  const shape = (name: string, dims: number[]): string => {
    const data = BigInt64Array.from(dims, BigInt);
    initializers.push(makeTensor(name, { dataType: 'int64', dims: [dims.length], data }));
    return name;
  };
  const [inHeads, together] = [shape('in_heads', [0, 0, heads, width / heads]), shape('together', [0, 0, width])];
  const scale = store('attention.scale', [], () => Math.sqrt(heads / width));
  let tensor = 'x';
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string): string => `layer${layer}.${part}`;
    const part = (kind: string, order: number[]): string => {
      const split = apply('Reshape', name(`${kind}.split`), [linear(name(kind), tensor, width, width), inHeads]);
      return apply('Transpose', name(`${kind}.turn`), [split], [intsAttribute('perm', order)]);
    };
    const [query, key, value] = [part('query', [0, 2, 1, 3]), part('key', [0, 2, 3, 1]), part('value', [0, 2, 1, 3])];
    const scores = apply('Mul', name('scaled'), [apply('MatMul', name('scores'), [query, key]), scale]);
    const shares = apply('Softmax', name('shares'), [scores], [intAttribute('axis', -1)]);
    const mixed = apply('MatMul', name('mixed'), [shares, value]);
    const turned = apply('Transpose', name('back'), [mixed], [intsAttribute('perm', [0, 2, 1, 3])]);
    const attended = linear(name('output'), apply('Reshape', name('joined'), [turned, together]), width, width);
    tensor = normalize(name('norm1'), apply('Add', name('residual1'), [tensor, attended]));
    const wide = apply('Relu', name('relu'), [linear(name('wide'), tensor, width, inner)]);
    const narrow = linear(name('narrow'), wide, inner, width);
    tensor = normalize(name('norm2'), apply('Add', name('residual2'), [tensor, narrow]));
  }
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'vernier-bench',
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 17n })],
    graph: create(GraphProtoSchema, {
      name: 'encoder',
      node: nodes,
      initializer: initializers,
      input: [describeTensor('x', [1, places, width])],
      output: [describeTensor(tensor, [1, places, width])],
    }),
  });
  await writeModel(model, path, { externalData: 'inline' });
}
