import { basename } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { takeStart } from '../../../shared/cut-text.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { type AllowedFolders } from '../files/allowed-folders.ts';
import type { ValueInfo } from '../runtime/session.ts';
import type { Feeds } from '../tensor/tensor.ts';
import { hashBytes, hashParts, readFiles } from './content-hash.ts';
import type { Dataset, ScoredPair } from './dataset.ts';
import type { ModelInput } from './model-inputs.ts';
import type { Targets } from './targets.ts';
import type { TokenData } from './token-data.ts';
import { findPooling } from './token-pooling.ts';
import { findNextTokenOutput } from './next-token-output.ts';
import { feedsOf, findTextInputs, growsByToken, ownStart, stepFeedsOf, type TextInputs } from './text-feeds.ts';
import { findAnswerOutputs } from './answer-places.ts';
import { findAnswers, readLabels, readTags, type EncodedRow, type Labels, type TextSamples } from './text-targets.ts';
import { readTextFile } from './read-text-file.ts';
import type { TextRow, TextRows } from './text-row.ts';
import { largestTextBytes, readTextRows, type TextKind } from './text-rows.ts';
import { givesOneNumber, pairsOfHalves, scoresOfRows, splitPairs, targetsOfScores } from './text-scores.ts';
import { openTokenizer, type Cut, type Encoded, type TextTokenizer } from './tokenizer.ts';

/** What is known of the model that texts are read for. */
export interface TextModel {
  readonly path: string;
  readonly outputs: readonly ValueInfo[];
  /** Inputs that outputs are fed back to. */
  readonly states: readonly string[];
}

/** Tokens of a piece of a document, where the model does not fix them. */
const usualBlock = 128;
/** A language model is measured well on fewer; more take an hour. */
const mostDocumentTokens = 2 ** 19;
/** Characters that are looked at for them. */
const mostDocumentLength = 8 * mostDocumentTokens;
/** Fewer predict nothing. */
const fewestTokens = 2;

function assertFits({ fixedLength }: TextInputs): void {
  if (fixedLength !== null && fixedLength < fewestTokens)
    throw new AppError('data-shape-mismatch', tell('onlyOneToken', { length: fixedLength }));
}

/** The tokens of many texts, while cancelling and other work get their turn. */
async function encodeRows(
  rows: readonly TextRow[],
  tokenizer: TextTokenizer,
  { most, cuts }: { readonly most: number | null; readonly cuts: Cut },
  signal: AbortSignal | undefined,
): Promise<EncodedRow[]> {
  const encoded: EncodedRow[] = [];
  for (const [index, { text, pair, words }] of rows.entries()) {
    if (index % 64 === 0) {
      await yieldToEvents();
      if (signal?.aborted === true) throw new CancelledError();
    }
    encoded.push(
      words === undefined ? tokenizer.encode(text, pair, most, cuts) : tokenizer.encodeWords(words.words, most),
    );
  }
  return encoded;
}

/** All that a model writes on from, one file behind the other. */
async function readDocument(paths: readonly string[]): Promise<string> {
  const texts: string[] = [];
  let left = largestTextBytes;
  for (const path of paths) {
    const text = await readTextFile(path, left);
    left -= text.length;
    texts.push(text);
  }
  return texts.join('\n');
}

/** A document in pieces of equal length, each a sample. */
function cutDocument(text: string, tokenizer: TextTokenizer, inputs: TextInputs): TextSamples {
  const all = tokenizer.encode(takeStart(text, mostDocumentLength), null, null).ids;
  const ids = all.subarray(0, mostDocumentTokens);
  const length = inputs.fixedLength ?? Math.min(usualBlock, tokenizer.mostTokens ?? usualBlock);
  const encoded: Encoded[] = [];
  for (let start = 0; start + fewestTokens <= ids.length; start += length) {
    const piece = ids.slice(start, start + length);
    encoded.push({ ids: piece, kinds: new Uint8Array(piece.length) });
  }
  if (encoded.length === 0) throw new AppError('data-missing', tell('documentTooShort', { tokens: all.length }));
  const notes = [say('documentCut', { tokens: ids.length, blocks: encoded.length, length })];
  if (ids.length < all.length || text.length > mostDocumentLength)
    notes.push(say('documentLeftOut', { tokens: ids.length }));
  return { encoded, rows: null, notes };
}

