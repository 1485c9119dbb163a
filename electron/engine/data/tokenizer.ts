import { Tokenizer } from '@huggingface/tokenizers';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { assertAllowed, type AllowedFolders } from '../files/allowed-folders.ts';
import type { Reading } from '../files/readings.ts';
import { readFiles } from './content-hash.ts';
import { readTextFile } from './read-text-file.ts';

/** A text as a model takes it. */
export interface Encoded {
  readonly ids: Int32Array;
  /** 0 for the first text and what stands around it, 1 for the second. */
  readonly kinds: Uint8Array;
}

export interface TextTokenizer {
  readonly path: string;
  /** Most tokens of a sample, those that are added counted; null where nothing says so. */
  readonly mostTokens: number | null;
  readonly padId: number;
  readonly padsLeft: boolean;
  /** Whether the model it belongs to was taught to fill gaps, which one that writes on is not. */
  readonly fillsGaps: boolean;
  /** One more than the largest id. */
  readonly vocabularySize: number;
  /**
   * The ids of a text, or of two, with what the tokenizer adds around them.
   * @param most what is longer is cut; null leaves it whole.
   * @throws AppError `data-malformed` where the vocabulary cannot spell the text.
   */
  readonly encode: (text: string, pair: string | null, most: number | null) => Encoded;
  readonly tokenOf: (id: number) => string;
  /** What ids stand for. */
  readonly spell: (ids: Int32Array) => string;
  readonly readings: readonly Reading[];
}

/** Those of models of a hundred languages have 35 MB. */
const largestTokenizerBytes = 64 * 2 ** 20;
const largestConfigBytes = 16 * 2 ** 20;
/** Configurations of models without a limit have a number that no text reaches. */
const noLimit = 1e7;

/** What of the library is used; its own declarations name files without their endings, which Node's resolution does not find. */
interface LibraryTokenizer {
  readonly post_processor: {
    readonly post_process: (
      first: readonly string[],
      second: readonly string[] | null,
      addSpecialTokens: boolean,
    ) => { readonly tokens: readonly string[]; readonly token_type_ids?: readonly number[] };
  } | null;
  readonly model: { readonly vocab: readonly string[]; readonly unk_token_id?: number };
  readonly tokenize: (text: string) => readonly string[];
  readonly token_to_id: (token: string) => number | undefined;
  readonly id_to_token: (id: number) => string | undefined;
  readonly decode: (ids: readonly number[], options: { readonly clean_up_tokenization_spaces: boolean }) => string;
}
const LibraryTokenizer = Tokenizer as unknown as new (json: Json, config: Json) => LibraryTokenizer;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < noLimit ? value : null;

/** @returns null where there is no such file. @throws AppError `data-malformed` for one that is no JSON object. */
export async function readJsonObject(path: string, largestBytes: number): Promise<Json | null> {
  let text: string;
  try {
    text = await readTextFile(path, largestBytes);
  } catch (error) {
    if (error instanceof AppError && error.code === 'file-not-found') return null;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below, with what it should be.
  }
  throw new AppError('data-malformed', tell('noJsonObject', { path }));
}

/** The first of the folders' files of this name that is there and may be read. */
export async function readBeside(
  folders: readonly string[],
  name: string,
  allowed: AllowedFolders,
): Promise<{ readonly path: string; readonly json: Json } | null> {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      assertAllowed(path, allowed);
    } catch {
      continue;
    }
    const json = await readJsonObject(path, largestConfigBytes);
    if (json !== null) return { path, json };
  }
  return null;
}

/** Where files that belong to a model lie: beside it, or above the folder that holds nothing but the graphs. */
export const foldersOfModel = (modelPath: string): string[] => [dirname(modelPath), dirname(dirname(modelPath))];

/** Files beside a model that say how texts are read for it, by name, those that are there. */
export async function findTextCompanions(
  modelPath: string,
): Promise<{ readonly name: string; readonly path: string }[]> {
  const found: { readonly name: string; readonly path: string }[] = [];
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'config.json']) {
    for (const folder of new Set(foldersOfModel(modelPath))) {
      const path = join(folder, name);
      const isThere = await stat(path).then(
        (one) => one.isFile() && one.size <= largestTokenizerBytes,
        () => false,
      );
      if (!isThere) continue;
      found.push({ name, path });
      break;
    }
  }
  return found;
}

/**
 * The tokenizer named, else `tokenizer.json` beside the model or one folder above.
 * @throws AppError `data-missing` where there is none, `data-malformed` for one that cannot be used.
 */
export async function openTokenizer(
  asked: string | null,
  modelPath: string | null,
  allowed: AllowedFolders,
): Promise<TextTokenizer> {
  const folders = modelPath === null ? [] : foldersOfModel(modelPath);
  for (const path of asked === null ? folders.map((folder) => join(folder, 'tokenizer.json')) : [asked]) {
    try {
      assertAllowed(path, allowed);
    } catch (error) {
      if (asked !== null) throw error;
      continue;
    }
    const json = await readJsonObject(path, largestTokenizerBytes);
    if (json === null) continue;
    const beside = await readBeside([dirname(path)], 'tokenizer_config.json', allowed);
    return createTokenizer(path, json, beside);
  }
  if (asked !== null) throw new AppError('file-not-found', tell('tokenizerNotFound', { path: asked }));
  throw new AppError('data-missing', tell('tokenizerMissing', { folder: folders[0] ?? '.' }));
}

