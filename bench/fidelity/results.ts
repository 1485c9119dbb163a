import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/*
 * What was measured, model by model: kept beside the table, so that models of one run replace their own rows and leave those of
 * others as they are.
 */

const figuresSchema = z.object({
  sqnrDb: z.number(),
  /** Time of the original / time of the form: median of pairs, and its 95 % interval. */
  speed: z.number(),
  speedCi95: z.tuple([z.number(), z.number()]),
  bytes: z.number(),
  /** Percent; null without labels. */
  top1: z.number().nullable(),
});
export type Figures = z.infer<typeof figuresSchema>;

const failedSchema = z.object({ error: z.string() });

/** What `fidelity/measure.py` prints: the forms in their order, and the original. */
export const measuredSchema = z.object({
  rows: z.array(z.union([figuresSchema, failedSchema])),
  bytes: z.number(),
  top1: z.number().nullable(),
});

/** What a quantizer took from file to file: its own process, largest resident set. */
export const costSchema = z.object({ seconds: z.number(), megabytes: z.number() });

const rowSchema = z.object({
  tool: z.enum(['Vernier', 'ONNX Runtime']),
  form: z.string(),
  cost: z.union([costSchema, failedSchema]),
  /** Null where there is no file. */
  figures: z.union([figuresSchema, failedSchema]).nullable(),
});
export type Row = z.infer<typeof rowSchema>;

const rivalSchema = z.object({
  tool: rowSchema.shape.tool,
  form: z.string(),
  figures: figuresSchema,
  /** Time of the rival / time of `auto`, in pairs of these two, and its 95 % interval. */
  ratio: z.number(),
  ratioCi95: z.tuple([z.number(), z.number()]),
});
export type Rival = z.infer<typeof rivalSchema>;

const resultSchema = z.object({
  model: z.string(),
  date: z.string(),
  machine: z.string(),
  isa: z.string(),
  versions: z.string(),
  searchSeconds: z.number(),
  bytes: z.number(),
  top1: z.number().nullable(),
  rows: z.array(rowSchema),
  /** The fastest forms that are about as close as `auto`: of Vernier, and of ONNX Runtime. */
  rivals: z.array(rivalSchema),
});
export type Result = z.infer<typeof resultSchema>;

const resultsPath = fileURLToPath(new URL('./results.json', import.meta.url));

export function readResults(): Result[] {
  return existsSync(resultsPath) ? z.array(resultSchema).parse(JSON.parse(readFileSync(resultsPath, 'utf8'))) : [];
}

/** The results of before, with this one in the place of its model's. */
export async function keepResult(result: Result): Promise<Result[]> {
  const others = readResults().filter(({ model }) => model !== result.model);
  const results = [...others, result].toSorted((left, right) => left.model.localeCompare(right.model));
  await writeFile(resultsPath, JSON.stringify(results, null, 1) + '\n');
  return results;
}