/** Texts of their own, each a sample. */
async function encodeTexts(
  { rows, notes: own }: TextRows,
  tokenizer: TextTokenizer,
  { fixedLength }: TextInputs,
  { predicts, cuts }: { readonly predicts: boolean; readonly cuts: Cut },
  signal: AbortSignal | undefined,
): Promise<TextSamples> {
  const limits = [fixedLength, tokenizer.mostTokens, predicts ? usualBlock : null].filter((limit) => limit !== null);
  const most = limits.length === 0 ? null : Math.min(...limits);
  const all = await encodeRows(rows, tokenizer, { most, cuts }, signal);
  const fewest = predicts ? fewestTokens : 1;
  const kept = [...all.keys()].filter((index) => all[index]!.ids.length >= fewest);
  if (kept.length === 0) throw new AppError('data-missing', tell('noTokensInTexts'));
  const notes: string[] = [...own];
  const cutCount = most === null ? 0 : all.filter(({ ids }) => ids.length === most).length;
  if (most !== null && cutCount > 0) notes.push(say('textsCut', { count: cutCount, most }));
  if (kept.length < rows.length) notes.push(say('textsWithoutTokens', { count: rows.length - kept.length, fewest }));
  return { encoded: kept.map((index) => all[index]!), rows: kept.map((index) => rows[index]!), notes };
}

/** What numbers the rows have are for. */
interface Scored {
  readonly targets: Targets | null;
  readonly pairs: readonly ScoredPair[] | null;
  readonly note: string;
}

/**
 * Texts with the numbers that somebody gave them: what the one output should be, or, for models that give vectors, how alike the texts
 * of a pair are, each of which is a sample then.
 */
async function encodeScored(
  path: string,
  found: TextRows,
  outputs: readonly ValueInfo[],
  encode: (rows: TextRows) => Promise<TextSamples>,
): Promise<{ readonly samples: TextSamples; readonly scored: Scored | null }> {
  const arePairs = found.rows.every(({ pair }) => pair !== null);
  const isOne = givesOneNumber(outputs);
  const scores = scoresOfRows(found.rows, isOne || arePairs);
  const file = basename(path);
  if (scores === null || outputs.length === 0) return { samples: await encode(found), scored: null };
  if (!isOne && arePairs) {
    const halves = splitPairs(found.rows);
    const samples = await encode({ ...found, rows: halves });
    const pairs = pairsOfHalves(halves, samples.rows ?? [], scores);
    return { samples, scored: { targets: null, pairs, note: say('scoresOfPairs', { file, count: pairs.length }) } };
  }
  const samples = await encode(found);
  const places = new Map(found.rows.map((row, place) => [row, place]));
  const kept = Float64Array.from(samples.rows ?? [], (row) => scores[places.get(row)!]!);
  return {
    samples,
    scored: { targets: targetsOfScores('score', kept), pairs: null, note: say('scoresAreTargets', { file }) },
  };
}

function describeLengths(
  encoded: readonly Encoded[],
  { ids, fixedLength }: TextInputs,
  tokenizer: TextTokenizer,
): string {
  const lengths = encoded.map((one) => one.ids.length).sort((left, right) => left - right);
  const [shortest, longest, middle] = [lengths[0]!, lengths.at(-1)!, lengths[Math.floor(lengths.length / 2)]!];
  const named = { input: ids.name, file: basename(tokenizer.path), shortest, longest, middle };
  return fixedLength === null ? say('tokensFed', named) : say('tokensFilledUp', { ...named, length: fixedLength });
}

/**
 * Texts for a model that takes token ids, of one file or of all of a folder: a text a line, objects or a table with a text in each row; a document (.txt) for a causal
 * language model is cut into pieces. Labels are a column of the file, or `--labels` in the order of the texts.
 * @throws AppError `data-malformed`, `data-missing`, `data-shape-mismatch`, `labels-malformed`; CancelledError.
 */
