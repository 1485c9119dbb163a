import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import type { ClosedLoop, Diagnostic } from '../../../shared/run.ts';
import { describeOneStep, type StatePair } from '../1-analyze/find-states.ts';
import { readBatch } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import { formatDims } from '../data/model-inputs.ts';
import { chooseClassOutput } from '../metrics/class-scores.ts';
import { createCloseness } from '../metrics/closeness.ts';
import type { OutputSource } from '../metrics/output-parts.ts';
import { createQualityMeter, type SampleOutputs } from '../metrics/output-quality.ts';
import { floatTypes } from '../metrics/float-types.ts';
import { toNumbers } from '../tensor/to-numbers.ts';
import { openSession, type Session } from '../runtime/session.ts';
import { elementCount, type Feeds } from '../tensor/tensor.ts';

/** A sequence of this length tells whether errors add up, and takes seconds. */
const mostSteps = 500;
/** A closed loop this much further off than single steps is worth a word. */
const worthTellingDb = 6;

export interface ClosedLoopOptions {
  /** Path of an .onnx file or its bytes. */
  readonly before: string | Uint8Array;
  readonly after: string | Uint8Array;
  /** Outputs that feed inputs, as `findStates` finds them. */
  readonly states: readonly StatePair[];
  readonly dataset: Dataset;
  /** The evaluation split: indices into the dataset. */
  readonly indices: readonly number[];
  /** What the outputs of the original are made of. */
  readonly source: OutputSource;
  /** False where no compared output ranks classes, whatever it looks like. */
  readonly ranksClasses?: boolean;
  readonly threads: number;
  readonly dims?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ClosedLoopReport {
  /** Null without states, and where it could not be measured. */
  readonly closedLoop: ClosedLoop | null;
  /** `closed-loop-worse`, or `state-one-step` that says why there is no closed loop. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Why there can be no closed loop, as the end of a sentence. */
class NoLoop extends Error {
  readonly reason: Sentence;

  constructor(reason: Sentence, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

function assertSequence({ dataset, indices }: ClosedLoopOptions): void {
  if (dataset.kind === 'random') throw new NoLoop(say('noiseStoodIn'));
  if ((dataset.fixedBatchSize ?? 1) > 1) throw new NoLoop(say('batchesNoSequence', { count: dataset.fixedBatchSize! }));
  if (indices.length < 2) throw new NoLoop(say('oneEvaluationSample'));
}

/** What the states fed next are, checked to be as large as those fed before: a cache that grows starts every sequence anew. */
function takeStates(states: readonly StatePair[], outputs: SampleOutputs, sample: Feeds): Feeds {
  return Object.fromEntries(
    states.map(({ output, input }) => {
      const [made, fed] = [outputs[output]!, sample[input]!];
      if (made.dims.join() !== fed.dims.join()) {
        const sizes = { made: formatDims(made.dims), fed: formatDims(fed.dims) };
        throw new NoLoop(say('stateGrows', { output, input, ...sizes }));
      }
      return [input, made] as const;
    }),
  );
}

function assertFinite(
  outputs: SampleOutputs,
  problem: 'originalNotFiniteFrom' | 'compressedNotFiniteFrom',
  step: number,
): void {
  for (const tensor of Object.values(outputs)) {
    if (!floatTypes.includes(tensor.dataType)) continue;
    const values = toNumbers(tensor);
    for (let index = 0; index < values.length; index++) {
      if (!Number.isFinite(values[index])) throw new NoLoop(say(problem, { step }));
    }
  }
}

/** Which outputs are compared: not the states, unless there is nothing else. */
function chooseOutputs(before: Session, after: Session, { states, source, ranksClasses }: ClosedLoopOptions) {
  const stateNames = states.map(({ output }) => output);
  const missing = stateNames.find((name) =>
    [before, after].some(({ outputs }) => !outputs.some((output) => output.name === name)),
  );
  if (missing !== undefined) throw new NoLoop(say('outputNotCompared', { output: missing }));
  const numeric = before.outputs.filter(({ dataType }) => dataType !== 'string' && dataType !== 'other');
  const others = numeric.filter(({ name }) => !stateNames.includes(name));
  const candidates = others.length > 0 ? others : numeric;
  const floats = candidates.filter(({ dataType }) => floatTypes.includes(dataType));
  const compared = (floats.length > 0 ? floats : candidates).map(({ name }) => name);
  const classOutput =
    ranksClasses === false ? null : chooseClassOutput(candidates, { ...source, inputs: before.inputs });
  return { compared, classOutput, fetched: [...new Set([...compared, classOutput ?? compared[0]!, ...stateNames])] };
}

type Chosen = ReturnType<typeof chooseOutputs>;

/** Both models over the sequence; the compressed one is also run from the original's states, to tell what single steps cost. */
function createLoopComparison(first: SampleOutputs, { compared, classOutput }: Chosen, source: OutputSource) {
  const single = compared.find((name) => elementCount(first[name]!.dims) === 1) ?? null;
  const decider = classOutput ?? single;
  const quality = createQualityMeter(first, decider, source, compared);
  const [loop, oneStep] = [createCloseness(compared.length), createCloseness(compared.length)];
  // A single value that is no class score by its making still decides if it is a probability.
  let canDecide = decider !== null;
  const pairsOf = (mine: SampleOutputs, theirs: SampleOutputs) =>
    compared.map((name) => [toNumbers(mine[name]!), toNumbers(theirs[name]!)] as const);
  return {
    add(mine: SampleOutputs, theirs: SampleOutputs, fromMine: SampleOutputs): void {
      for (const name of [...compared, ...(decider === null ? [] : [decider])]) {
        if (elementCount(mine[name]!.dims) !== elementCount(theirs[name]!.dims))
          throw new NoLoop(say('outputSizesDiffer', { output: name }));
      }
      quality.add(mine, theirs);
      loop.add(pairsOf(mine, theirs));
      oneStep.add(pairsOf(mine, fromMine));
      if (classOutput !== null || decider === null) return;
      const value = toNumbers(mine[decider]!)[0]!;
      canDecide &&= value >= 0 && value <= 1;
    },
    report: () => ({
      sqnrDb: loop.report().sqnrDb,
      oneStepDb: oneStep.report().sqnrDb,
      worstTenthSqnrDb: quality.quality().worstTenthDb,
      decisionShare: canDecide ? quality.quality().top1Agreement : null,
    }),
  };
}

async function runStep(session: Session, feeds: Feeds, fetched: readonly string[], step: number) {
  try {
    return await session.run(feeds, fetched);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'model-run-failed' || step === 1) throw error;
    throw new NoLoop(say('stepCannotRun', { step }), { cause: error });
  }
}

async function runLoop(before: Session, after: Session, options: ClosedLoopOptions): Promise<ClosedLoopReport> {
  const { states, dataset, source, signal, onProgress } = options;
  const chosen = chooseOutputs(before, after, options);
  const { fetched } = chosen;
  const steps = options.indices.toSorted((left, right) => left - right).slice(0, mostSteps);
  let [myStates, theirStates]: [Feeds, Feeds] = [{}, {}];
  let comparison: ReturnType<typeof createLoopComparison> | null = null;
  for (const [at, index] of steps.entries()) {
    await yieldToEvents();
    if (signal?.aborted === true) throw new CancelledError();
    const step = at + 1;
    const { feeds } = await readBatch(dataset, [index], 1);
    const mine = await runStep(before, { ...feeds, ...myStates }, fetched, step);
    const theirs = await runStep(after, { ...feeds, ...theirStates }, fetched, step);
    const fromMine = at === 0 ? theirs : await runStep(after, { ...feeds, ...myStates }, fetched, step);
    assertFinite(mine, 'originalNotFiniteFrom', step);
    assertFinite(theirs, 'compressedNotFiniteFrom', step);
    comparison ??= createLoopComparison(mine, chosen, source);
    comparison.add(mine, theirs, fromMine);
    [myStates, theirStates] = [takeStates(states, mine, feeds), takeStates(states, theirs, feeds)];
    onProgress?.(step, steps.length);
  }
  const { oneStepDb, ...figures } = comparison!.report();
  const closedLoop: ClosedLoop = { states: [...states], steps: steps.length, ...figures };
  return { closedLoop, diagnostics: describeFall(closedLoop, oneStepDb) };
}

function describeFall({ sqnrDb, steps }: ClosedLoop, oneStepDb: number | null): Diagnostic[] {
  if (sqnrDb === null || (oneStepDb !== null && oneStepDb - sqnrDb <= worthTellingDb)) return [];
  const single = oneStepDb === null ? say('withoutDifference') : `${oneStepDb.toFixed(1)} dB`;
  const message = say('closedLoopWorse', { steps, db: sqnrDb.toFixed(1), single });
  return [{ severity: 'warning', code: 'closed-loop-worse', message, node: null }];
}

/**
 * Compares two models with state as they are used: the evaluation samples in the order of the data are one sequence of at most 500
 * steps, both models start from the first sample's states, and from then on each is fed with what it handed out itself. SQNR is
 * that of `createCloseness` over the outputs that are no states, the worst tenth and decisions those of `createQualityMeter`.
 *
 * @throws AppError as reading and running do; CancelledError between two steps. What merely rules out a loop becomes a diagnostic.
 */
export async function measureClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopReport> {
  const { states, threads, dims, dataset } = options;
  // Texts are no steps of one sequence: each brings its own, and a cache starts anew.
  if (states.length === 0 || dataset.tokens !== undefined) return { closedLoop: null, diagnostics: [] };
  const sessions: Session[] = [];
  const open = async (model: string | Uint8Array): Promise<Session> => {
    const session = await openSession(model, { threads, ...(dims === undefined ? {} : { dims }) });
    sessions.push(session);
    return session;
  };
  try {
    assertSequence(options);
    return await runLoop(await open(options.before), await open(options.after), options);
  } catch (error) {
    if (!(error instanceof NoLoop)) throw error;
    return { closedLoop: null, diagnostics: [describeOneStep(states, error.reason)] };
  } finally {
    for (const session of sessions) await session.release();
  }
}
