import { basename, dirname } from 'node:path';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { assertAllowed, type AllowedFolders } from '../files/allowed-folders.ts';
import type { Reading } from '../files/readings.ts';
import type { AnswerOutputs } from './answer-places.ts';
import { readFiles } from './content-hash.ts';
import type { AnswerTargets, Dataset, WordTargets } from './dataset.ts';
import { labelsInOrder, readClassNames, readHashedLabels } from './labels.ts';
import { classesOfConfig, labelsOfRows, tagsOfRows, type NamedClasses } from './text-labels.ts';
import type { TextRow } from './text-row.ts';
import { findSpans } from './token-spans.ts';
import { foldersOfModel, readBeside, type Encoded, type TextTokenizer } from './tokenizer.ts';

/* What is right of texts: classes, tags of their words, answers that stand in them. */

/** With where the first token of each word stands, where words are given. */
export type EncodedRow = Encoded & { readonly firstPieces?: Int32Array };

/** Samples before they are fed. */
export interface TextSamples {
  readonly encoded: readonly EncodedRow[];
  /** The row of each; null where a document was cut, and a sample is no row. */
  readonly rows: readonly TextRow[] | null;
  readonly notes: readonly string[];
}

/** Where what belongs to texts is looked for. */
export interface TextPlaces {
  readonly modelPath: string;
  readonly tokenizerPath: string;
  readonly allowed: AllowedFolders;
}

/** Names of the classes: of the list that was given, else of the model's configuration. */
async function readClasses(
  { classesPath }: DataRequest,
  { modelPath, tokenizerPath, allowed }: TextPlaces,
): Promise<{ readonly classes: NamedClasses | null; readonly readings: readonly Reading[] }> {
  if (classesPath !== null) {
    assertAllowed(classesPath, allowed);
    return { classes: { path: classesPath, names: await readClassNames(classesPath) }, readings: [] };
  }
  const config = await readBeside([...foldersOfModel(modelPath), dirname(tokenizerPath)], 'config.json', allowed);
  const classes = config === null ? null : classesOfConfig(config.path, config.json);
  return { classes, readings: classes === null ? [] : await readFiles([classes.path]) };
}

export type Labels = Pick<Dataset, 'labels' | 'classNames' | 'notes' | 'readings'>;

export async function readLabels(samples: TextSamples, request: DataRequest, places: TextPlaces): Promise<Labels> {
  const { rows } = samples;
  if (request.labelsPath !== null) {
    const table = await readHashedLabels(request.labelsPath, places.allowed);
    const named = labelsInOrder(table, samples.encoded.length, tell('ofSamples'));
    return { labels: named.labels, classNames: named.classNames, notes: named.notes, readings: table.readings };
  }
  if (rows === null || rows.every(({ label }) => label === null)) return { labels: null, notes: [], readings: [] };
  const { classes, readings } = await readClasses(request, places);
  const labels = labelsOfRows(rows, classes);
  const isNamed = rows.some(({ label }) => !/^\s*\d+\s*$/.test(label ?? ''));
  const notes = isNamed && classes !== null ? [say('textLabelsByName', { file: basename(classes.path) })] : [];
  return { labels, classNames: classes?.names, notes, readings };
}

/** Where a sample's own tokens start among those that are fed, by how many they are. */
type StartOf = (count: number) => number;

/**
 * The tags of the words of texts, and where those words stand; null where the texts have none.
 * @throws AppError `labels-malformed` with the line.
 */
export async function readTags(
  { encoded, rows }: TextSamples,
  request: DataRequest,
  places: TextPlaces,
  startOf: StartOf,
): Promise<(Omit<Labels, 'labels'> & { readonly tags: WordTargets }) | null> {
  if (rows === null || rows.some(({ words }) => (words?.tags ?? null) === null)) return null;
  const { classes, readings } = await readClasses(request, places);
  const tags = tagsOfRows(rows, classes);
  const kept = encoded.map(({ ids, firstPieces = new Int32Array(0) }, index) => {
    const words = [...firstPieces.keys()].filter((word) => firstPieces[word]! >= 0);
    const start = startOf(ids.length);
    return {
      places: Int32Array.from(words, (word) => start + firstPieces[word]!),
      tags: Int32Array.from(words, (word) => tags[index]![word]!),
    };
  });
  const lost = tags.reduce((sum, own, index) => sum + own.length - kept[index]!.tags.length, 0);
  return {
    tags: {
      largestTag: tags.reduce((most, own) => own.reduce((largest, tag) => Math.max(largest, tag), most), 0),
      of: (index) => kept[index]!,
    },
    classNames: classes?.names,
    notes: lost === 0 ? [] : [say('wordsCutOff', { count: lost })],
    readings,
  };
}

/** Questions with the text that has the answer, as pairs; null where samples are none. */
export function findAnswers(
  { encoded, rows }: TextSamples,
  outputs: AnswerOutputs,
  tokenizer: Pick<TextTokenizer, 'surfaceOf'>,
  startOf: StartOf,
): { readonly answers: AnswerTargets; readonly notes: readonly string[] } | null {
  if (rows === null || rows.some(({ pair }) => pair === null)) return null;
  const areSaid = rows.every(({ answers }) => answers !== undefined);
  const without = areSaid ? rows.filter(({ answers }) => answers!.length === 0).length : 0;
  const notes = [say('answersRead', outputs)];
  if (without > 0) notes.push(say('answersMayBeNone', { count: without }));
  return {
    notes,
    answers: {
      outputs,
      of: (index) => {
        const { pair, answers } = rows[index]!;
        const start = startOf(encoded[index]!.ids.length);
        const none = without > 0 ? start : null;
        const spans = spansOf(pair!, encoded[index]!, start, tokenizer);
        return { places: { text: pair!, spans, none }, right: areSaid ? answers! : null };
      },
    },
  };
}

/** Which characters of the second text each token that is fed covers. */
function spansOf(
  text: string,
  { ids, second = { start: 0, count: 0 } }: Encoded,
  start: number,
  { surfaceOf }: Pick<TextTokenizer, 'surfaceOf'>,
): Int32Array {
  const own = Array.from(ids.subarray(second.start, second.start + second.count), surfaceOf);
  const spans = new Int32Array(2 * (start + ids.length)).fill(-1);
  spans.set(findSpans(text, own), 2 * (start + second.start));
  return spans;
}
