import { say } from '../../shared/engine-texts/say.ts';
import { readTold } from '../../shared/engine-texts/tell.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../../shared/run.ts';
import type { Inspection } from '../../shared/inspection.ts';
import { recipeSchema } from '../../shared/recipe.ts';
import { isReduced } from '../../shared/precision.ts';
import { lookUp } from '../../shared/look-up.ts';
import { costOf, totalParameters } from './1-analyze/cost.ts';
import { noteUncounted } from './1-analyze/macs.ts';
import { findCompared } from './1-analyze/find-compared.ts';
import { describeNonFinite, findNonFinite } from './1-analyze/non-finite.ts';
import { prepareModel } from './1-analyze/prepare.ts';
import { declaredShapes, dummyFeeds, observeShapes, resolveDims } from './1-analyze/observe-shapes.ts';
import type { Shapes } from './graph/shapes.ts';
import { traceLayers } from './1-analyze/trace.ts';
import { planQuantization } from './2-plan/plan.ts';
import type { NodePlan } from './2-plan/quantization-plan.ts';
import { describeSelection } from './1-analyze/describe-selection.ts';
import type { EngineContext } from './job/engine-context.ts';
import { checkDimensions } from './data/model-inputs.ts';
import { describeModel } from './1-analyze/describe-model.ts';
import { indexGraph, type Graph } from './graph/graph.ts';
import { isConstantNode } from './onnx/initializers.ts';
import type { ValueInfo } from './runtime/session.ts';
import type { OnnxModel } from './onnx/read-model.ts';
import { sourceSha256 } from './onnx/source-model.ts';
import type { NodeProto } from './onnx/proto/onnx_pb.js';
import { tensorByteLength } from './onnx/tensor-proto.ts';
import type { Feeds } from './tensor/tensor.ts';

/** Shapes from one run on zeros; when the model cannot run on zeros, those written in it, with a warning. */
async function learnShapes(
  model: OnnxModel,
  feeds: Feeds | null,
  dims: Readonly<Record<string, number>>,
  diagnostics: Diagnostic[],
): Promise<Shapes> {
  if (feeds === null) return declaredShapes(model.proto.graph!, dims);
  try {
    return await observeShapes(model, feeds);
  } catch (error) {
    diagnostics.push({
      severity: 'warning',
      code: 'shapes-incomplete',
      message: say('notRunOnZeros', { why: error instanceof Error ? error.message : String(error) }),
      node: null,
    });
    return declaredShapes(model.proto.graph!, dims);
  }
}

function noteShapeless(inputs: readonly ValueInfo[]): Diagnostic {
  const names = inputs.map(({ name }) => `"${name}"`).join(', ');
  return {
    severity: 'warning',
    code: 'shapes-incomplete',
    message: say('inputShapesUnknown', { inputs: names }),
    node: null,
  };
}

function describeConstant(node: NodeProto, graph: Graph): Inspection['constants'][number] {
  // Strings and sparse values are not among the graph's constants: they are named, and count as no bytes.
  const tensor = graph.constants.get(node.output[0] ?? '');
  const usedBy = graph.consumers.get(node.output[0] ?? '') ?? [];
  return {
    name: node.name,
    shape: tensor === undefined ? null : tensor.dims.map(Number),
    bytes: tensor === undefined ? 0 : tensorByteLength(tensor),
    usedBy: usedBy.map((user) => user.name),
  };
}

interface LayerFacts {
  readonly graph: Graph;
  readonly shapes: Shapes;
  /** Nodes of the prepared graph by name. */
  readonly planned: ReadonlyMap<string, NodePlan>;
  readonly traced: ReturnType<typeof traceLayers>;
}

