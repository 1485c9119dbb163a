import { join } from 'node:path';
import { closenessOutputs } from '../1-analyze/find-compared.ts';
import { countMacs } from '../1-analyze/macs.ts';
import { findStates } from '../1-analyze/find-states.ts';
import { makeRunnable } from '../1-analyze/runnable-model.ts';
import { writeTimedPrepared } from '../1-analyze/write-prepared.ts';
import type { Analysis } from '../2-plan/analyze-model.ts';
import type { CalibratedModel } from '../3-calibrate/calibrated-model.ts';
import type { CalibratedRun } from '../3-calibrate/calibrate-run.ts';
import { checkFusion } from '../4-quantize/verify.ts';
import { countValueSamples, heldRanges } from '../5-measure/clipping.ts';
import { writeCompared } from '../5-measure/measure-pair.ts';
import type { MeasuredModels } from '../5-measure/measured-models.ts';
import { describeData } from '../data/describe-data.ts';
import { indexGraph, type Graph } from '../graph/graph.ts';
import type { Run } from '../job/run.ts';
import type { ModelProto } from '../onnx/proto/onnx_pb.js';
import { readModel, type OnnxModel } from '../onnx/read-model.ts';
import { sourceSha256 } from '../onnx/source-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import type { SearchResult } from './search.ts';
import { createFloatWith } from './float-with.ts';
import { stampModel } from './stamp-model.ts';
import { writeForm } from './write-form.ts';
import { chosenModel } from './variant.ts';

/** The forms of one model that a run measures and tells of. */
export interface ModelVersions {
  /** The user's file, or a copy of it that ONNX Runtime loads. */
  readonly originalPath: string;
  readonly originalGraph: Graph;
  readonly preparedGraph: Graph;
  /** The float model as prepared; null where nothing that runs was folded. */
  readonly preparedPath: string | null;
  /** What is written for the user in the end. */
  readonly stamped: ModelProto;
  /** The same, in the run's own folder. */
  readonly compressed: OnnxModel;
  readonly compressedGraph: Graph;
  /** Nodes planned as int8 that run in float all the same. */
  readonly unfused: ReadonlySet<string>;
  /** The float model that the chosen variant was made of. */
  readonly twin: CalibratedModel;
  readonly measured: MeasuredModels;
}

/** Writes every form of the model that is measured into the run's folder. */
export async function writeVersions(
  { request, device, workFolder, scratch, log }: Run,
  { dataset, split, source, originalShapes, preparedShapes }: Analysis,
  { models, comparedAt }: CalibratedRun,
  result: SearchResult,
): Promise<ModelVersions> {
  const { original, prepared } = source;
  const runnable = await makeRunnable(original, join(workFolder, 'original.onnx'));
  log.add(runnable.diagnostics);
  const [originalGraph, preparedGraph] = [indexGraph(original), indexGraph(prepared)];
  const form = writeForm(result, request.recipe);
  log.add(form.diagnostics);
  const stamped = stampModel(form.model, {
    vernierVersion: device.environment.vernierVersion,
    originalSha256: sourceSha256(original),
    recipe: request.recipe,
    data: describeData(dataset, split, request.seed),
    candidates: result.candidates,
  });
  const compressedPath = join(workFolder, 'compressed.onnx');
  await writeModel(stamped, compressedPath, { externalData: 'auto', sourceFolder: prepared.folder });
  const fusion = await checkFusion(compressedPath, result.plan, preparedGraph);
  log.add(fusion.diagnostics);
  // Its weights lie in the scratch file already: what was read of them is let go.
  const compressed = scratch.placeModel(await readModel(compressedPath));
  // Inner values are looked at where they are float: of integer operators there is nothing to see, and they compute the same.
  const observed = { ...prepared, proto: result.quantized.model };
  const twin = chosenModel(models, result.variant);
  const preparedPath = await writeTimedPrepared(source, workFolder);
  const macs = originalGraph.nodes.reduce((sum, node) => sum + (countMacs(node, originalShapes) ?? 0), 0);
  return {
    originalPath: runnable.path,
    originalGraph,
    preparedGraph,
    preparedPath,
    stamped,
    compressed,
    compressedGraph: indexGraph(compressed),
    unfused: fusion.unfused,
    twin,
    measured: {
      graph: originalGraph,
      shapes: originalShapes,
      compressedPath,
      compressed: observed,
      preparedPath,
      compared: await writeCompared({ before: prepared, after: observed }, comparedAt, workFolder),
      calibrationCount: split.calibration.length,
      comparedTensors: comparedAt?.tensors ?? closenessOutputs(source.outputs),
      states: findStates(source.inputs, source.outputs),
      pairs: [...result.quantized.dequantized].map(([before, after]) => ({ before, after })),
      floatWith: createFloatWith(
        { ...models, graph: preparedGraph, shapes: preparedShapes, recipe: request.recipe },
        result.variant,
        result.plan,
      ),
      clipping: {
        model: twin.model,
        ranges: heldRanges(result.plan, result.ranges, result.quantized.parameters),
        deciding: new Set(result.plan.deciding.map(({ group }) => group)),
        shapes: preparedShapes,
        valueSamples: countValueSamples(macs),
      },
    },
  };
}
