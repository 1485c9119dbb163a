import { basename } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import type { Reading } from '../files/readings.ts';
import { readFiles } from './content-hash.ts';
import { readTextFile } from './read-text-file.ts';

/** What a model that reads texts out of images or sound should read, and the characters that it ranks. */
export interface Texts {
  /** The text of each sample; null where nobody says it, and both models are compared with each other alone. */
  readonly targets: readonly string[] | null;
  /** In the order of the model's classes, without the blank, which comes first. */
  readonly characters: readonly string[];
}

const largestTextBytes = 64 * 2 ** 20;
const largestListBytes = 2 ** 20;

/** Line ends are no text; anything else on a line is, spaces too. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

async function readCharacters(path: string): Promise<string[]> {
  const characters = linesOf(await readTextFile(path, largestListBytes));
  const empty = characters.indexOf('');
  if (characters.length === 0 || empty !== -1) {
    throw new AppError('labels-malformed', tell('characterLineEmpty', { path, line: empty === -1 ? 1 : empty + 1 }));
  }
  return characters;
}

async function readTargets(path: string, count: number): Promise<string[]> {
  const lines = linesOf(await readTextFile(path, largestTextBytes));
  if (lines.length === count) return lines.map((line) => line.normalize('NFC'));
  throw new AppError('labels-malformed', tell('textLineCount', { path, lines: lines.length, count }));
}

/**
 * Reads the characters and, where there are any, the texts of all samples.
 * @throws AppError `labels-malformed`; `options-invalid` for texts without characters; as `readTextFile`.
 */
export async function readTexts(
  { textsPath, charactersPath }: { readonly textsPath: string | null; readonly charactersPath: string | null },
  count: number,
): Promise<{ readonly texts: Texts; readonly readings: readonly Reading[]; readonly note: string } | null> {
  if (charactersPath === null) {
    if (textsPath === null) return null;
    throw new AppError('options-invalid', tell('charactersNotGiven', { path: textsPath }));
  }
  const paths = [charactersPath, ...(textsPath === null ? [] : [textsPath])];
  const readings = await readFiles(paths);
  const characters = await readCharacters(charactersPath);
  const targets = textsPath === null ? null : await readTargets(textsPath, count);
  const note = say('readAsTexts', { count: characters.length, file: basename(charactersPath) });
  return { texts: { targets, characters }, readings, note };
}
