import { copyMessage, createNamer, makeNode } from '../graph/edit.ts';
import { indexGraph } from '../graph/graph.ts';
import type { GraphProto, ModelProto, NodeProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor } from '../onnx/tensor-proto.ts';
import { planBatchNormFolds, type BatchNormFold, type KeptBatchNorm } from './batch-norm-folds.ts';

/** The layer with its new bias; a bias that Gemm used to scale is scaled already. */
function rewriteLayer({ layer, layerIs, norm }: BatchNormFold, biasName: string): NodeProto {
  const input = [layer.input[0]!, layer.input[1]!, biasName];
  const output = layerIs === 'before' ? [norm.output[0]!] : [...layer.output];
  if (layer.opType === 'MatMul') return makeNode('Gemm', layer.name, input, output);
  return copyMessage(layer, {
    input,
    output,
    attribute: layer.attribute.filter(({ name }) => layer.opType !== 'Gemm' || name !== 'beta'),
  });
}

/** Order and everything else stay as they are; weights keep their names, biases get new ones, for others may read the old. */
function carryOut(graph: GraphProto, folds: readonly BatchNormFold[]): void {
  const namer = createNamer(graph);
  const replaced = new Map<NodeProto, NodeProto>();
  const weights = new Map(folds.map(({ weight }) => [weight.name, weight]));
  const gone = new Set(folds.map(({ layerIs, layer, norm }) => (layerIs === 'before' ? layer : norm).output[0]));
  for (const fold of folds) {
    const biasName = namer(`${fold.layer.output[0]!}_bias`);
    const { bias } = fold;
    graph.initializer.push(makeTensor(biasName, { dataType: 'float32', dims: [bias.length], data: bias }));
    replaced.set(fold.layer, rewriteLayer(fold, biasName));
    if (fold.layerIs === 'behind') {
      const reader = replaced.get(fold.reader) ?? copyMessage(fold.reader, {});
      replaced.set(fold.reader, copyMessage(reader, { input: [fold.norm.input[0]!, ...reader.input.slice(1)] }));
    }
  }
  const norms = new Set(folds.map(({ norm }) => norm));
  graph.node = graph.node.filter((node) => !norms.has(node)).map((node) => replaced.get(node) ?? node);
  graph.initializer = graph.initializer.map((tensor) => {
    const weight = weights.get(tensor.name);
    return weight === undefined ? tensor : makeTensor(tensor.name, { dataType: 'float32', ...weight });
  });
  graph.valueInfo = graph.valueInfo.filter(({ name }) => !gone.has(name));
}

export interface FoldedBatchNorms {
  /** Into the layer that made what they read, and into the one that reads what they made. */
  readonly count: { readonly before: number; readonly behind: number };
  readonly kept: readonly KeptBatchNorm[];
}

/** Folds what ONNX Runtime leaves, until nothing is left that can be. Mutates a private copy. */
export function foldBatchNorms(model: ModelProto, folder: string): FoldedBatchNorms {
  const count = { before: 0, behind: 0 };
  for (;;) {
    const { folds, kept } = planBatchNormFolds(indexGraph(model), folder);
    if (folds.length === 0) return { count, kept };
    for (const { layerIs } of folds) count[layerIs]++;
    carryOut(model.graph!, folds);
  }
}