export async function openTexts(
  path: string,
  { kind, paths }: { readonly kind: TextKind; readonly paths: readonly string[] },
  request: DataRequest,
  inputs: readonly ModelInput[],
  { model, allowed, signal }: { model: TextModel | null; allowed: AllowedFolders; signal: AbortSignal | undefined },
): Promise<Dataset> {
  const readings = await readFiles(paths);
  const textInputs = findTextInputs(inputs, model?.states ?? []);
  const tokenizer = await openTokenizer(request.tokenizerPath, model?.path ?? null, allowed);
  const nextTokenOutput = findNextTokenOutput(model?.outputs ?? [], textInputs, tokenizer);
  const predicts = nextTokenOutput !== null;
  const pooling = await findPooling(request.pooling, model?.path ?? null, allowed);
  if (predicts) assertFits(textInputs);
  const answerOutputs = findAnswerOutputs(model?.outputs ?? []);
  // Of a question nothing is cut off, only of the text that has the answer.
  const cuts = answerOutputs === null ? 'longest' : 'second';
  const { samples, scored } =
    predicts && kind === 'txt'
      ? { samples: cutDocument(await readDocument(paths), tokenizer, textInputs), scored: null }
      : await encodeScored(path, await readTextRows(paths, kind), model?.outputs ?? [], (rows) =>
          encodeTexts(rows, tokenizer, textInputs, { predicts, cuts }, signal),
        );
  const { encoded } = samples;
  const startOf = (count: number): number => ownStart(count, textInputs.fixedLength, tokenizer.padsLeft);
  const places = { modelPath: model?.path ?? path, tokenizerPath: tokenizer.path, allowed };
  const tagged = await readTags(samples, request, places, startOf);
  const answers = answerOutputs === null ? null : findAnswers(samples, answerOutputs, tokenizer, startOf);
  const labels: Labels =
    predicts || scored !== null || answers !== null || tagged !== null
      ? {
          labels: null,
          classNames: tagged?.classNames,
          notes: [...(scored === null ? [] : [scored.note]), ...(answers?.notes ?? []), ...(tagged?.notes ?? [])],
          readings: tagged?.readings ?? [],
        }
      : await readLabels(samples, request, places);
  const tokens: TokenData = {
    input: textInputs.ids.name,
    nextTokenOutput,
    largestId: encoded.reduce((largest, { ids }) => ids.reduce((most, id) => Math.max(most, id), largest), 0),
    tokenizerPath: tokenizer.path,
    pooling,
    idsOf: (index) => {
      const { ids } = encoded[index]!;
      return { ids, start: startOf(ids.length), fed: textInputs.fixedLength ?? ids.length };
    },
    longest: encoded.reduce((most, { ids }) => Math.max(most, ids.length), 0),
    feed: (ids) => feedsOf(textInputs, { ids, kinds: new Uint8Array(ids.length) }, tokenizer),
    step: growsByToken(textInputs) ? (id, past, states) => stepFeedsOf(textInputs, id, past, states) : null,
    startOf,
    tokenOf: tokenizer.tokenOf,
    textOf: (index) => {
      const row = samples.rows?.[index];
      if (row === undefined) return tokenizer.spell(encoded[index]!.ids);
      return row.pair === null ? row.text : `${row.text}\n${row.pair}`;
    },
  };
  const read = (index: number): Promise<Feeds> => Promise.resolve(feedsOf(textInputs, encoded[index]!, tokenizer));
  const all = [...readings, ...tokenizer.readings, ...labels.readings];
  return {
    path,
    kind: 'texts',
    count: encoded.length,
    labels: labels.labels,
    classNames: labels.classNames,
    ...(scored === null ? {} : { targets: scored.targets, scoredPairs: scored.pairs }),
    tokens,
    tags: tagged?.tags ?? null,
    answers: answers?.answers ?? null,
    sampleName: (index) => {
      const row = samples.rows?.[index];
      return row === undefined ? `${basename(path)} #${index + 1}` : `${basename(row.path)}:${row.line}`;
    },
    notes: [...samples.notes, describeLengths(encoded, textInputs, tokenizer), ...labels.notes, ...pooling.notes],
    fixedBatchSize: textInputs.batchSize,
    readings: [...all, ...pooling.readings],
    sha256: hashParts(all.map((file) => [basename(file.path), file.sha256] as const)),
    sampleSha256: (index) => {
      const { ids, kinds } = encoded[index]!;
      return Promise.resolve(hashBytes(`${ids.join(' ')}|${kinds.join('')}`));
    },
    read,
    readExpectedOutputs: null,
    close: () => Promise.resolve(),
  };
}
