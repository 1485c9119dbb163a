import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { Session } from '../runtime/session.ts';
import { elementCount } from '../tensor/tensor.ts';
import { canRankClasses, type Origin } from './ranks-classes.ts';
import { floatTypes } from './float-types.ts';

/*
 * Which output of a model ranks classes, how its values are read as scores, and how often two models decide alike.
 */

/**
 * How the values of one sample's output are read as scores: one ranking of `classes` at each of `positions`. `inner` is the
 * distance between the scores of neighbouring classes: 1, or the number of pixels where the class axis comes before them.
 */
export interface ScoreLayout {
  readonly classes: number;
  readonly positions: number;
  readonly inner: number;
  /** The values are class indices already (an integer output such as ArgMax's). */
  readonly areClasses: boolean;
}

/**
 * The output taken for class scores, of those that hold numbers: the only one; else the first floating-point output of rank 2 (N x C); else the
 * first floating-point output; else the first. Null where that is one of several of the same rank and different shapes
 * (boxes beside scores, the heads of a detector): which of them ranks classes, if any, does not show; and where the graph tells
 * that it is none (`canRankClasses`).
 * @param wanted takes this output, whatever it holds.
 */
export function chooseClassOutput(
  outputs: Session['outputs'],
  origin: Origin | null = null,
  wanted?: string,
): string | null {
  if (wanted !== undefined) {
    if (outputs.some((output) => output.name === wanted)) return wanted;
    const names = outputs.map((output) => `"${output.name}"`).join(', ');
    throw new AppError('options-invalid', tell('noSuchOutput', { name: wanted, names }));
  }
  const numbers = outputs.filter(({ dataType }) => dataType !== 'string' && dataType !== 'other');
  const floats = numbers.filter((output) => floatTypes.includes(output.dataType));
  const chosen =
    numbers.length === 1 ? numbers[0] : (floats.find((output) => output.dims.length === 2) ?? floats[0] ?? numbers[0]);
  if (chosen === undefined) throw new AppError('model-unsupported', tell('modelWithoutOutput'));
  const isAmbiguous =
    chosen.dims.length > 2 &&
    floats.some(({ dims }) => dims.length === chosen.dims.length && dims.join() !== chosen.dims.join());
  return isAmbiguous || (origin !== null && !canRankClasses(origin, chosen)) ? null : chosen.name;
}

/**
 * Where the classes are in an output with these dimensions (the batch dimension included):
 * N x C – axis 1; N x T x C – the last axis, one decision per position (sequences); N x C x H x W and above – axis 1, one
 * decision per pixel; a lone vector of a model without a batch dimension – all of it; one value per sample – a yes or no.
 */
export function describeScores(
  tensor: { readonly dims: readonly number[]; readonly dataType: string },
  batchSize: number,
): ScoreLayout {
  const { dims } = tensor;
  const count = elementCount(dims) / batchSize;
  if (!floatTypes.includes(tensor.dataType)) return { classes: 1, positions: count, inner: 1, areClasses: true };
  const classes = dims.length <= 1 ? count : dims.length === 3 ? dims[2]! : dims[1]!;
  return {
    classes,
    positions: classes === 0 ? 0 : count / classes,
    inner: elementCount(dims.slice(dims.length === 3 ? 3 : 2)),
    areClasses: false,
  };
}

/** True where an output gives one ranking of at least two classes, or one class index, per sample. */
export function hasOneDecision(layout: ScoreLayout): boolean {
  return layout.positions === 1 && (layout.areClasses || layout.classes > 1);
}

/**
 * The first-ranked class at one position: the first index among equal highest scores; for one value per sample whether it
 * is above `threshold`. -1 when a score is NaN: such an output decides nothing, so it agrees with nothing.
 */
function predictClass(scores: ArrayLike<number>, layout: ScoreLayout, position: number, threshold: number): number {
  const { classes, inner } = layout;
  if (layout.areClasses) return scores[position]!;
  if (classes === 1) return Number.isNaN(scores[position]!) ? -1 : scores[position]! > threshold ? 1 : 0;
  const start = Math.floor(position / inner) * classes * inner + (position % inner);
  let best = 0;
  for (let index = 0; index < classes; index++) {
    const score = scores[start + index * inner]!;
    if (Number.isNaN(score)) return -1;
    if (score > scores[start + best * inner]!) best = index;
  }
  return best;
}

/** The class that the one decision of a sample ranks first; -1 when a score is NaN. */
export function firstClass(scores: ArrayLike<number>, layout: ScoreLayout): number {
  return predictClass(scores, layout, 0, 0);
}

/** How often two models decide alike. */
export interface AgreementCounter {
  add(scores: ArrayLike<number>, otherScores: ArrayLike<number>, layout: ScoreLayout): void;
  /** Mean over samples of the share of their positions; null where there was nothing to decide. */
  share(): number | null;
  /** Decisions of all samples; null where there was nothing to decide. */
  decisions(): number | null;
}

/** Equal decisions with single values cut at one threshold. */
function createCut(threshold: number) {
  let total = 0;
  let first: number | null = null;
  let isQuestion = false;
  return {
    add: (scores: ArrayLike<number>, otherScores: ArrayLike<number>, layout: ScoreLayout) => {
      let equal = 0;
      for (let position = 0; position < layout.positions; position++) {
        const decided = predictClass(scores, layout, position, threshold);
        const other = predictClass(otherScores, layout, position, threshold);
        if (decided !== -1 && decided === other) equal++;
        first ??= decided;
        isQuestion ||= decided !== first || other !== first;
      }
      // An empty output: both models found nothing here.
      total += layout.positions === 0 ? 1 : equal / layout.positions;
    },
    share: (count: number) => total / count,
    isQuestion: () => isQuestion,
  };
}

/**
 * One value per sample is a yes or no: above 0.5 if every value of the first model lies in [0, 1], else above 0. Which it is,
 * only all of them together tell. Where both models always decide the same it was no question: an estimate, not a class.
 */
export function createAgreementCounter(): AgreementCounter {
  const [logit, probability] = [createCut(0), createCut(0.5)];
  let count = 0;
  let decisions = 0;
  let isYesOrNo = false;
  let looksLikeProbability = true;
  const share = (): number | null => {
    if (count === 0) return null;
    if (!isYesOrNo) return logit.share(count);
    const cut = looksLikeProbability ? probability : logit;
    return cut.isQuestion() ? cut.share(count) : null;
  };
  return {
    add: (scores, otherScores, layout) => {
      count++;
      // An empty output is the one decision that there is nothing.
      decisions += Math.max(1, layout.positions);
      isYesOrNo = layout.classes === 1 && !layout.areClasses;
      logit.add(scores, otherScores, layout);
      if (!isYesOrNo) return;
      probability.add(scores, otherScores, layout);
      for (let i = 0; i < scores.length; i++) looksLikeProbability &&= scores[i]! >= 0 && scores[i]! <= 1;
    },
    share,
    decisions: () => (share() === null ? null : decisions),
  };
}

/** Rank of a class, 0 being first; of equal scores the lower index ranks higher. Infinity when a score is NaN. */
export function rankClass(scores: ArrayLike<number>, label: number): number {
  const own = scores[label]!;
  let rank = 0;
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index]!;
    if (Number.isNaN(score)) return Infinity;
    if (score > own || (score === own && index < label)) rank++;
  }
  return rank;
}
