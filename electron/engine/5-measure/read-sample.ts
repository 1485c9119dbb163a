import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { AnswerTargets, WordTargets } from '../data/dataset.ts';
import { describeScores } from '../metrics/class-scores.ts';
import type { Pooling } from '../../../shared/tasks.ts';
import type { OutputPair } from '../metrics/closeness.ts';
import { decodeGreedily, type TextOutput } from '../metrics/ctc.ts';
import { readAnswer } from '../metrics/answer-span.ts';
import type { OutputReading } from '../metrics/read-outputs.ts';
import type { ComparedTarget, NextTokens, WordTags } from '../metrics/metric.ts';
import { findOutputParts, splitParts, type OutputSource } from '../metrics/output-parts.ts';
import { createMapReader } from '../metrics/read-map.ts';
import { sampleDims, type TargetUse } from '../metrics/task.ts';
import { toNumbers } from '../tensor/to-numbers.ts';
import { findFinalSoftmax, undoSoftmax } from '../metrics/undo-softmax.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { ComparedSample } from './comparison.ts';

export interface ReaderOptions {
  /** Outputs that are compared by their values. */
  readonly compared: readonly string[];
  readonly classOutput: string | null;
  readonly vectorOutput: string | null;
  /** How its vectors of tokens become one; null where it gives one a sample. */
  readonly pooling: { readonly kind: Pooling } | null;
  /** Null where no output is read as texts. */
  readonly textOutput: TextOutput | null;
  /** The output that ranks the next token; null where none does. */
  readonly nextOutput: string | null;
  /** The output that tags words; null where none does. */
  readonly tagOutput: OutputReading['tagOutput'];
  /** The outputs that say where answers stand; null where none do. */
  readonly answerOutputs: OutputReading['answerOutputs'];
  /** Null without targets. */
  readonly targetUse: TargetUse | null;
  readonly source: OutputSource | undefined;
  readonly batchSize: number;
}

type Outputs = Readonly<Record<string, Tensor>>;

/** Of one sample: its row in the batch, and what is known of it. */
export interface KnownSample extends Pick<ComparedSample, 'index' | 'label'> {
  readonly row: number;
  readonly target: Tensor | null;
  /** The right text; null where it is not known. */
  readonly rightText: string | null;
  /** The words of a text and their tags; null where it has none. */
  readonly words: ReturnType<WordTargets['of']> | null;
  /** Where an answer may stand; null where the sample is no question. */
  readonly question: ReturnType<AnswerTargets['of']> | null;
  /** The tokens of a text and where they start; null where the sample is none. */
  readonly tokens: (Pick<NextTokens, 'ids' | 'start'> & { readonly fed: number }) | null;
}

/** The rows of one sample in every output of a batch. */
function sliceSample(name: string, tensor: Tensor, row: number, batchSize: number): ArrayLike<number> {
  const values = toNumbers(tensor);
  if (batchSize === 1) return values;
  if (tensor.dims[0] === undefined || tensor.dims[0] % batchSize !== 0) {
    throw new AppError(
      'data-shape-mismatch',
      tell('outputNotDivisible', { name, dimensions: tensor.dims.join('x'), count: batchSize }),
    );
  }
  const size = values.length / batchSize;
  return values.slice(row * size, (row + 1) * size);
}

function assertSameLength(name: string, [own, other]: OutputPair): void {
  if (own.length === other.length) return;
  throw new AppError(
    'model-unsupported',
    tell('outputValuesNotComparable', { name, before: own.length, after: other.length }),
  );
}

function readTexts(pairOf: (name: string) => OutputPair, { name, characters }: TextOutput): [string, string] {
  const [mine, theirs] = pairOf(name);
  return [decodeGreedily(mine, characters), decodeGreedily(theirs, characters)];
}

/** One vector of those at a text's own tokens, without those that fill it up; all of it where samples are no texts. */
function readVector(pair: OutputPair, tokens: KnownSample['tokens'], pooling: ReaderOptions['pooling']): OutputPair {
  if (tokens === null || pooling === null) return pair;
  const { start, ids, fed } = tokens;
  const end = start + ids.length;
  const [from, to] = { mean: [start, end], max: [start, end], cls: [start, start + 1], last: [end - 1, end] }[
    pooling.kind
  ] as [number, number];
  const pool = (values: ArrayLike<number>): Float64Array => {
    const width = values.length / fed;
    const one = new Float64Array(width).fill(pooling.kind === 'max' ? -Infinity : 0);
    for (let token = from; token < to; token++)
      for (let at = 0; at < width; at++) {
        const value = values[token * width + at]!;
        one[at] = pooling.kind === 'max' ? Math.max(one[at]!, value) : one[at]! + value / (to - from);
      }
    return one;
  };
  return [pool(pair[0]), pool(pair[1])];
}

