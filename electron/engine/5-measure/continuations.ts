import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import type { MetricRow } from '../../../shared/metric-row.ts';
import type { Dataset } from '../data/dataset.ts';
import type { TokenData } from '../data/token-data.ts';
import { continuationRows, type Continuation } from '../metrics/continuation.ts';
import { openSession, type Session } from '../runtime/session.ts';
import { elementCount } from '../tensor/tensor.ts';
import { toNumbers } from '../tensor/to-numbers.ts';

/** Texts that are written on, and tokens that are read and written of each. */
const mostTexts = 16;
const mostRead = 32;
const mostWritten = 32;
/** What writing may take together; what was written by then counts. */
const mostSeconds = 20;

export interface ContinuationOptions {
  readonly before: string | Uint8Array;
  readonly after: string | Uint8Array;
  readonly dataset: Dataset;
  readonly indices: readonly number[];
  readonly threads: number;
  readonly dims?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The token that a model ranks first after these; the first of equal ones. */
async function rankNext(session: Session, tokens: TokenData, output: string, ids: Int32Array): Promise<number> {
  const scores = (await session.run(tokens.feed(ids), [output]))[output]!;
  const values = toNumbers(scores);
  const vocabulary = scores.dims.at(-1)!;
  const fed = elementCount(scores.dims) / vocabulary;
  const start = (Math.min(fed, tokens.startOf(ids.length) + ids.length) - 1) * vocabulary;
  let best = 0;
  for (let token = 1; token < vocabulary; token++) if (values[start + token]! > values[start + best]!) best = token;
  return best;
}

/**
 * Lets both models write on after the first half of evaluation texts (32 tokens at most), the first-ranked token each time, until
 * they differ or 32 tokens are written. No text becomes longer than the longest of the data.
 * @returns no rows for models that do not predict tokens, and where no text is long enough.
 * @throws AppError as running does; CancelledError between two tokens.
 */
export async function measureContinuations(options: ContinuationOptions): Promise<MetricRow[]> {
  const { dataset, indices, threads, dims, signal, onProgress } = options;
  const { tokens } = dataset;
  if (tokens?.nextTokenOutput == null || (dataset.fixedBatchSize ?? 1) > 1) return [];
  const chosen = indices.filter((index) => tokens.idsOf(index).ids.length >= 4).slice(0, mostTexts);
  if (chosen.length === 0) return [];
  const output = tokens.nextTokenOutput;
  const sessions: Session[] = [];
  const found: Continuation[] = [];
  try {
    for (const model of [options.before, options.after])
      sessions.push(await openSession(model, { threads, ...(dims === undefined ? {} : { dims }) }));
    const [before, after] = sessions as [Session, Session];
    if (![before, after].every(({ outputs }) => outputs.some(({ name }) => name === output))) return [];
    const end = performance.now() + mostSeconds * 1000;
    for (const index of chosen) {
      const { ids } = tokens.idsOf(index);
      const read = Math.min(mostRead, Math.floor(ids.length / 2));
      const asked = Math.min(mostWritten, tokens.longest - read);
      let written = ids.slice(0, read);
      let same = 0;
      while (same < asked) {
        await yieldToEvents();
        if (signal?.aborted === true) throw new CancelledError();
        const mine = await rankNext(before, tokens, output, written);
        if ((await rankNext(after, tokens, output, written)) !== mine) break;
        same++;
        written = Int32Array.of(...written, mine);
        if (performance.now() > end && same < asked) return continuationRows(found);
      }
      found.push({ same, asked });
      onProgress?.(found.length, chosen.length);
    }
    return continuationRows(found);
  } finally {
    for (const session of sessions) await session.release();
  }
}
