import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { Steps } from '../job/steps.ts';
import type { ModelProto } from '../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../onnx/read-model.ts';
import {
  assertFinite,
  nonFiniteTensors,
  observeTensors,
  type CalibrationSamples,
  type TensorStatistics,
} from './observe.ts';
import type { Range } from './ranges.ts';

/** A float model with what calibration saw of it. */
export interface CalibratedModel {
  readonly model: OnnxModel;
  /** Ranges by tensor and method: many variants ask for the same, and some methods search long. */
  readonly rangeCache: Map<string, Range>;
  /**
   * Of every tensor the plan quantizes. Those that only carry another's values on (behind a MaxPool or Flatten) share its
   * statistics: with fewer layers in int8 one of them may have to stand for the rest.
   */
  readonly statistics: ReadonlyMap<string, TensorStatistics>;
}

export interface CalibrateOptions {
  readonly plan: QuantizationPlan;
  /** Of the prepared model. */
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly recipe: Recipe;
  readonly samples: CalibrationSamples;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Aborted when the samples so far are to be enough. */
  readonly enough?: AbortSignal;
  /** How many there were then; of several passes over them each may be stopped. */
  readonly onStopped?: (seen: number) => void;
  readonly onSample: (done: number, total: number, detail: string) => void;
  readonly onRange?: (tensor: string, min: number, max: number) => void;
  /** Puts the weights of a model made of the prepared one where those are; default: they stay in memory. */
  readonly place?: (proto: ModelProto) => Steps<ModelProto>;
}

/** What one of the models is looked at for. */
export interface Look {
  readonly statistics: 'extremes' | 'histogram';
  /** Tensors whose statistics per channel are wanted, and the channel axis. */
  readonly channelAxes: ReadonlyMap<string, number>;
  readonly detail: string;
  readonly onRange: CalibrateOptions['onRange'];
  /** Of a model that differs from one that was seen in some tensors: these, and what was seen of the others. */
  readonly changed?: { readonly tensors: ReadonlySet<string>; readonly known: CalibratedModel['statistics'] };
}

/** Runs the samples through a model and gathers what it is looked at for. */
export async function calibrateModel(
  model: OnnxModel,
  { plan, graph, ...options }: CalibrateOptions,
  { statistics: kind, channelAxes, detail, onRange, changed }: Look,
): Promise<CalibratedModel> {
  const tensors = [...new Set([...plan.observe, ...channelAxes.keys()])].filter(
    (name) => !graph.constants.has(name) && changed?.tensors.has(name) !== false,
  );
  // Schemes that look at weights alone run nothing.
  if (tensors.length === 0) return { model, rangeCache: new Map(), statistics: new Map(changed?.known) };
  const observed = await observeTensors(model, options.samples, {
    tensors,
    channelAxes,
    bySample: new Set(plan.deciding.map(({ group }) => group)),
    statistics: kind,
    shapes: options.shapes,
    threads: options.threads,
    signal: options.signal,
    // Attention masks hold infinity on purpose. What reads or makes them stays in float; what is fed or handed out is at fault.
    onNonFinite: 'keep',
    ...(options.enough === undefined ? {} : { enough: options.enough }),
    ...(options.onStopped === undefined ? {} : { onStopped: options.onStopped }),
    onSample: (done, total) => options.onSample(done, total, detail),
    ...(onRange === undefined ? {} : { onRange }),
  });
  const { input, output } = model.proto.graph!;
  const ends = new Set([...input, ...output].map(({ name }) => name));
  assertFinite(
    nonFiniteTensors(observed).filter((tensor) => ends.has(tensor)),
    model,
  );
  const statistics = new Map(observed);
  for (const { tensor, group } of plan.tensors) {
    const seen = observed.get(group);
    // Its channels may lie on another axis.
    if (seen !== undefined && !statistics.has(tensor)) statistics.set(tensor, { ...seen, channels: null });
  }
  return { model, rangeCache: new Map(), statistics: new Map([...(changed?.known ?? []), ...statistics]) };
}

/**
 * Makes a model of the prepared one, its weights put where they belong.
 * @param isWanted looked at between two steps.
 * @returns null where it is not wanted any more.
 */
export async function makeWhileWanted(
  make: () => Steps<OnnxModel>,
  { signal, place }: CalibrateOptions,
  isWanted: () => boolean,
): Promise<OnnxModel | null> {
  function* makeAndPlace(): Steps<OnnxModel> {
    const made = yield* make();
    return place === undefined ? made : { ...made, proto: yield* place(made.proto) };
  }
  const steps = makeAndPlace();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await yieldToEvents();
    if (signal.aborted) throw new CancelledError();
    if (!isWanted()) return null;
  }
}
