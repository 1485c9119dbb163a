import type { OnnxModel } from '../onnx/read-model.ts';
import { correctionInputs } from '../schemes/int8-static/plan.ts';
import { calibrateModel, makeWhileWanted, type CalibratedModel, type CalibrateOptions } from './calibrated-model.ts';
import { calibrateSmoothed } from './calibrate-smoothed.ts';
import { equalizeChannels, findChannelGroups } from './equalize.ts';
import { needsHistogram } from './ranges.ts';

export interface CalibratedModels {
  readonly prepared: CalibratedModel;
  /** The same with channels equalized; null when there is nothing to equalize or the recipe says no. */
  readonly equalized: CalibratedModel | null;
  /** The equalized one, or else the prepared one, with what matrix products read smoothed, by strength; none where nothing is to be smoothed. */
  readonly smoothed: ReadonlyMap<number, CalibratedModel>;
}

/** Runs the calibration samples and gathers what the recipe's open and settled choices need to know of them. */
export async function calibrateModels(prepared: OnnxModel, options: CalibrateOptions): Promise<CalibratedModels> {
  const { plan, graph, shapes, recipe } = options;
  const wantsMeans = recipe.biasCorrection !== 'off';
  const channelAxes = wantsMeans ? correctionInputs(plan, graph, shapes) : new Map<string, number>();
  const wantsHistograms =
    wantsMeans ||
    recipe.equalization !== 'off' ||
    recipe.calibrationMethod === 'auto' ||
    needsHistogram(recipe.calibrationMethod);
  const look = { statistics: wantsHistograms ? 'histogram' : 'extremes', channelAxes } as const;
  const { calibrated, equalized } = await calibrateEqualized(prepared, options, look);
  const smoothed = await calibrateSmoothed(equalized ?? calibrated, options, look);
  return { prepared: calibrated, equalized, smoothed };
}

/** The prepared model, and the same equalized where that is to be done. */
async function calibrateEqualized(
  prepared: OnnxModel,
  options: CalibrateOptions,
  look: { readonly statistics: 'extremes' | 'histogram'; readonly channelAxes: ReadonlyMap<string, number> },
): Promise<{ calibrated: CalibratedModel; equalized: CalibratedModel | null }> {
  const { plan, graph, shapes, recipe } = options;
  const groups = recipe.equalization === 'off' ? [] : findChannelGroups(graph, shapes, new Set(plan.observe));
  const groupAxes = groups.flatMap(({ tensors }) => tensors.map((tensor) => [tensor, 1] as const));
  const calibrated = await calibrateModel(prepared, options, {
    ...look,
    channelAxes: new Map([...look.channelAxes, ...groupAxes]),
    detail: 'observing activations',
    onRange: options.onRange,
  });
  const finiteGroups = groups.filter(({ tensors }) =>
    tensors.every((tensor) => calibrated.statistics.get(tensor)!.nonFiniteCount === 0),
  );
  // Whether it is better is not going to be looked at any more, unless somebody has asked for it.
  const isWanted = (): boolean => recipe.equalization !== 'auto' || options.enough?.aborted !== true;
  if (finiteGroups.length === 0 || !isWanted()) return { calibrated, equalized: null };
  const maxAbs = new Map(
    finiteGroups
      .flatMap(({ tensors }) => tensors)
      .map((tensor) => [tensor, calibrated.statistics.get(tensor)!.channels!.maxAbs] as const),
  );
  const model = await makeWhileWanted(() => equalizeChannels(prepared, finiteGroups, maxAbs), options, isWanted);
  if (model === null) return { calibrated, equalized: null };
  const whole = { ...look, detail: 'observing equalized activations', onRange: undefined };
  return { calibrated, equalized: await calibrateModel(model, options, whole) };
}
