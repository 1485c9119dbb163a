import { say, type Reason } from '../../../shared/engine-texts/say.ts';
import { AppError } from '../../../shared/app-error.ts';
import type { CompressRequest } from '../../../shared/compress-request.ts';
import { takeApart } from '../../../shared/engine-texts/said.ts';
import { joinTold, quoteText, tell, type Told } from '../../../shared/engine-texts/tell.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { assertTokensFit } from '../1-analyze/check-tokens.ts';
import { findCompared, type ComparedAt } from '../1-analyze/find-compared.ts';
import { assertFiniteWeights, describeNonFinite, findNonFinite } from '../1-analyze/non-finite.ts';
import { prepareModel, type PreparedModel } from '../1-analyze/prepare.ts';
import { blocksOpset, findBlocking, integerOpset, perChannelOpset, raiseOpset } from '../1-analyze/raise-opset.ts';
import { observeShapes } from '../1-analyze/observe-shapes.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { PlanOptions } from '../schemes/scheme.ts';
import { planQuantization } from './plan.ts';
import { isPlanned, type QuantizationPlan } from './quantization-plan.ts';
import type { Selection } from '../1-analyze/find-selection.ts';
import { findIdleSelectors } from './select-nodes.ts';
import type { AllowedFolders } from '../files/allowed-folders.ts';
import { openRunData } from '../1-analyze/open-run-data.ts';
import { describeSelection } from '../1-analyze/describe-selection.ts';
import { readBatch } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import { splitDataset, type DataSplit } from '../data/split.ts';
import { subgraphsOfGraph } from '../graph/edit.ts';
import { indexGraph, opsetVersion } from '../graph/graph.ts';
import { assertLabelsFit } from '../metrics/check-labels.ts';
import { noteTask } from '../metrics/describe-task.ts';
import { findDetector } from '../metrics/detection-heads/find-detector.ts';
import type { DetectionHead } from '../metrics/detection-heads/head.ts';
import { findTextOutput } from '../metrics/ctc.ts';
import { useMasks } from '../metrics/use-masks.ts';
import { describeOutputs, useTargets } from '../metrics/task.ts';
import { isExternal } from '../onnx/external-data.ts';
import type { ModelProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { tensorsOf } from '../onnx/tensors-of.ts';
import type { ScratchWeights } from '../onnx/scratch-weights.ts';
import type { RunLog } from '../job/run-log.ts';
import { dataTypes, type Feeds } from '../tensor/tensor.ts';
import { isDequantize } from '../graph/ops/conversions.ts';

/** What a run knows before its first decision. */
export interface Analysis {
  /** Whoever holds the analysis closes it. */
  readonly dataset: Dataset;
  readonly split: DataSplit;
  readonly source: PreparedModel;
  readonly firstFeeds: Feeds;
  readonly originalShapes: Shapes;
  readonly preparedShapes: Shapes;
  /** Where both models are compared, when nothing is selected inside. */
  readonly comparedAt: ComparedAt | null;
  /** How the outputs are read as boxes; null where the model finds none. */
  readonly detector: DetectionHead | null;
  /** The plan before any search. */
  readonly plan: QuantizationPlan;
}

function warn(code: string, message: string): Diagnostic {
  return { severity: 'warning', code, message, node: null };
}

/** With the weights of both models in a file and no longer in memory; the models that are made of them find them there too. */
function placeWeights(source: PreparedModel, scratch: ScratchWeights): PreparedModel {
  // Above a size the user's weights were never read: they stay in files of the user's own folder.
  const isHeld = ![...tensorsOf(source.original.proto)].some(isExternal);
  const original = isHeld ? { ...source.original, ...scratch.placeModel(source.original) } : source.original;
  return { ...source, original, prepared: scratch.placeModel(source.prepared) };
}

/**
 * Everything up to the first decision: prepared model, data split, shapes, and the plan before any search.
 * @param scratch takes the weights of both models, in the same folder; default: they stay in memory.
 */
export async function analyzeModel(
  request: CompressRequest,
  workFolder: string,
  log: RunLog,
  allowedFolders: AllowedFolders,
  scratch: ScratchWeights | null = null,
): Promise<Analysis> {
  log.begin('prepare', 'folding constants and BatchNorm');
  const made = await prepareModel(request.modelPath, workFolder);
  // From here on no model is in memory as a whole, nor copied for each of the sessions that look at it.
  const source = scratch === null ? made : placeWeights(made, scratch);
  log.add(source.diagnostics);
  const compared = findCompared(source.prepared, source.outputs, request.modelPath);
  if (compared.refusal !== null) throw new AppError('model-unsupported', compared.refusal);
  log.add(compared.diagnostics);
  const nonFinite = findNonFinite(source.original);
  assertFiniteWeights(nonFinite);
  log.add(describeNonFinite(nonFinite));

  log.begin('data', 'reading the data');
  const dataset = await openRunData(request, source, allowedFolders);
  try {
    assertTokensFit(dataset, indexGraph(source.original));
    const split = await splitData(request, dataset, log);
    log.begin('analyze', 'learning shapes');
    const planned = await planOnFirstBatch(request, { source, dataset, split }, log);
    const batchSize = dataset.fixedBatchSize ?? 1;
    const outputs = describeOutputs(source.outputs, planned.originalShapes, batchSize);
    const detector = findDetector(outputs, dataset, request.data, planned.firstFeeds);
    if (planned.plan.selection === null && compared.at === null) {
      const origin = {
        graph: indexGraph(source.original),
        shapes: planned.originalShapes,
        inputs: source.inputs,
      };
      if (request.data.task === null || request.data.task === 'classification')
        assertLabelsFit(dataset.labels, source.outputs, origin, batchSize);
      if (useMasks(dataset, outputs) === null && dataset.targets != null)
        useTargets(dataset.targets, outputs, request.data.task);
      if (dataset.texts != null) findTextOutput(dataset.texts.characters, outputs);
    }
    // Behind a selection, or what names classes, outputs are not those that are compared; noise is no data of a task.
    const isPlain = planned.plan.selection === null && compared.at === null && !request.data.random;
    if (detector !== null || isPlain) {
      const { firstFeeds: feeds, originalShapes: shapes } = planned;
      const graph = indexGraph(source.original);
      log.add(noteTask({ ...source, graph, shapes, dataset, feeds, task: request.data.task, detector }));
    }
    return { dataset, split, source, comparedAt: compared.at, detector, ...planned };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

async function splitData(request: CompressRequest, dataset: Dataset, log: RunLog): Promise<DataSplit> {
  const split = await splitDataset(dataset, {
    calibrationCount: request.recipe.calibrationSamples,
    evaluationCount: request.evaluationSamples,
    seed: request.seed,
  });
  log.add(dataset.notes.map((message) => ({ severity: 'info', code: 'data-note', message, node: null })));
  log.add(split.warnings.map(({ code, message }) => warn(code, message)));
  if (request.data.random) {
    log.add([warn('data-random', say('noiseStandsIn'))]);
  }
  return split;
}

/** How a model is planned before any search. @param keepFloat nodes that cannot be int8: name to reason. */
export function firstPlanOptions(recipe: Recipe, keepFloat: ReadonlyMap<string, Reason> = new Map()): PlanOptions {
  return { recipe, weightRange: 'int8', keepFloat };
}

/** Shapes as one run on the first calibration batch shows them, and the plan they allow. */
async function planOnFirstBatch(
  { recipe, data }: CompressRequest,
  { source, dataset, split }: Pick<Analysis, 'source' | 'dataset' | 'split'>,
  log: RunLog,
): Promise<Pick<Analysis, 'firstFeeds' | 'originalShapes' | 'preparedShapes' | 'plan'>> {
  const firstFeeds = (await readBatch(dataset, [split.calibration[0]!], dataset.fixedBatchSize ?? 1)).feeds;
  const originalShapes = await observeShapes(source.original, firstFeeds).catch((error: unknown) => {
    if (!data.random || !(error instanceof AppError) || error.code !== 'model-run-failed') throw error;
    throw new AppError(error.code, tell('noiseNotTaken', { error: error.said }), { cause: error });
  });
  const hasBlocks = recipe.weightsForm === 'dequantize';
  const wantedOpset = hasBlocks ? blocksOpset : recipe.perChannel ? perChannelOpset : integerOpset;
  if (opsetVersion(source.prepared.proto) < wantedOpset) {
    const shapes = await observeShapes(source.prepared, firstFeeds);
    log.add(raiseOpset(source.prepared.proto, shapes, Math.max(wantedOpset, perChannelOpset)));
  }
  const preparedShapes = await observeShapes(source.prepared, firstFeeds);
  const graph = indexGraph(source.prepared);
  log.add(findIdleSelectors(recipe, graph).map((selector) => warn('selector-idle', say('selectorIdle', { selector }))));
  const plan = planQuantization(graph, preparedShapes, firstPlanOptions(recipe));
  if (plan.selection !== null) {
    assertComparable(plan.selection, data);
    log.add([describeSelection(plan.selection)]);
  }
  return { firstFeeds, originalShapes, preparedShapes, plan };
}

/** @throws AppError where both models cannot be compared before the selection, or labels were named that cannot be used. */
function assertComparable({ node, tensors }: Selection, { labelsPath }: CompressRequest['data']): void {
  if (tensors.length === 0) throw new AppError('model-unsupported', tell('selectedWithoutTensor', { node }));
  if (labelsPath === null) return;
  throw new AppError('options-invalid', tell('labelsOfSelected', { path: labelsPath, node }));
}

/**
 * Refuses a model that would come out as it went in, before anything is calibrated.
 * @throws AppError `quantization-failed` with the commonest reasons; `model-unsupported`.
 */
export function assertQuantizable({ plan, source, preparedShapes }: Analysis): void {
  if (!plan.nodes.some(isPlanned)) {
    const alike = new Map<string, string[]>();
    for (const { node, reason } of plan.nodes) alike.set(reason, [...(alike.get(reason) ?? []), node]);
    const common = [...alike].sort(([, left], [, right]) => right.length - left.length).slice(0, 3);
    const nameFirst = ([first = '', ...others]: readonly string[]): string =>
      `"${first}"${others.length > 0 ? ' ...' : ''}`;
    const graph = source.original.proto.graph!;
    const count = plan.nodes.length;
    const reasons = joinTold(
      'reasons',
      common.map(([reason, nodes]) =>
        tell('reasonOfNamedNodes', {
          count: nodes.length,
          names: nameFirst(nodes),
          reason: takeApart(reason) ?? quoteText(reason),
        }),
      ),
    );
    const slots = { path: source.original.path, count, reasons };
    throw new AppError(
      'quantization-failed',
      graph.node.some(isDequantize)
        ? tell('nothingQuantizableQuantized', slots)
        : source.prepared.halfStorage === undefined && graph.initializer.some(isHalf)
          ? tell('nothingQuantizableFloat16', slots)
          : tell('nothingQuantizable', slots),
    );
  }
  const opset = opsetVersion(source.prepared.proto);
  if (opset < integerOpset) {
    throw new AppError(
      'model-unsupported',
      tell('opsetNotRaisable', {
        path: source.original.path,
        opset,
        from: integerOpset,
        why: whyOpsetStays(source.prepared.proto, preparedShapes),
        wanted: perChannelOpset,
      }),
    );
  }
}

const isHalf = ({ dataType }: TensorProto): boolean => dataType === dataTypes.float16.number;

function whyOpsetStays(model: ModelProto, shapes: Shapes): Told {
  if (model.functions.length > 0) return tell('opsetKeptByFunctions');
  const blocking = findBlocking(model, shapes, integerOpset);
  if (subgraphsOfGraph(model.graph!).length > 0 || blocking === undefined) return tell('opsetKeptBySubgraphs');
  return tell('opsetKeptByOperator', { op: blocking.opType, node: blocking.name });
}
