import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { TaskName } from '../../../shared/tasks.ts';
import { findAnswerOutputs, type AnswerOutputs } from '../data/answer-places.ts';
import type { Dataset, WordTargets } from '../data/dataset.ts';
import type { Targets } from '../data/targets.ts';
import type { Session } from '../runtime/session.ts';
import { chooseClassOutput } from './class-scores.ts';
import { findTextOutput, type TextOutput } from './ctc.ts';
import { floatTypes } from './float-types.ts';
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
  /** Ranks tags at each token. */
  readonly tagOutput: { readonly name: string; readonly classes: number } | null;
  /** Say where answers stand in texts; whether in those of the data, `Dataset.answers` tells. */
  readonly answerOutputs: AnswerOutputs | null;
}

/** @throws AppError `data-shape-mismatch` where no output tags words; `labels-malformed` for tags that it does not have. */
function findTagOutput(outputs: readonly OutputFacts[], { largestTag }: WordTargets, chosen: string | null) {
  const ofTokens = outputs.filter(({ dataType, dims }) => floatTypes.includes(dataType) && dims.length === 2);
  const output = ofTokens.find(({ name }) => name === chosen) ?? ofTokens[0];
  if (output === undefined) {
    const shapes = outputs.map(({ name, dims }) => `"${name}" [${dims.join(', ')}]`).join(', ');
    throw new AppError('data-shape-mismatch', tell('noTagOutput', { shapes }));
  }
  const { name, dims } = output;
  const classes = dims[1]!;
  if (largestTag < classes) return { name, classes };
  throw new AppError(
    'labels-malformed',
    tell('tagBeyondClasses', { output: name, last: classes - 1, tag: largestTag }),
  );
}

/**
 * What the outputs are read as, by their dimensions and by what the data has.
 * @throws AppError as `useMasks`, `useTargets`, `findTextOutput` and `findTagOutput`.
 */
export function readOutputs(
  dataset: Pick<Dataset, 'masks' | 'placement' | 'targets' | 'tokens' | 'texts' | 'tags'>,
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
  const answerOutputs =
    dataset.tokens === undefined || (task !== null && task !== 'classification')
      ? null
      : findAnswerOutputs(facts.map((output) => ({ ...output, dims: [1, ...output.dims] })));
  // Places of a text are no classes.
  const classOutput = isOfTarget || ranksTokens || answerOutputs !== null ? null : chosen;
  const comparesVectors =
    classOutput === null &&
    nextOutput === null &&
    targetUse === null &&
    answerOutputs === null &&
    dataset.texts == null;
  const tags = task === null || task === 'classification' ? (dataset.tags ?? null) : null;
  const ofText = comparesVectors && dataset.tokens !== undefined ? findTextVector(facts) : null;
  const whole = comparesVectors && ofText === null ? findVector(facts) : null;
  return {
    targets,
    targetUse,
    classOutput,
    vector: ofText ?? (whole === null ? null : { name: whole, ofTokens: false }),
    textOutput: dataset.texts == null ? null : findTextOutput(dataset.texts.characters, facts),
    nextOutput,
    tagOutput: tags === null ? null : findTagOutput(facts, tags, chosen),
    answerOutputs,
  };
}
