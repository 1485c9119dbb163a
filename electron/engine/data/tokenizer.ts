import { Tokenizer } from '@huggingface/tokenizers';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { assertAllowed, type AllowedFolders } from '../files/allowed-folders.ts';
import type { Reading } from '../files/readings.ts';
import { readFiles } from './content-hash.ts';
import { readTextFile } from './read-text-file.ts';
import {
  encode,
  encodeWords,
  type Cut,
  type Encoded,
  type EncodeText,
  type EncodeWords,
  type LibraryTokenizer as Library,
} from './encode-text.ts';
import { hasByteLevel, surfaceOf } from './token-surface.ts';

export type { Cut, Encoded };

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
  readonly encode: EncodeText;
  /** The ids of words that are given apart, and where the first token of each stands; -1 where a word has none, or was cut off. */
  readonly encodeWords: EncodeWords;
  /** What a token spells; null where it alone spells nothing. */
  readonly surfaceOf: (id: number) => string | null;
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

/** Its own declarations name files without their endings, which Node's resolution does not find. */
const LibraryTokenizer = Tokenizer as unknown as new (json: Json, config: Json) => Library;

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

function build(path: string, json: Json, config: Json): Library {
  try {
    return new LibraryTokenizer(json, config);
  } catch (error) {
    throw unusable(path, error);
  }
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
  // Python's tokenizers put a space before words that are given apart, or refuse them.
  const spellsBytes = hasByteLevel(json['pre_tokenizer']);
  const cutsLeft = config['truncation_side'] === 'left' || truncation['direction'] === 'Left';
  return {
    path,
    mostTokens: known.length === 0 ? null : Math.min(...known),
    padId: typeof padding['pad_id'] === 'number' ? padding['pad_id'] : (tokenizer.token_to_id(padToken) ?? 0),
    padsLeft: config['padding_side'] === 'left' || padding['direction'] === 'Left',
    fillsGaps: contentOf(config['mask_token']) !== null || tokenizer.token_to_id('[MASK]') !== undefined,
    vocabularySize: tokenizer.model.vocab.length,
    encode: guard(path, encode(tokenizer, path, cutsLeft)),
    encodeWords: guard(path, encodeWords(tokenizer, path, spellsBytes)),
    surfaceOf: (id) => surfaceOf(tokenizer.id_to_token(id) ?? '', spellsBytes),
    tokenOf: (id) => tokenizer.id_to_token(id) ?? '',
    spell: guard(path, (ids) =>
      ids.length === 0 ? '' : tokenizer.decode([...ids], { clean_up_tokenization_spaces: false }),
    ),
    readings: await readFiles([path, ...(beside === null ? [] : [beside.path])]),
  };
}
