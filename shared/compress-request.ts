import { z } from 'zod';
import { predictionSchema } from './prediction.ts';
import { recipeSchema } from './recipe.ts';
import { headKindSchema, poolingSchema, preprocessSchema, taskSchema } from './tasks.ts';

const nonNegative = z.number().nonnegative();

export const gatesSchema = z.strictObject({
  /** Largest accepted loss of top-1 accuracy, in percentage points. */
  maxAccuracyDrop: z.number().nullable().default(null),
  /** Largest accepted loss by single figures of the task, in their own unit (of a share percentage points). */
  maxDrops: z.record(z.string(), z.number()).default({}),
  /** Smallest accepted speed-up (before / after), against the file as given: folding counts. */
  minSpeedup: nonNegative.nullable().default(null),
  /** Largest accepted compressed size / original size. */
  maxSizeRatio: nonNegative.nullable().default(null),
});
export type Gates = z.infer<typeof gatesSchema>;

export const dataRequestSchema = z.strictObject({
  /** Folder of images, .npz/.npy file or folder, ONNX test data folder, texts (.txt, .jsonl, .csv); null with `random`. */
  path: z.string().min(1).nullable().default(null),
  labelsPath: z.string().min(1).nullable().default(null),
  /** Names of the classes, one a line, in the order of the model's outputs; null for what the labels say. */
  classesPath: z.string().min(1).nullable().default(null),
  /** The array that holds what an output should be for each sample; null for one called after an output, or `target`. */
  targetName: z.string().min(1).nullable().default(null),
  /** What a model that reads texts should read, one sample a line; and the characters of its classes, one a line. */
  textsPath: z.string().min(1).nullable().default(null),
  charactersPath: z.string().min(1).nullable().default(null),
  /** Boxes or masks of the images: a COCO file, or a folder of YOLO's or Pascal VOC's files or of PNG masks; null for those beside them. */
  annotationsPath: z.string().min(1).nullable().default(null),
  /** What the model is for; null for what outputs and targets tell. */
  task: taskSchema.nullable().default(null),
  /** How the outputs of a detector are read; null for what they tell. */
  head: headKindSchema.nullable().default(null),
  /** How vectors of tokens become that of a text; null for what lies beside the model, else the mean. */
  pooling: poolingSchema.nullable().default(null),
  /** `tokenizer.json` of texts; null for the one beside the model. */
  tokenizerPath: z.string().min(1).nullable().default(null),
  preprocessorPath: z.string().min(1).nullable().default(null),
  /** What is done to images as a family of models has it, instead of what a configuration says. */
  preprocess: preprocessSchema.nullable().default(null),
  /** Seeded noise instead of data, only on explicit request. */
  random: z.boolean().default(false),
});
export type DataRequest = z.infer<typeof dataRequestSchema>;

/** One engine job. All paths absolute. */
export const compressRequestSchema = z.strictObject({
  runId: z.string().min(1),
  modelPath: z.string().min(1),
  outPath: z.string().min(1),
  /** Where the float model as prepared is written as well; null where it is not kept. */
  preparedPath: z.string().min(1).nullable().default(null),
  data: dataRequestSchema,
  recipe: recipeSchema,
  /** At most this many evaluation samples; null means all that are left after calibration. */
  evaluationSamples: z.number().int().min(1).nullable().default(null),
  threads: z.number().int().min(1).max(256).default(1),
  seed: z.number().int().min(0).max(0xffff_ffff).default(0),
  /** Values for symbolic dimensions, by name: { N: 1 }. */
  dims: z.record(z.string(), z.number().int().min(1)).default({}),
  /** Longest time for comparing candidates, in seconds; what is best by then is taken. Null for as long as it takes. */
  searchSeconds: z.number().positive().max(86_400).nullable().default(null),
  /** Whether it is measured what each layer costs the output; at most four times as long as MinMax calibration. */
  effects: z.boolean().default(true),
  /** Whether it is simulated what sums that saturate cost the outputs on CPUs where they do. */
  saturation: z.boolean().default(true),
  /** What another run foretold of this one; to be held against what comes. */
  prediction: predictionSchema.nullable().default(null),
  gates: gatesSchema.prefault({}),
});
export type CompressRequest = z.infer<typeof compressRequestSchema>;
