import type { TaskName } from '../../../shared/tasks.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Targets } from '../data/targets.ts';
import type { Session } from '../runtime/session.ts';
import { chooseClassOutput } from './class-scores.ts';
import { findTextOutput, type TextOutput } from './ctc.ts';
import type { Origin } from './ranks-classes.ts';
import { findTextVector, findVector, useTargets, type OutputFacts, type TargetUse } from './task.ts';
import { useMasks } from './use-masks.ts';

/** Tasks whose outputs rank classes; of the others nobody asks for the first one. */
const ranksClasses: readonly TaskName[] = ['classification', 'segmentation'];

/** The output that holds class scores, as `chooseClassOutput` has it; null where the task has none. */
export function findClassOutput(
  outputs: Session['outputs'],
  {
    origin,
    labelled,
    task,
    wanted,
  }: {
    readonly origin: Omit<Origin, 'labelled'> | null;
    readonly labelled: boolean;
    readonly task: TaskName | null;
    /** Taken, whatever it holds. */
    readonly wanted?: string | undefined;
  },
): string | null {
  if (task !== null && !ranksClasses.includes(task)) return null;
  const known = origin === null ? null : { ...origin, labelled: labelled || task === 'classification' };
  return chooseClassOutput(outputs, known, wanted);
}

/** What each output is read as; all null where they are compared by their values alone. */
export interface OutputReading {
  readonly targets: Targets | null;
  readonly targetUse: TargetUse | null;
  /** Ranks classes. */
  readonly classOutput: string | null;
  /** Is a vector, or one of each token, of which the mean is taken. */
  readonly vector: { readonly name: string; readonly ofTokens: boolean } | null;
  /** Ranks characters. */
  readonly textOutput: TextOutput | null;
  /** Ranks what comes next in a text. */
  readonly nextOutput: string | null;
}

/**
 * What the outputs are read as, by their dimensions and by what the data has.
 * @throws AppError as `useMasks`, `useTargets` and `findTextOutput`.
 */
export function readOutputs(
  dataset: Pick<Dataset, 'masks' | 'placement' | 'targets' | 'tokens' | 'texts'>,
  facts: readonly OutputFacts[],
  {
    classOutput: chosen,
    compared,
    task,
  }: {
    /** As `findClassOutput` has it. */
    readonly classOutput: string | null;
    /** Outputs that are compared by their values. */
    readonly compared: readonly string[];
    readonly task: TaskName | null;
  },
): OutputReading {
  const masked = useMasks(dataset, facts);
  const targets = masked?.targets ?? dataset.targets ?? null;
  const targetUse = masked?.use ?? (targets === null ? null : useTargets(targets, facts, task));
  // Numbers, and labels of which several are right, have no first class, whatever their output looks like.
  const ranksNothing = targetUse !== null && targetUse.task !== 'segmentation';
  const predicted = dataset.tokens?.nextTokenOutput ?? null;
  const nextOutput = predicted !== null && compared.includes(predicted) ? predicted : null;
  const ranksTokens = nextOutput !== null && nextOutput === chosen;
  const isOfTarget = ranksNothing && targetUse.output.name === chosen;
  const classOutput = isOfTarget || ranksTokens ? null : chosen;
  const comparesVectors = classOutput === null && nextOutput === null && targetUse === null && dataset.texts == null;
  const ofText = comparesVectors && dataset.tokens !== undefined ? findTextVector(facts) : null;
  const whole = comparesVectors && ofText === null ? findVector(facts) : null;
  return {
    targets,
    targetUse,
    classOutput,
    vector: ofText ?? (whole === null ? null : { name: whole, ofTokens: false }),
    textOutput: dataset.texts == null ? null : findTextOutput(dataset.texts.characters, facts),
    nextOutput,
  };
}
