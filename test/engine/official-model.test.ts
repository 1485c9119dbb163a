/** Against the official int8 MobileNetV2 of the ONNX model zoo, made from the same weights by ONNX Runtime's quantizer. */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { recipePresets, type Recipe } from '../../shared/recipe.ts';
import { prepareModel } from '../../electron/engine/1-analyze/prepare.ts';
import { quantizeBias } from '../../electron/engine/4-quantize/weights.ts';
import { indexGraph, type Graph } from '../../electron/engine/graph/graph.ts';
import { readModel } from '../../electron/engine/onnx/read-model.ts';
import type { ModelProto, NodeProto } from '../../electron/engine/onnx/proto/onnx_pb.js';
import { readTensor, toFloat32 } from '../../electron/engine/onnx/tensor-proto.ts';
import { assetPath, skipWithout } from './assets.ts';
import { inMemory, noise, quantize } from './build-model.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

interface Layer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly weight: Int8Array;
  readonly weightScale: number;
  readonly inputScale: number;
  /** Null without a bias, or when it is not int32. */
  readonly bias: { readonly data: Int32Array; readonly scale: number } | null;
}

/** Layers with int8 weights in the order of the graph; a matrix always as outputs x inputs. */
function layersOf(model: ModelProto): Layer[] {
  const graph = indexGraph(inMemory(model));
  return graph.nodes.flatMap((node): Layer[] => {
    if (!['Conv', 'Gemm', 'MatMul'].includes(node.opType)) return [];
    const weight = dequantizer(graph, node, 1);
    const bias = node.input[2] === undefined ? null : dequantizer(graph, node, 2);
    const tensor = readTensor(graph.constants.get(weight.input[0]!)!, '');
    const isTransposed = node.opType === 'MatMul' || (node.opType === 'Gemm' && !hasTransB(node));
    const data = tensor.data as Int8Array;
    return [
      {
        name: node.name,
        dims: isTransposed ? tensor.dims.toReversed() : tensor.dims,
        weight: isTransposed ? transpose(data, tensor.dims[0]!, tensor.dims[1]!) : data,
        weightScale: scalar(graph, weight.input[1]!),
        inputScale: scalar(graph, dequantizer(graph, node, 0).input[1]!),
        bias:
          bias === null
            ? null
            : {
                data: readTensor(graph.constants.get(bias.input[0]!)!, '').data as Int32Array,
                scale: scalar(graph, bias.input[1]!),
              },
      },
    ];
  });
}

function dequantizer(graph: Graph, node: NodeProto, input: number): NodeProto {
  const producer = graph.producers.get(node.input[input]!);
  assert.equal(producer?.opType, 'DequantizeLinear', `input ${input} of ${node.name}`);
  return producer;
}

function scalar(graph: Graph, name: string): number {
  const { data } = readTensor(graph.constants.get(name)!, '');
  assert.equal(data.length, 1, 'one scale in all');
  return Number(data[0]);
}

function hasTransB(node: NodeProto): boolean {
  return node.attribute.some(({ name, i }) => name === 'transB' && i === 1n);
}

function transpose(data: Int8Array, rows: number, columns: number): Int8Array {
  return Int8Array.from(
    { length: data.length },
    (_, index) => data[(index % rows) * columns + Math.floor(index / rows)]!,
  );
}

const files = ['models/mobilenetv2.onnx', 'models/mobilenetv2-12-qdq.onnx'] as const;

// On each test, for a skipped suite is counted nowhere.
const skip = skipWithout(...files);

suite('MobileNetV2 with one scale a tensor', () => {
  const folder = temporaryFolder();
  let official: Layer[] = [];
  let ours: Layer[] = [];
  let prepared: ModelProto;

  before(async () => {
    if (skip !== false) return;
    official = layersOf((await readModel(assetPath(files[1]))).proto);
    prepared = (await prepareModel(assetPath(files[0]), folder)).prepared.proto;
    const recipe = recipePresets['int8-per-tensor'] as Partial<Recipe>;
    // Weights do not depend on the data; one sample of noise is enough.
    ours = layersOf((await quantize(prepared, [{ input: noise([1, 3, 224, 224], 1) }], { recipe })).model);
  });

  test('quantizes the same layers: 52 convolutions and the classifier', { skip }, () => {
    assert.equal(ours.length, 53);
    assert.deepEqual(
      ours.map(({ dims }) => dims),
      official.map(({ dims }) => dims),
    );
  });

  test('has exactly the official int8 weights and scales', { skip }, () => {
    let different = 0;
    let total = 0;
    for (const [index, layer] of ours.entries()) {
      const expected = official[index]!;
      layer.weight.forEach((value, position) => (different += value === expected.weight[position] ? 0 : 1));
      total += layer.weight.length;
      assert.equal(layer.weightScale, expected.weightScale, `scale of ${layer.name}`);
    }
    assert.equal(different, 0, `${different} of ${total} weights differ`);
  });

  test('has exactly the official int32 biases at the official activation scales', { skip }, () => {
    const graph = indexGraph(inMemory(prepared));
    const weighted = graph.nodes.filter(({ opType }) => opType === 'Conv' || opType === 'Gemm');
    let compared = 0;
    for (const [index, expected] of official.entries()) {
      if (expected.bias === null) continue;
      const float = toFloat32(readTensor(graph.constants.get(weighted[index]!.input[2]!)!, ''));
      const made = quantizeBias(float, expected.inputScale, Float32Array.of(expected.weightScale));
      assert.deepEqual(made.data, expected.bias.data, `bias of ${expected.name}`);
      assert.deepEqual([...made.scales], [expected.bias.scale]);
      compared++;
    }
    assert.equal(compared, 52, 'the official classifier adds its bias apart');
  });
});
