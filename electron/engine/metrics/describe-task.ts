import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { TaskName } from '../../../shared/tasks.ts';
import type { Dataset } from '../data/dataset.ts';
import type { ValueInfo } from '../runtime/session.ts';
import type { Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { Feeds } from '../tensor/tensor.ts';
import { describeScores } from './class-scores.ts';
import { describeHead } from './detection-heads/find-detector.ts';
import type { DetectionHead } from './detection-heads/head.ts';
import { fedSizeOf } from './fed-size.ts';
import { findClassOutput, readOutputs, type OutputReading } from './read-outputs.ts';
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
  const fed = fedSizeOf(Object.values(feeds).map(({ dims }) => dims));
  const slots = { output, classes, positions };
  if (dataset.tokens !== undefined) return say('taskTokens', slots);
  if (dataset.kind !== 'images' || fed === null) return say('taskSteps', slots);
  // Fewer places than one in 64 x 64 pixels, or as many as one side has: no map of the image.
  const isMap = positions * 64 * 64 >= fed.width * fed.height && positions > Math.max(fed.width, fed.height);
  return isMap ? say('taskPixels', slots) : say('taskCharacters', slots);
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

/** Of the form of an input, or a picture of another size. */
function isLikeAnInput({ dims }: OutputFacts, feeds: Feeds): boolean {
  return Object.values(feeds).some((fed) => {
    const own = fed.dims.slice(1);
    const isPicture = own.length === 3 && dims.length === 3 && own[0] === dims[0] && (own[0] === 1 || own[0] === 3);
    return isPicture || (own.length === dims.length && own.length > 1 && own.join() === dims.join());
  });
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
  return vector.ofTokens
    ? say('taskTokenVectors', { output: vector.name, width })
    : say('taskVectors', { output: vector.name, width });
}

/**
 * What the model is taken for, in one sentence, before anything is measured.
 * @returns null where another note says it.
 */
export function describeTask(facts: TaskFacts): Sentence | null {
  const { outputs, inputs, graph, shapes, dataset, task, detector } = facts;
  if (detector !== null) return describeHead(detector);
  const labelled = dataset.labels !== null;
  const classOutput = findClassOutput(outputs, { origin: { graph, shapes, inputs }, labelled, task });
  const known = describeOutputs(outputs, shapes, dataset.fixedBatchSize ?? 1);
  // An output whose size no run showed is not read as anything.
  const isKnown = (name: string): boolean => known.some((output) => output.name === name);
  const compared = known.map(({ name }) => name);
  const chosen = classOutput !== null && isKnown(classOutput) ? classOutput : null;
  return describeReading(readOutputs(dataset, known, { classOutput: chosen, compared, task }), known, facts);
}

/** What the model is taken for, as a run says it. */
export function noteTask(facts: TaskFacts): Diagnostic[] {
  const message = describeTask(facts);
  return message === null ? [] : [{ severity: 'info', code: 'task', message, node: null }];
}