function describeLayer(node: NodeProto, { graph, shapes, planned, traced }: LayerFacts): Inspection['layers'][number] {
  const cost = costOf(node, graph, shapes);
  const target = traced.get(node.name) ?? null;
  const nodePlan = target === null ? undefined : planned.get(target.name);
  const isFolded = target !== null && target.name !== node.name;
  const foldedReason = isFolded ? say('foldedInto', { name: target.name }) : (nodePlan?.reason ?? '');
  return {
    name: node.name,
    opType: node.opType,
    inputShape: [...(shapes.get(node.input[0] ?? '')?.dims ?? [])],
    outputShape: [...(shapes.get(node.output[0] ?? '')?.dims ?? [])],
    ...cost,
    // What was folded into another layer computes nothing any more.
    quantizable: nodePlan !== undefined && isReduced(nodePlan.precision) && (!isFolded || (cost.macs ?? 0) > 0),
    reason: target === null ? say('removed') : foldedReason,
  };
}

/** Looks at one model: shapes, parameters, MACs, and what the default recipe could quantize and why not the rest. */
export async function inspectModel(
  path: string,
  options: { readonly dims: Readonly<Record<string, number>> },
  context: Pick<EngineContext, 'onEvent'>,
): Promise<Inspection> {
  const work = await mkdtemp(join(tmpdir(), 'vernier-inspect-'));
  try {
    const tell = (stage: 'prepare' | 'analyze', done: number, detail: string): void =>
      context.onEvent({ type: 'progress', stage, done, total: 2, unit: 'steps', detail });
    tell('prepare', 0, 'reading the model');
    const { original, prepared, inputs, outputs, diagnostics: notes } = await prepareModel(path, work);
    const compared = findCompared(prepared, outputs, path);
    const diagnostics = [...notes, ...describeNonFinite(findNonFinite(original)), ...compared.diagnostics];
    if (compared.refusal !== null) {
      diagnostics.push({
        severity: 'warning',
        code: 'not-comparable',
        message: readTold(compared.refusal, 'en'),
        node: null,
      });
    }
    checkDimensions(inputs, options.dims);
    const dims: Record<string, number> = { ...options.dims };
    for (const input of inputs) {
      for (const name of resolveDims(input, options.dims).defaulted) {
        if (lookUp(dims, name) !== undefined) continue;
        dims[name] = 1;
        diagnostics.push({
          severity: 'info',
          code: 'dimension-defaulted',
          message: say('dimensionDefaulted', { name, input: input.name, same: name }),
          node: null,
        });
      }
    }
    tell('analyze', 1, 'learning shapes');
    const shapeless = inputs.filter(({ anyShape }) => anyShape === true);
    const feeds = shapeless.length > 0 ? null : dummyFeeds(inputs, options.dims);
    if (feeds === null) diagnostics.push(noteShapeless(shapeless));
    const shapes: Shapes = await learnShapes(original, feeds, options.dims, diagnostics);
    // What keeps the original from running keeps the prepared model from it: said once.
    const preparedShapes: Shapes = await learnShapes(prepared, feeds, options.dims, []);
    const graph = indexGraph(original);
    const preparedGraph = indexGraph(prepared);
    const plan = planQuantization(preparedGraph, preparedShapes, {
      recipe: recipeSchema.parse({}),
      weightRange: 'int8',
      keepFloat: new Map(),
    });
    if (plan.selection !== null) diagnostics.push(describeSelection(plan.selection));
    const planned = new Map(plan.nodes.map((node) => [node.node, node]));
    const traced = traceLayers(graph, preparedGraph);
    const [constants, computing] = [
      graph.nodes.filter(isConstantNode),
      graph.nodes.filter((node) => !isConstantNode(node)),
    ];
    const layers = computing.map((node) => describeLayer(node, { graph, shapes, planned, traced }));
    const totals = totalParameters(graph);
    diagnostics.push(...noteUncounted(computing.map((node, index) => ({ node, macs: layers[index]!.macs }))));
    return {
      schemaVersion: 1,
      model: describeModel(original, sourceSha256(original), inputs, outputs),
      dims,
      totals: {
        nodes: graph.nodes.length,
        quantizableNodes: layers.filter((layer) => layer.quantizable).length,
        parameters: totals.raw,
        parametersDeduplicated: totals.deduplicated,
        storedBytes: original.sizeBytes,
        macs: layers.reduce((sum, layer) => sum + (layer.macs ?? 0), 0),
      },
      layers,
      constants: constants.map((node) => describeConstant(node, graph)),
      diagnostics,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