function unusable(path: string, error: unknown): AppError {
  const why = error instanceof Error ? error.message : String(error);
  return new AppError('data-malformed', tell('tokenizerUnusable', { path, why }), { cause: error });
}

function build(path: string, json: Json, config: Json): LibraryTokenizer {
  try {
    return new LibraryTokenizer(json, config);
  } catch (error) {
    throw unusable(path, error);
  }
}

type Tokens = readonly string[];

/** Takes tokens off the longer of two texts until both fit, as transformers does ("longest_first"). */
function cut(first: Tokens, second: Tokens | null, room: number, fromLeft: boolean) {
  let [own, other] = [first.length, second?.length ?? 0];
  while (own + other > room && own + other > 0) {
    if (own >= other) own--;
    else other--;
  }
  const keep = (tokens: Tokens, count: number): string[] =>
    fromLeft ? tokens.slice(tokens.length - count) : tokens.slice(0, count);
  return [keep(first, own), second === null ? null : keep(second, other)] as const;
}

/** What goes around texts: those of the template, and which of two texts a token belongs to. */
function addAround({ post_processor: processor }: LibraryTokenizer, first: Tokens, second: Tokens | null) {
  if (processor === null)
    return { tokens: [...first, ...(second ?? [])], kinds: [...first.map(() => 0), ...(second ?? []).map(() => 1)] };
  const { tokens, token_type_ids: kinds } = processor.post_process(first, second, true);
  return { tokens, kinds: kinds ?? tokens.map(() => 0) };
}

function encode(tokenizer: LibraryTokenizer, path: string, cutsLeft: boolean): TextTokenizer['encode'] {
  const idOf = (token: string): number => {
    const id = tokenizer.token_to_id(token) ?? tokenizer.model.unk_token_id;
    if (id !== undefined && Number.isInteger(id) && id >= 0 && id < 2 ** 31) return id;
    throw new AppError('data-malformed', tell('tokenUnknown', { path, token }));
  };
  return (text, pair, most) => {
    let [first, second]: readonly [Tokens, Tokens | null] = [
      tokenizer.tokenize(text),
      pair === null ? null : tokenizer.tokenize(pair),
    ];
    let added = addAround(tokenizer, first, second);
    if (most !== null && added.tokens.length > most) {
      const room = most - (added.tokens.length - first.length - (second?.length ?? 0));
      [first, second] = cut(first, second, Math.max(0, room), cutsLeft);
      added = addAround(tokenizer, first, second);
    }
    return { ids: Int32Array.from(added.tokens, idOf), kinds: Uint8Array.from(added.kinds) };
  };
}

/** What a tokenizer of strangers throws while it works, with its name. */
function guard<Given extends readonly unknown[], Made>(path: string, work: (...given: Given) => Made) {
  return (...given: Given): Made => {
    try {
      return work(...given);
    } catch (error) {
      throw error instanceof AppError ? error : unusable(path, error);
    }
  };
}

/** A token as configurations write it: its text, or an object that has it. */
function contentOf(token: unknown): string | null {
  const content = isObject(token) ? token['content'] : token;
  return typeof content === 'string' ? content : null;
}

async function createTokenizer(
  path: string,
  json: Json,
  beside: { readonly path: string; readonly json: Json } | null,
): Promise<TextTokenizer> {
  const config = beside?.json ?? {};
  const tokenizer = build(path, json, config);
  const [truncation, padding] = [objectOf(json['truncation']), objectOf(json['padding'])];
  const limits = [countOf(truncation['max_length']), countOf(config['model_max_length'])];
  const known = limits.filter((limit) => limit !== null);
  const padToken = contentOf(config['pad_token']) ?? contentOf(padding['pad_token']) ?? '[PAD]';
  const cutsLeft = config['truncation_side'] === 'left' || truncation['direction'] === 'Left';
  return {
    path,
    mostTokens: known.length === 0 ? null : Math.min(...known),
    padId: typeof padding['pad_id'] === 'number' ? padding['pad_id'] : (tokenizer.token_to_id(padToken) ?? 0),
    padsLeft: config['padding_side'] === 'left' || padding['direction'] === 'Left',
    fillsGaps: contentOf(config['mask_token']) !== null || tokenizer.token_to_id('[MASK]') !== undefined,
    vocabularySize: tokenizer.model.vocab.length,
    encode: guard(path, encode(tokenizer, path, cutsLeft)),
    tokenOf: (id) => tokenizer.id_to_token(id) ?? '',
    spell: guard(path, (ids) =>
      ids.length === 0 ? '' : tokenizer.decode([...ids], { clean_up_tokenization_spaces: false }),
    ),
    readings: await readFiles([path, ...(beside === null ? [] : [beside.path])]),
  };
}
