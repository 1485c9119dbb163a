import { takeApart } from '../../../shared/engine-texts/said.ts';
import type { Candidate } from '../../../shared/run.ts';
import { sampleSqnrLimitDb } from '../../../shared/units.ts';
import type { Quality } from '../metrics/output-quality.ts';
import type { QuantizedVariant } from './variant.ts';

/** What a search writes down of its candidates, and how it tells how far it is. */
export interface Journal {
  /** Counts as a step. */
  readonly record: (name: string, quality: Quality, latencyRatio: number | null, note: string) => void;
  readonly choose: (name: string) => void;
  readonly advance: (name: string) => void;
  /** Keeps what is best so far: a search that is told to stop ends with it. The name is that of its candidate. */
  readonly hold: (variant: QuantizedVariant, name?: string) => void;
}

/** @param candidates the list that is written to. */
export function createJournal(
  candidates: Candidate[],
  onStep: (done: number, name: string) => void,
  hold: Journal['hold'] = () => undefined,
): Journal {
  let done = 0;
  const advance: Journal['advance'] = (name) => onStep(++done, name);
  return {
    advance,
    hold,
    record: (name, { sqnrDb, worstTenthDb, top1Agreement }, latencyRatio, note) => {
      // NaN among the outputs is as far off as can be.
      const finite = (decibels: number) => Math.max(-sampleSqnrLimitDb, decibels);
      const closeness = { sqnrDb: finite(sqnrDb), worstTenthSqnrDb: finite(worstTenthDb) };
      const said = { nameSaid: takeApart(name), noteSaid: takeApart(note) };
      candidates.push({ name, chosen: false, ...closeness, top1Agreement, latencyRatio, note, ...said });
      advance(name);
    },
    choose: (name) => {
      const index = candidates.findIndex((candidate) => candidate.name === name);
      if (index >= 0) candidates[index] = { ...candidates[index]!, chosen: true };
    },
  };
}
