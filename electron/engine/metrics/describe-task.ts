import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { TargetKind } from '../../../shared/target-kinds.ts';
import type { TaskName } from '../../../shared/tasks.ts';
import type { Dataset } from '../data/dataset.ts';
import type { ValueInfo } from '../runtime/session.ts';
import type { Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { Feeds } from '../tensor/tensor.ts';
import { describeScores } from './class-scores.ts';
import { describeHead } from './detection-heads/find-detector.ts';
import type { DetectionHead } from './detection-heads/head.ts';
import { findClassOutput, readOutputs, type OutputReading } from './read-outputs.ts';
import { findTargetKind, isLikeAnInput, kindOfPlaces } from './target-kind.ts';
import { describeOutputs, type OutputFacts } from './task.ts';

/** A model and its data as one run on the first samples showed them. */
export interface TaskFacts {
  readonly outputs: readonly ValueInfo[];
  readonly inputs: readonly ValueInfo[];
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly dataset: Dataset;
  /** What it was fed then. */
  readonly feeds: Feeds;
  /** What somebody said the model is for. */
  readonly task: TaskName | null;
  readonly detector: DetectionHead | null;
}

/** Scores at many places of a sample: pixels of an image, tokens of a text, or steps. */
function describePlaces(output: string, classes: number, positions: number, { dataset, feeds }: TaskFacts): Sentence {
  const slots = { output, classes, positions };
  switch (kindOfPlaces(positions, dataset, feeds)) {
    case 'tags':
      return say('taskTokens', slots);
    case 'masks':
      return say('taskPixels', slots);
    case 'characters':
      return say('taskCharacters', slots);
    case 'places':
      return say('taskSteps', slots);
  }
}

function describeClasses(output: string, outputs: readonly OutputFacts[], facts: TaskFacts): Sentence {
  const { dims, dataType } = outputs.find(({ name }) => name === output)!;
  const { classes, positions, areClasses } = describeScores({ dims: [1, ...dims], dataType }, 1);
  if (areClasses) return positions === 1 ? say('taskClassGiven', { output }) : say('taskClassesGiven', { output });
  if (classes === 1) return say('taskYesOrNo', { output });
  return positions === 1
    ? say('taskClassification', { output, classes })
    : describePlaces(output, classes, positions, facts);
}

function describeReading(reading: OutputReading, outputs: readonly OutputFacts[], facts: TaskFacts): Sentence | null {
  const { targetUse, classOutput, vector, textOutput, nextOutput, tagOutput, answerOutputs } = reading;
  // What is read as texts has been told with its characters.
  if (textOutput !== null) return null;
  if (tagOutput !== null) return say('taskTags', { output: tagOutput.name, classes: tagOutput.classes });
  if (answerOutputs !== null) return say('taskAnswers', answerOutputs);
  if (nextOutput !== null) return say('taskLanguage', { output: nextOutput });
  if (targetUse !== null) return say('taskTargets', { output: targetUse.output.name, task: targetUse.task });
  if (classOutput !== null) return describeClasses(classOutput, outputs, facts);
  const picture = vector === null ? outputs.find((output) => isLikeAnInput(output, facts.feeds)) : undefined;
  if (picture !== undefined) return say('taskPicture', { output: picture.name });
  if (vector === null) return say('taskUnknown');
  const width = outputs.find(({ name }) => name === vector.name)!.dims.at(-1) ?? 1;
  const { kind = 'mean', source = null } = facts.dataset.tokens?.pooling ?? {};
  if (vector.ofTokens && source !== null)
    return say('taskTokensPooled', { output: vector.name, width, pooling: kind, source });
  return vector.ofTokens
    ? say('taskTokenVectors', { output: vector.name, width })
    : say('taskVectors', { output: vector.name, width });
}

/** How the outputs are read, before anything is measured. */
function readTask({ outputs, inputs, graph, shapes, dataset, task }: TaskFacts) {
  const labelled = dataset.labels !== null;
  const classOutput = findClassOutput(outputs, { origin: { graph, shapes, inputs }, labelled, task });
  const known = describeOutputs(outputs, shapes, dataset.fixedBatchSize ?? 1);
  // An output whose size no run showed is not read as anything.
  const isKnown = (name: string): boolean => known.some((output) => output.name === name);
  const compared = known.map(({ name }) => name);
  const chosen = classOutput !== null && isKnown(classOutput) ? classOutput : null;
  return { known, reading: readOutputs(dataset, known, { classOutput: chosen, compared, task }) };
}

/**
 * What the model is taken for, in one sentence, before anything is measured.
 * @returns null where another note says it.
 */
export function describeTask(facts: TaskFacts): Sentence | null {
  if (facts.detector !== null) return describeHead(facts.detector);
  const { known, reading } = readTask(facts);
  return describeReading(reading, known, facts);
}

/** What would say how right the model's outputs are. */
export function targetKindOfTask(facts: TaskFacts): TargetKind {
  if (facts.detector !== null) return 'boxes';
  const { known, reading } = readTask(facts);
  return findTargetKind(reading, known, facts);
}

/** What the model is taken for, as a run says it. */
export function noteTask(facts: TaskFacts): Diagnostic[] {
  const message = describeTask(facts);
  return message === null ? [] : [{ severity: 'info', code: 'task', message, node: null }];
}
