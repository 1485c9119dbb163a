import type { Recipe } from '../../../shared/recipe.ts';

/** What a search is after: how it exchanges closeness to the float model, speed and size. */
export interface Objective {
  /** 1 dB of output SQNR is worth this share of the latency. */
  readonly latencySharePerDb: number;
  /**
   * A layer in float has to save this share of the latency for doubling the model. Dilated convolutions of a segmentation network
   * saved 10 % for making it 2.7 times as large.
   */
  readonly latencySharePerSize: number;
  /** Half the size is worth so many dB. */
  readonly sqnrPerHalvingDb: number;
  /** Closer than this to the float model is worth nothing more. */
  readonly ampleSqnrDb: number;
}

/**
 * By the recipe's goal. Beyond 35 dB nobody can tell the difference any more; who asks for accuracy wants to be on the safe side, and
 * who asks for speed or size bears what shows in few samples.
 */
const objectives: Readonly<Record<Recipe['goal'], Objective>> = {
  balanced: { latencySharePerDb: 0.02, latencySharePerSize: 0.2, sqnrPerHalvingDb: 0, ampleSqnrDb: 35 },
  accuracy: { latencySharePerDb: 0.05, latencySharePerSize: 0.2, sqnrPerHalvingDb: 0, ampleSqnrDb: 45 },
  speed: { latencySharePerDb: 0.005, latencySharePerSize: 0.05, sqnrPerHalvingDb: 0, ampleSqnrDb: 30 },
  size: { latencySharePerDb: 0.02, latencySharePerSize: 1, sqnrPerHalvingDb: 10, ampleSqnrDb: 30 },
};

/** Where `within` says what smaller or faster may cost, nothing is exchanged for it before. */
export function objectiveOf({ goal, within }: Pick<Recipe, 'goal' | 'within'>): Objective {
  return objectives[within !== '' && goal !== 'accuracy' ? 'balanced' : goal];
}
