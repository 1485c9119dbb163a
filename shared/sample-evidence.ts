import { z } from 'zod';

/*
 * Which evaluation samples a compressed model answers otherwise: enough of them to look at, and how many there are in all. Of a
 * sample itself a small picture is kept, where it is one; else only where it stands in the data, what it is called and what both
 * models said. Pictures stay in the history: see `withoutPictures`.
 */

/** Samples that a document keeps at most, the worst. */
export const mostSamples = 200;
/** Classes and pairs of classes whose counts a document keeps at most, those that changed most: some 250 kB. */
export const mostClasses = 1000;
export const mostConfusions = 4000;
/** Of either, in documents that do not say what they left out. */
export const mostCountedOnce = 200;
/** Characters of a name or a text. */
export const longestSampleText = 200;

/** Bytes of one picture, and of all in one document. */
export const mostPictureBytes = 64_000;
export const mostPicturesBytes = 2_000_000;

const count = z.number().int().nonnegative();
/** A class index, or a text that was read. */
const answer = z.union([z.number().int(), z.string()]).nullable();

export const sampleOutcomes = ['lost', 'changed', 'gained', 'bothWrong', 'far'] as const;
/**
 * `lost`: only the original was right. `changed`: both answer, differently, and nobody knows what is right. `far`: outputs that
 * are no answers, by how far they are apart.
 */
export type SampleOutcome = (typeof sampleOutcomes)[number];

export const sampleRowSchema = z.object({
  /** Its place in the dataset. */
  index: count,
  /** Its file; null where it has none. */
  name: z.string().nullable(),
  outcome: z.enum(sampleOutcomes),
  /** What is right; null without labels. */
  expected: answer,
  before: answer,
  after: answer,
  /** By how much the right class (without labels: the original's first) leads the best other one, in the output's own unit. */
  marginBefore: z.number().nullable(),
  marginAfter: z.number().nullable(),
  /** Of all its outputs, at most 60; null where one of them is not finite. */
  sqnrDb: z.number().nullable(),
  /** The sample in small, as the model sees it before it is cut: `data:image/webp;base64,…`; null where it is no picture. */
  picture: z
    .string()
    .max(Math.ceil(mostPictureBytes / 3) * 4 + 40)
    .regex(/^data:image\/webp;base64,[A-Za-z0-9+/]+=*$/)
    .nullable()
    .default(null),
});
export type SampleRow = z.infer<typeof sampleRowSchema>;

export const sampleEvidenceSchema = z.object({
  /** Of all evaluation samples, whether kept or not. */
  counts: z.object({ lost: count, changed: count, gained: count, bothWrong: count }),
  /** Worst first: by outcome, then by how much margin or likeness went. */
  rows: z.array(sampleRowSchema).max(mostSamples),
  /** Of labelled samples, by the right class, those that changed most first. */
  classes: z.array(z.object({ class: count, count, rightBefore: count, rightAfter: count })).max(mostClasses),
  /** Right class and another one that was given for it, by how often both models do it; without labels by the original's class. */
  confusions: z.array(z.object({ expected: count, given: count, before: count, after: count })).max(mostConfusions),
  /** Samples of classes, and answers of either model in pairs, that found no room above; null in older documents. */
  leftOut: z.object({ classes: count, confusions: count }).nullable().default(null),
  /** Names of the classes above, by their index. */
  classNames: z.record(z.string(), z.string()),
});
export type SampleEvidence = z.infer<typeof sampleEvidenceSchema>;

/** A document without pictures of the data: for whatever leaves the history, unless they are asked for. */
export function withoutPictures<Document extends object>(document: Document): Document {
  const { samples } = document as { readonly samples?: SampleEvidence | null };
  if (samples == null || samples.rows.every(({ picture }) => picture === null)) return document;
  return { ...document, samples: { ...samples, rows: samples.rows.map((row) => ({ ...row, picture: null })) } };
}

/** The class under its name, an answer as it is, or a dash. */
export function nameAnswer(given: SampleRow['before'], { classNames }: Pick<SampleEvidence, 'classNames'>): string {
  if (given === null) return '–';
  if (typeof given === 'string') return given;
  const name = classNames[String(given)];
  return name === undefined ? String(given) : `${name} (${given})`;
}

/** Its file, else its number. */
export function nameSample({ index, name }: Pick<SampleRow, 'index' | 'name'>): string {
  return name ?? `#${index}`;
}
