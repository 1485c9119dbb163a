import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import { readTolerance } from '../../../shared/goal-limits.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { formatBytes, formatFixed } from '../../../shared/units.ts';
import { drownedDb } from './float-layers.ts';
import { pointsLost, type GoalOutcome } from './reach-goal.ts';

const decibels = (db: number): string => `${formatFixed(db, 1)} dB`;

function describeSize({ within, maxSize }: Recipe, { isMet, before, after }: GoalOutcome): Sentence {
  const [size, closeness] = [formatBytes(after.bytes), decibels(after.quality.sqnrDb)];
  if (!isMet) {
    const least = within === '' ? `${drownedDb} dB` : within;
    return say('goalSizeMissed', { limit: maxSize, least, size, closeness });
  }
  const [sizeBefore, closenessBefore] = [formatBytes(before.bytes), decibels(before.quality.sqnrDb)];
  return say('goalSize', { limit: maxSize, size, closeness, sizeBefore, closenessBefore });
}

function describeWithin({ within }: Recipe, { isMet, before, after }: GoalOutcome): Sentence {
  const limit = within;
  const [size, sizeBefore] = [formatBytes(after.bytes), formatBytes(before.bytes)];
  if (readTolerance(within)?.unit === 'dB') {
    const [closeness, closenessBefore] = [decibels(after.quality.sqnrDb), decibels(before.quality.sqnrDb)];
    return isMet
      ? say('goalWithin', { limit, size, closeness, sizeBefore, closenessBefore })
      : say('goalWithinMissed', { limit, size, closeness, closenessBefore });
  }
  const [lost, lostBefore] = [pointsLost(after.quality), pointsLost(before.quality)];
  if (lost === null || lostBefore === null) return say('goalNoClasses', { limit });
  const [points, pointsBefore] = [formatFixed(lost, 2), formatFixed(lostBefore, 2)];
  return isMet
    ? say('goalWithinPoints', { limit, size, points, sizeBefore, pointsBefore })
    : say('goalWithinPointsMissed', { limit, size, points, pointsBefore });
}

/** What came of each limit of the recipe, in plain words: one that was not reached is a warning. */
export function describeGoal(recipe: Recipe, outcomes: readonly GoalOutcome[] | null): Diagnostic[] {
  const limits = [recipe.within, recipe.maxSize].filter((limit) => limit !== '');
  if (limits.length === 0) return [];
  const warn = (message: Sentence): Diagnostic => ({ severity: 'warning', code: 'goal-missed', message, node: null });
  if (outcomes === null) return [warn(say('goalNotLooked', { limits: limits.join(', ') }))];
  const isIdle = readTolerance(recipe.within)?.unit === 'dB' && !['size', 'speed'].includes(recipe.goal);
  return outcomes.map((outcome) => {
    if (isIdle && outcome.limit === 'within') return warn(say('goalNeedsDirection', { limit: recipe.within }));
    const message = (outcome.limit === 'within' ? describeWithin : describeSize)(recipe, outcome);
    return outcome.isMet ? { severity: 'info', code: 'goal-met', message, node: null } : warn(message);
  });
}
