import { copyMessage, createNamer, makeNode, subgraphsOfGraph } from '../graph/edit.ts';
import { indexGraph, type Graph } from '../graph/graph.ts';
import type { GraphProto, NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import type { ModelInFolder } from '../onnx/read-model.ts';
import { makeTensor } from '../onnx/tensor-proto.ts';
import { planBatchNormFolds, type BatchNormFold, type KeptBatchNorm } from './batch-norm-folds.ts';
import { isGemm, isMatMul } from '../graph/ops/linear-layers.ts';

/** The layer with its new weight and bias; a bias that Gemm used to scale is scaled already. */
function rewriteLayer({ layer, layerIs, norm }: BatchNormFold, weightName: string, biasName: string): NodeProto {
  const input = [layer.input[0]!, weightName, biasName];
  const output = layerIs === 'before' ? [norm.output[0]!] : [...layer.output];
  if (isMatMul(layer)) return makeNode('Gemm', layer.name, input, output);
  return copyMessage(layer, {
    input,
    output,
    attribute: layer.attribute.filter(({ name }) => !isGemm(layer) || name !== 'beta'),
  });
}

/**
 * Order and everything else stay as they are; weights keep their names, unless they are of a graph around this one, whose names may
 * not be taken; biases get new ones, for others may read the old.
 */
function carryOut(graph: GraphProto, folds: readonly BatchNormFold[], namer: (base: string) => string): void {
  const own = new Set(graph.initializer.map(({ name }) => name));
  const replaced = new Map<NodeProto, NodeProto>();
  const made = new Map<string, TensorProto>();
  const gone = new Set(folds.map(({ layerIs, layer, norm }) => (layerIs === 'before' ? layer : norm).output[0]));
  for (const fold of folds) {
    const { bias, weight } = fold;
    const weightName = own.has(weight.name) ? weight.name : namer(weight.name);
    const biasName = namer(`${fold.layer.output[0]!}_bias`);
    made.set(weightName, makeTensor(weightName, { dataType: 'float32', ...weight }));
    made.set(biasName, makeTensor(biasName, { dataType: 'float32', dims: [bias.length], data: bias }));
    replaced.set(fold.layer, rewriteLayer(fold, weightName, biasName));
    if (fold.layerIs === 'behind') {
      const reader = replaced.get(fold.reader) ?? copyMessage(fold.reader, {});
      replaced.set(fold.reader, copyMessage(reader, { input: [fold.norm.input[0]!, ...reader.input.slice(1)] }));
    }
  }
  const norms = new Set(folds.map(({ norm }) => norm));
  graph.node = graph.node.filter((node) => !norms.has(node)).map((node) => replaced.get(node) ?? node);
  graph.initializer = graph.initializer.map((tensor) => made.get(tensor.name) ?? tensor);
  for (const [name, tensor] of made) if (!own.has(name)) graph.initializer.push(tensor);
  graph.valueInfo = graph.valueInfo.filter(({ name }) => !gone.has(name));
}

export interface FoldedBatchNorms {
  /** Into the layer that made what they read, and into the one that reads what they made. */
  readonly count: { readonly before: number; readonly behind: number };
  readonly kept: readonly KeptBatchNorm[];
}

/** How often each tensor is read, in the graph and in all bodies below it. */
function countReads(graph: GraphProto, counts = new Map<string, number>()): Map<string, number> {
  for (const name of [...graph.node.flatMap(({ input }) => input), ...graph.output.map((output) => output.name)])
    counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const body of subgraphsOfGraph(graph)) countReads(body, counts);
  return counts;
}

/** A body with the constants around it; those that others read as well are taken for captured, so that nothing folds into them. */
function indexBody(
  { proto, folder }: ModelInFolder,
  body: GraphProto,
  around: ReadonlyMap<string, TensorProto>,
): Graph {
  const index = indexGraph({ proto: copyMessage(proto, { graph: body }), folder });
  const reads = countReads(proto.graph!);
  const shared = [...around.keys()].filter((name) => (reads.get(name) ?? 0) > 1);
  return {
    ...index,
    constants: new Map([...around, ...index.constants]),
    capturedNames: new Set([...index.capturedNames, ...shared]),
  };
}

/**
 * Folds what ONNX Runtime leaves, until nothing is left that can be: in the main graph, then in each body of If, Loop and Scan by
 * itself. Mutates a private copy; a weight of the main graph that a body folds into is left for `pruneInitializers`.
 */
export function foldBatchNorms(model: ModelInFolder): FoldedBatchNorms {
  const count = { before: 0, behind: 0 };
  const kept: KeptBatchNorm[] = [];
  // Names are one space over all bodies.
  const namer = createNamer(model.proto.graph!);
  const foldIn = (graph: GraphProto, around: ReadonlyMap<string, TensorProto>): void => {
    for (;;) {
      const index = indexBody(model, graph, around);
      const plan = planBatchNormFolds(index);
      for (const { layerIs } of plan.folds) count[layerIs]++;
      if (plan.folds.length > 0) carryOut(graph, plan.folds, namer);
      else {
        kept.push(...plan.kept);
        for (const body of subgraphsOfGraph(graph)) foldIn(body, index.constants);
        return;
      }
    }
  };
  foldIn(model.proto.graph!, new Map());
  return { count, kept };
}
