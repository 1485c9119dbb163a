import { describeScores } from '../electron/engine/metrics/class-scores.ts';
import { divergenceOf } from '../electron/engine/metrics/divergence.ts';
import { cosineOf, toUnit, type UnitVector } from '../electron/engine/metrics/nearest.ts';
import type { AnsweredSample, Surrogate } from '../electron/engine/metrics/surrogate.ts';

/*
 * Losses that were tried, and that no search goes by: they follow their metric no better than SQNR does (ADR 58).
 */

const trialOf = (label: string, unit: Surrogate['unit'], read: Surrogate['read']): Surrogate => ({
  label,
  definition: '',
  zh: { label: '', definition: '' },
  unit,
  read,
});

/** Of a classifier, or of each pixel of a map. */
const ofClasses = trialOf('KL divergence of classes', 'nat', ({ classOutput }) =>
  classOutput == null
    ? null
    : ({ scoresOf, dimsOf }) => {
        const layout = describeScores({ dims: dimsOf(classOutput), dataType: 'float32' }, 1);
        return divergenceOf(scoresOf(classOutput), { ...layout, places: layout.positions, first: 0 });
      },
);

/** Of CTC. */
const ofSteps = trialOf('KL divergence of steps', 'nat', ({ textOutput }) =>
  textOutput == null
    ? null
    : ({ scoresOf, dimsOf }) => {
        const [, places, classes] = dimsOf(textOutput.name) as [number, number, number];
        return divergenceOf(scoresOf(textOutput.name), { classes, places, first: 0, inner: 1 });
      },
);

/** The mean of a text's own tokens, without those that fill it up. */
function meanVector(values: ArrayLike<number>, tokens: NonNullable<AnsweredSample['tokens']>): Float64Array {
  const { start, ids, fed } = tokens;
  const width = values.length / fed;
  const mean = new Float64Array(width);
  for (let token = start; token < start + ids.length; token++)
    for (let at = 0; at < width; at++) mean[at] = mean[at]! + values[token * width + at]! / ids.length;
  return mean;
}

/** Noise across a vector of a tenth of its length turns it by 0.005: twice that is the share of the noise. */
const ofVectors = trialOf('1 - cosine', '', ({ vector }) =>
  vector == null
    ? null
    : ({ valuesOf, tokens }) => {
        const pooled = (values: ArrayLike<number>): UnitVector =>
          toUnit(vector.ofTokens && tokens !== null ? meanVector(values, tokens) : values);
        const [mine, theirs] = valuesOf(vector.name);
        return { loss: 1 - cosineOf(pooled(mine), pooled(theirs)), most: 0.5 };
      },
);

export const trials: readonly Surrogate[] = [ofSteps, ofClasses, ofVectors];