/** The best class at each of some places. */
function readTags(scores: ArrayLike<number>, classes: number, places: Int32Array): Int32Array {
  return places.map((place) => {
    let best = 0;
    for (let tag = 1; tag < classes; tag++)
      if (scores[place * classes + tag]! > scores[place * classes + best]!) best = tag;
    return best;
  });
}

type PairOf = (name: string) => OutputPair;

function readWords(words: KnownSample['words'], output: ReaderOptions['tagOutput'], pairOf: PairOf): WordTags | null {
  if (words === null || output === null) return null;
  const [mine, theirs] = pairOf(output.name);
  const read = (scores: ArrayLike<number>) => readTags(scores, output.classes, words.places);
  return { pair: [read(mine), read(theirs)], right: words.tags };
}

function readAnswers(question: KnownSample['question'], outputs: ReaderOptions['answerOutputs'], pairOf: PairOf) {
  if (question === null || outputs === null) return null;
  const [start, end] = [pairOf(outputs.start), pairOf(outputs.end)];
  const read = (model: 0 | 1): string => readAnswer(start[model], end[model], question.places);
  return { read: [read(0), read(1)] as const, targets: question.right };
}

/** Takes single samples out of the outputs of a batch, as they are compared. */
export function createSampleReader({
  compared,
  classOutput,
  vectorOutput,
  pooling,
  textOutput,
  nextOutput,
  tagOutput,
  answerOutputs,
  targetUse,
  source,
  batchSize,
}: ReaderOptions) {
  const partsOf = compared.map((name) => (source === undefined ? null : findOutputParts(source, name)));
  const softmaxes = compared.map((name) => (source === undefined ? null : findFinalSoftmax(source.graph, name)));

  const readMap = targetUse?.map === undefined ? null : createMapReader(targetUse.map);

  function readTarget(
    target: Tensor | null,
    mine: Outputs,
    pairOf: (name: string) => OutputPair,
  ): ComparedTarget | null {
    if (target === null || targetUse === null) return null;
    const { name } = targetUse.output;
    const outputDims = sampleDims(mine[name]!.dims, batchSize);
    const outputs = pairOf(name);
    const map = readMap === null ? { outputs, outputDims } : readMap(outputs, outputDims);
    return { values: toNumbers(target), dims: target.dims, ...map };
  }

  return {
    partCount: partsOf.reduce((sum, parts) => sum + (parts?.lengths.length ?? 1), 0),
    read: (
      mine: Outputs,
      theirs: Outputs,
      { row, index, label, target, rightText, words, question, tokens }: KnownSample,
    ): ComparedSample => {
      const pairOf = (name: string): OutputPair => [
        sliceSample(name, mine[name]!, row, batchSize),
        sliceSample(name, theirs[name]!, row, batchSize),
      ];
      const values = compared.map(pairOf);
      for (const [output, pair] of values.entries()) assertSameLength(compared[output]!, pair);
      const dimsOf = (output: number) => [1, ...mine[compared[output]!]!.dims.slice(1)];
      const split = (pairs: readonly OutputPair[]) =>
        pairs.flatMap((pair, output) => splitParts(pair, dimsOf(output), partsOf[output]!));
      const scored = values.map((pair, output): OutputPair => {
        const softmax = softmaxes[output] ?? null;
        if (softmax === null || pair[0].length === 0) return pair;
        return [undoSoftmax(pair[0], dimsOf(output), softmax), undoSoftmax(pair[1], dimsOf(output), softmax)];
      });
      const scores =
        classOutput === null
          ? null
          : { pair: pairOf(classOutput), layout: describeScores(mine[classOutput]!, batchSize) };
      return {
        index,
        label,
        scores,
        vector: vectorOutput === null ? null : readVector(pairOf(vectorOutput), tokens, pooling),
        text: textOutput === null ? null : { read: readTexts(pairOf, textOutput), target: rightText },
        next:
          nextOutput === null || tokens === null
            ? null
            : {
                ...tokens,
                // Probabilities as the scores they were made of.
                pair: scored[compared.indexOf(nextOutput)]!,
                vocabulary: mine[nextOutput]!.dims.at(-1)!,
              },
        tags: readWords(words, tagOutput, pairOf),
        answer: readAnswers(question, answerOutputs, pairOf),
        target: readTarget(target, mine, pairOf),
        values: split(values),
        scored: split(scored),
      };
    },
  };
}
