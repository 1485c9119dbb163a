import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import type { MetricRow } from '../../../shared/metric-row.ts';
import { findStates, type StatePair } from '../1-analyze/find-states.ts';
import type { TokenData } from '../data/token-data.ts';
import { decodingRows, type DecodedPair, type DecodedText } from '../metrics/decoding-speed.ts';
import { openSession, type Session } from '../runtime/session.ts';
import type { Feeds } from '../tensor/tensor.ts';
import type { ContinuationOptions } from './continuations.ts';

/** Texts that are timed, tokens that are read of each at once, and tokens that follow one by one. */
const mostTexts = 24;
const mostRead = 64;
const mostWritten = 32;
const fewestWritten = 4;
/** What timing may take together; texts that were done by then count. */
const mostSeconds = 12;

/** What a step of this model takes and gives; null where the tokens come without a cache that grows. */
interface Decoder {
  readonly step: NonNullable<TokenData['step']>;
  readonly output: string;
  readonly states: readonly StatePair[];
}

/** Outputs of a run as the states of the next one. */
const statesOf = (outputs: Feeds, states: readonly StatePair[]): Feeds =>
  Object.fromEntries(states.map(({ input, output }) => [input, outputs[output]!]));

/** Reads the beginning of a text at once and the tokens after it one by one: those of the text, so that both models do the same work. */
async function decode(
  session: Session,
  tokens: TokenData,
  { step, output, states }: Decoder,
  { ids, read, written }: { readonly ids: Int32Array; readonly read: number; readonly written: number },
): Promise<DecodedText> {
  const fetched = [output, ...states.map((pair) => pair.output)];
  const start = performance.now();
  let outputs = await session.run(tokens.feed(ids.subarray(0, read)), fetched);
  const firstMs = performance.now() - start;
  const next = performance.now();
  for (let past = read; past < read + written; past++)
    outputs = await session.run(step(ids[past]!, past, statesOf(outputs, states)), fetched);
  return { firstMs, perSecond: (1000 * written) / (performance.now() - next) };
}

/**
 * Times how decoders with a cache of keys and values are used: the beginning of a text at once, then one token after another. Both models
 * take turns text by text.
 * @returns no rows for models without such a cache, and for too few texts.
 * @throws AppError as running does; CancelledError between two texts.
 */
export async function measureDecoding(options: ContinuationOptions): Promise<MetricRow[]> {
  const { dataset, indices, threads, dims, signal, onProgress } = options;
  const { tokens } = dataset;
  if (tokens?.nextTokenOutput == null || tokens.step === null || (dataset.fixedBatchSize ?? 1) > 1) return [];
  const texts = indices
    .map((index) => tokens.idsOf(index).ids)
    .filter((ids) => ids.length >= 2 * fewestWritten)
    .slice(0, mostTexts)
    .map((ids) => {
      const read = Math.min(mostRead, Math.floor(ids.length / 2));
      return { ids, read, written: Math.min(mostWritten, ids.length - read) };
    });
  if (texts.length === 0) return [];
  const sessions: Session[] = [];
  const pairs: DecodedPair[] = [];
  try {
    for (const model of [options.before, options.after])
      sessions.push(await openSession(model, { threads, ...(dims === undefined ? {} : { dims }) }));
    const [before, after] = sessions as [Session, Session];
    const decoder: Decoder = {
      step: tokens.step,
      output: tokens.nextTokenOutput,
      states: findStates(before.inputs, before.outputs),
    };
    const needed = [decoder.output, ...decoder.states.map(({ output }) => output)];
    if (!needed.every((name) => after.outputs.some((output) => output.name === name))) return [];
    // The first runs of a session are slower than all others.
    for (const session of sessions) await decode(session, tokens, decoder, texts[0]!);
    const end = performance.now() + mostSeconds * 1000;
    for (const [place, text] of texts.entries()) {
      await yieldToEvents();
      if (signal?.aborted === true) throw new CancelledError();
      if (performance.now() > end) break;
      const [one, other] = place % 2 === 0 ? [before, after] : [after, before];
      const [first, second] = [await decode(one, tokens, decoder, text), await decode(other, tokens, decoder, text)];
      pairs.push(place % 2 === 0 ? [first, second] : [second, first]);
      onProgress?.(pairs.length, texts.length);
    }
    return decodingRows(pairs);
  } finally {
    for (const session of sessions) await session.release();
  }
}
