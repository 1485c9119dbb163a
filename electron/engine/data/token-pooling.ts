import { join } from 'node:path';
import { say } from '../../../shared/engine-texts/say.ts';
import type { Pooling } from '../../../shared/tasks.ts';
import type { AllowedFolders } from '../files/allowed-folders.ts';
import type { Reading } from '../files/readings.ts';
import { readFiles } from './content-hash.ts';
import { foldersOfModel, readBeside } from './tokenizer.ts';

/** How the vectors of a text's tokens become one. */
export interface TokenPooling {
  readonly kind: Pooling;
  /** The option or the file that says so; null where nothing does. */
  readonly source: string | null;
  readonly notes: readonly string[];
  readonly readings: readonly Reading[];
}

/** As sentence-transformers names what its `Pooling` module does; a mean over the root of the length points the same way. */
const modes: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_mean_sqrt_len_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_lasttoken: 'last',
};
/** Of its versions from 5 on, which name the mode. */
const named: Readonly<Record<string, Pooling>> = {
  cls: 'cls',
  mean: 'mean',
  mean_sqrt_len_tokens: 'mean',
  max: 'max',
  lasttoken: 'last',
};

/** The modes that are on, those that are not known here too. */
function modesOf(config: Readonly<Record<string, unknown>>): string[] {
  const { pooling_mode: mode } = config;
  if (typeof mode === 'string') return [mode];
  return Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
}

/**
 * How the vectors of tokens become that of a text: as asked for, else as sentence-transformers' `1_Pooling/config.json` beside the model or
 * one folder above says, else their mean. Vectors are compared by their directions, so `2_Normalize` changes nothing.
 * @throws AppError `data-malformed` for a file that is no JSON object.
 */
export async function findPooling(
  asked: Pooling | null,
  modelPath: string | null,
  allowed: AllowedFolders,
): Promise<TokenPooling> {
  const nothing = { notes: [], readings: [] };
  if (asked !== null) return { ...nothing, kind: asked, source: '--pooling' };
  const folders = modelPath === null ? [] : foldersOfModel(modelPath);
  const file = join('1_Pooling', 'config.json');
  const found = modelPath === null ? null : await readBeside(folders, file, allowed);
  if (found === null) return { ...nothing, kind: 'mean', source: null };
  const wanted = modesOf(found.json);
  const kinds = new Set(wanted.map((mode) => modes[mode] ?? named[mode]));
  const [kind] = kinds;
  const readings = await readFiles([found.path]);
  // Several are put one behind the other, and others weigh their tokens.
  if (kinds.size !== 1 || kind === undefined) {
    const notes = [say('poolingNotKnown', { file: '1_Pooling/config.json', modes: wanted.join(', ') || '–' })];
    return { kind: 'mean', source: null, notes, readings };
  }
  return { kind, source: '1_Pooling/config.json', notes: [], readings };
}
