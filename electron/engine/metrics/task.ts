import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { TaskName } from '../../../shared/tasks.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { ValueInfo } from '../runtime/session.ts';
import { elementCount } from '../tensor/tensor.ts';
import { floatTypes } from './float-types.ts';

/** What targets are for: it decides which figures say how good a model is. */
export type Task = 'regression' | 'segmentation' | 'multi-label';

/** What is right for a sample, as the data has it. */
export interface TargetFacts {
  /** As the data calls them. */
  readonly name: string;
  /** The output they belong to; null where their name does not tell. */
  readonly output: string | null;
  readonly dataType: string;
  /** Of one sample, without the dimension of samples. */
  readonly dims: readonly number[];
  /** Whether they are zeros and ones, stored as integers. */
  readonly areYesOrNo: boolean;
}

/** An output as it came from a run. */
export interface OutputFacts {
  readonly name: string;
  readonly dataType: string;
  /** Of one sample, without the dimension of samples. */
  readonly dims: readonly number[];
}

/** The dimensions of one sample of an output. */
export function sampleDims(dims: readonly number[], batchSize: number): readonly number[] {
  return dims[0] === batchSize ? dims.slice(1) : dims;
}

/** Shorter rows are few numbers, not a place in a space. */
const shortestVector = 8;

/** The first output that gives one vector a sample. */
export function findVector(outputs: readonly OutputFacts[]): string | null {
  const isVector = ({ dataType, dims }: OutputFacts): boolean =>
    floatTypes.includes(dataType) && dims.length === 1 && dims[0]! >= shortestVector;
  return outputs.find(isVector)?.name ?? null;
}

/** Where a model keeps what it makes of the first token for a classifier, beside what it makes of all. */
const isPooler = ({ name }: OutputFacts): boolean => /pooler/i.test(name);

/**
 * The output of a model of texts that gives a vector a sample, or one a token, which are averaged: of a text's own tokens.
 */
export function findTextVector(
  outputs: readonly OutputFacts[],
): { readonly name: string; readonly ofTokens: boolean } | null {
  const isOfTokens = ({ dataType, dims }: OutputFacts): boolean =>
    floatTypes.includes(dataType) && dims.length === 2 && dims[1]! >= shortestVector;
  const whole = findVector(outputs.filter((output) => !isPooler(output)));
  if (whole !== null) return { name: whole, ofTokens: false };
  const tokens = outputs.find(isOfTokens)?.name ?? null;
  if (tokens !== null) return { name: tokens, ofTokens: true };
  const pooled = findVector(outputs);
  return pooled === null ? null : { name: pooled, ofTokens: false };
}

/** The outputs as one run on `batchSize` samples showed them. */
export function describeOutputs(outputs: readonly ValueInfo[], shapes: Shapes, batchSize: number): OutputFacts[] {
  return outputs.flatMap(({ name }) => {
    const shape = shapes.get(name);
    if (shape?.dataType == null) return [];
    return [{ name, dataType: shape.dataType, dims: sampleDims(shape.dims, batchSize) }];
  });
}

const formatDims = (dims: readonly number[]): string => `[${dims.join(', ')}]`;

/**
 * The output that targets are compared with: the one they are called after, else the only one, else the first of floating point
 * that has as many values a sample, else the first.
 */
function chooseOutput({ output, dims }: TargetFacts, outputs: readonly OutputFacts[]): OutputFacts | null {
  const named = outputs.find(({ name }) => name === output);
  if (named !== undefined || output !== null) return named ?? null;
  const floats = outputs.filter(({ dataType }) => floatTypes.includes(dataType));
  const count = elementCount(dims);
  return floats.find((one) => elementCount(one.dims) === count) ?? floats[0] ?? outputs[0] ?? null;
}

export interface TargetUse {
  readonly output: OutputFacts;
  readonly task: Task;
  /** How a map is read whose form the targets do not tell. */
  readonly map?: {
    /** One score a pixel: yes above a half of a probability, or above 0. */
    readonly isYesOrNo: boolean;
    /** Height and width come before the classes. */
    readonly areClassesLast: boolean;
  };
}

/**
 * What targets are compared with and what for.
 * @param asked the task that somebody said it is; of one that takes no such targets they are not used.
 * @returns null where the output they are called after is not among those compared.
 * @throws AppError `data-shape-mismatch` where no figure fits both.
 */
export function useTargets(
  targets: TargetFacts,
  outputs: readonly OutputFacts[],
  asked: TaskName | null = null,
): TargetUse | null {
  const output = chooseOutput(targets, outputs);
  if (output === null || (asked !== null && !isOfTargets(asked))) return null;
  const task = asked === null ? findTask(targets, output) : fits(asked, targets, output) ? asked : null;
  if (task !== null) return { output, task };
  throw new AppError(
    'data-shape-mismatch',
    tell('targetsShapeWrong', {
      name: targets.name,
      dims: formatDims(targets.dims),
      output: output.name,
      wanted: formatDims(output.dims),
    }),
  );
}

const withoutOnes = (dims: readonly number[]): string => dims.filter((dim) => dim !== 1).join();

const isOfTargets = (task: TaskName): task is Task =>
  task === 'regression' || task === 'segmentation' || task === 'multi-label';

/** Whether targets can be compared with an output for this task, which somebody said it is. */
function fits(task: Task, { dims, dataType }: TargetFacts, output: OutputFacts): boolean {
  const hasSameSize = elementCount(output.dims) === elementCount(dims);
  if (task !== 'segmentation') return hasSameSize;
  const isWhole = !floatTypes.includes(dataType);
  return isWhole && (hasSameSize || withoutOnes(output.dims.slice(1)) === withoutOnes(dims));
}

/** Null where no figure fits both. */
function findTask({ dataType, dims, areYesOrNo }: TargetFacts, output: OutputFacts): Task | null {
  const isWhole = !floatTypes.includes(dataType);
  const givesClasses = !floatTypes.includes(output.dataType);
  const hasSameSize = elementCount(output.dims) === elementCount(dims);
  // One map a class, and the class of each pixel.
  if (isWhole && output.dims.length >= 3 && !hasSameSize && withoutOnes(output.dims.slice(1)) === withoutOnes(dims))
    return 'segmentation';
  if (isWhole && givesClasses && hasSameSize && dims.length >= 2) return 'segmentation';
  if (!hasSameSize) return null;
  return areYesOrNo && elementCount(dims) > 1 && output.dims.length === 1 ? 'multi-label' : 'regression';
}
