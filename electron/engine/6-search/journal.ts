import { takeApart } from '../../../shared/engine-texts/said.ts';
import type { EngineEvent } from '../../../shared/events.ts';
import type { Candidate } from '../../../shared/run.ts';
import { sampleSqnrLimitDb } from '../../../shared/units.ts';
import type { CandidateQuality } from './candidate-quality.ts';
import { Agenda, type Remaining } from './agenda.ts';
import { describeCandidate } from './describe-candidate.ts';
import type { QuantizedVariant } from './variant.ts';

/** What a search writes down of its candidates, and how it tells how far it is. */
export interface Journal {
  /** What follows belongs to this choice, and all choices before it are made. */
  readonly begin: (choice: string) => void;
  /** Counts as a step. */
  readonly record: (
    name: string,
    variant: QuantizedVariant,
    quality: CandidateQuality,
    latencyRatio: number | null,
    note: string,
  ) => void;
  readonly choose: (name: string) => void;
  readonly advance: (name: string) => void;
  /** Keeps what is best so far: a search that is told to stop ends with it. The name is that of its candidate. */
  readonly hold: (variant: QuantizedVariant, name?: string) => void;
  /** What is held; null before anything is. The name is left out where it has been chosen already, or is no candidate's. */
  readonly best: () => Held | null;
  readonly remaining: () => Remaining;
}

export interface Held {
  readonly variant: QuantizedVariant;
  readonly name: string | undefined;
}

/** What whoever watches a search is told. */
export type SearchEvent = Extract<EngineEvent, { type: 'candidate' | 'best' }>;

function describeLoss(loss: CandidateQuality['loss']): Pick<Candidate, 'taskLoss'> {
  if (loss === null) return {};
  const { label, definition, zh, unit } = loss.surrogate;
  // Not a number among the outputs: no figure is a fair one.
  const value = Number.isFinite(loss.value) ? loss.value : null;
  return { taskLoss: { label, definition, zh: { ...zh }, unit, value } };
}

/** @param candidates the list that is written to. */
export function createJournal(
  candidates: Candidate[],
  onStep: (remaining: Remaining, name: string) => void,
  agenda = new Agenda([]),
  tell: (event: SearchEvent) => void = () => undefined,
): Journal {
  let held: Held | null = null;
  const advance: Journal['advance'] = (name) => {
    agenda.step();
    onStep(agenda.remaining(), name);
  };
  return {
    begin: (choice) => agenda.begin(choice),
    advance,
    hold: (variant, name) => {
      held = { variant, name };
      if (name !== undefined) tell({ type: 'best', name });
    },
    best: () => held,
    remaining: () => agenda.remaining(),
    record: (name, variant, { sqnrDb, worstTenthDb, top1Agreement, loss }, latencyRatio, note) => {
      // NaN among the outputs is as far off as can be.
      const finite = (decibels: number) => Math.max(-sampleSqnrLimitDb, decibels);
      const closeness = { sqnrDb: finite(sqnrDb), worstTenthSqnrDb: finite(worstTenthDb) };
      const said = { nameSaid: takeApart(name), noteSaid: takeApart(note) };
      const candidate: Candidate = {
        name,
        chosen: false,
        ...closeness,
        ...describeLoss(loss),
        top1Agreement,
        latencyRatio,
        note,
        ...said,
        ...describeCandidate(variant),
      };
      candidates.push(candidate);
      const { nameSaid, sqnrDb: db, sizeBytes } = candidate;
      tell({ type: 'candidate', candidate: { name, nameSaid, sqnrDb: db, latencyRatio, sizeBytes } });
      advance(name);
    },
    choose: (name) => {
      const index = candidates.findIndex((candidate) => candidate.name === name);
      if (index < 0) return;
      candidates[index] = { ...candidates[index]!, chosen: true };
      tell({ type: 'best', name });
    },
  };
}
