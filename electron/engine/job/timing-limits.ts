import { AppError } from '../../../shared/app-error.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { Diagnostic } from '../../../shared/run.ts';

/** How long every model of a run is timed at least, and all together at most, in seconds. */
export interface TimingLimits {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

export const usualTiming: TimingLimits = { minSeconds: 3, maxSeconds: 20 };

const variable = 'VERNIER_TIMING_SECONDS';
const [leastSeconds, mostSeconds] = [0.1, 3600];

/**
 * For trying things out, the environment may say that models are timed for less than usual, or more: intervals are as wide or
 * narrow as that makes them, and the run says so.
 * @throws AppError `options-invalid` for what is no such number.
 */
export function readTimingLimits(environment: Readonly<Record<string, string | undefined>> = process.env): {
  readonly limits: TimingLimits;
  readonly diagnostics: readonly Diagnostic[];
} {
  const text = environment[variable] ?? '';
  if (text === '') return { limits: usualTiming, diagnostics: [] };
  const seconds = Number(text);
  if (!(seconds >= leastSeconds && seconds <= mostSeconds)) {
    throw new AppError(
      'options-invalid',
      tell('timingSecondsInvalid', { variable, text, least: `${leastSeconds}`, most: `${mostSeconds}` }),
    );
  }
  const message = say('timedOtherwise', { variable, seconds: `${seconds}`, usual: `${usualTiming.minSeconds}` });
  return {
    limits: { minSeconds: seconds, maxSeconds: (seconds / usualTiming.minSeconds) * usualTiming.maxSeconds },
    diagnostics: [{ severity: 'info', code: 'timing-seconds', message, node: null }],
  };
}
