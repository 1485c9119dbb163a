import { z } from 'zod';
import { AppError } from '../../shared/app-error.ts';
import { compressRequestSchema, dataRequestSchema } from '../../shared/compress-request.ts';
import { stages } from '../../shared/events.ts';
import { toldSchema } from '../../shared/engine-texts/said.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { makeTextsVisible } from '../../shared/make-visible.ts';
import { environmentSchema } from '../../shared/run.ts';
import { namePattern, type Place } from './lab-names.ts';

/*
 * What agents and clients write to each other. All of it is untrusted: it is read through these shapes or not at all, and nothing in
 * it names a path, a program or an address.
 */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().nonnegative();
/** One line that a terminal can show. */
const line = (length: number) =>
  z
    .string()
    .max(length)
    .regex(/^[^\p{Cc}]*$/u);
const name = z.string().regex(namePattern);
/** No later than a `Date` can be. */
const timestampMs = z.number().int().nonnegative().max(8.64e15);
const id = z.string().regex(/^[0-9a-f-]{36}$/);

/** Files on the server, by the hash of their list. */
export const fileSetReferenceSchema = z.strictObject({ sha256, sizeBytes: size });
export type FileSetReference = z.infer<typeof fileSetReferenceSchema>;

/** No way out of the folder that it is put into, on any system. */
export function isSafeFileName(fileName: string): boolean {
  const segments = fileName.split('/');
  return (
    segments.length <= 16 &&
    Buffer.byteLength(fileName) <= 1000 &&
    segments.every(
      (segment) =>
        segment !== '' &&
        Buffer.byteLength(segment) <= 255 &&
        !/^\.{1,2}$|[\\:*?"<>|\p{Cc}]|[. ]$/u.test(segment) &&
        !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(segment),
    )
  );
}

/** A set of files, one behind the other, cut into parts. */
export const fileSetSchema = z.strictObject({
  files: z
    .array(z.strictObject({ name: z.string().refine(isSafeFileName, 'is no file name'), sha256, sizeBytes: size }))
    .min(1)
    .max(200_000),
  parts: z.array(z.strictObject({ sha256, sizeBytes: size.max(64 << 20) })).max(1_000_000),
});
export type FileSet = z.infer<typeof fileSetSchema>;

/** A model or data of a job: the files, and the one, or the folder of them, that is named to the engine. */
const inputSchema = z.strictObject({
  files: fileSetReferenceSchema,
  main: z.string().refine(isSafeFileName, 'is no file name'),
});
export type LabInput = z.infer<typeof inputSchema>;

export const dataInputNames = [
  'path',
  'labelsPath',
  'textsPath',
  'charactersPath',
  'classesPath',
  'annotationsPath',
  'tokenizerPath',
  'preprocessorPath',
] as const;
export type DataInputName = (typeof dataInputNames)[number];

const dataSchema = z.strictObject({
  inputs: z.partialRecord(z.enum(dataInputNames), inputSchema),
  options: dataRequestSchema.pick({
    random: true,
    targetName: true,
    task: true,
    head: true,
    preprocess: true,
    pooling: true,
  }),
});

const runOptionsSchema = compressRequestSchema.omit({
  modelPath: true,
  outPath: true,
  preparedPath: true,
  data: true,
  runId: true,
});

const placeSchema: z.ZodType<Place> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('any') }),
  z.strictObject({ kind: z.literal('device'), name }),
  z.strictObject({ kind: z.literal('label'), key: name, value: name }),
]);

const workSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('compress'),
    model: inputSchema,
    data: dataSchema,
    options: runOptionsSchema,
    outName: z.string().refine((text) => isSafeFileName(text) && !text.includes('/'), 'is no file name'),
  }),
  z.strictObject({
    kind: z.literal('prove'),
    original: inputSchema,
    compressed: inputSchema,
    data: dataSchema,
    options: runOptionsSchema,
  }),
]);
export type LabWork = z.infer<typeof workSchema>;

/** What every version can read of a job. */
export const jobHeaderSchema = z.object({ protocol: z.number().int(), vernierVersion: line(50), jobId: id });

export const jobSchema = z.strictObject({
  protocol: z.number().int(),
  vernierVersion: line(50),
  jobId: id,
  runId: id,
  /** Given to the run that comes of it. */
  tags: z.array(line(100)).max(20),
  work: workSchema,
});
export type LabJob = z.infer<typeof jobSchema>;

export const jobPhases = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
/** Of another build it may hold more, or be at a stage that this one does not have: it is still read. */
export const jobStateSchema = z.object({
  jobId: id,
  runId: id,
  kind: z.enum(['compress', 'prove']),
  title: line(300),
  submittedBy: line(200),
  submittedTimestampMs: timestampMs,
  place: placeSchema,
  phase: z.enum(jobPhases),
  /** Starts so far. */
  attempt: z.number().int().nonnegative(),
  device: name.nullable(),
  /** The agent's process that has it. */
  instance: id.nullable(),
  stage: z
    .enum(stages as [string, ...string[]])
    .nullable()
    .catch(null),
  error: z
    .strictObject({ code: line(50), message: z.string().max(10_000), said: toldSchema.nullable().default(null) })
    .nullable(),
  result: fileSetReferenceSchema.nullable(),
  /** File sets that it needs, for `lab gc`. */
  inputs: z.array(sha256).max(20),
});
export type JobState = z.infer<typeof jobStateSchema>;

/** As `environmentSchema`, no longer than any machine describes itself. */
const deviceEnvironmentSchema = environmentSchema.extend({
  vernierVersion: line(50),
  onnxRuntimeVersion: line(50),
  nodeVersion: line(50),
  os: line(200),
  cpuModel: line(200),
  cpuFlags: z.array(line(40)).max(200),
  loadAverage: z.array(z.number()).max(3),
  governor: line(100).nullable(),
});

const mostLabels = 16;

/** Of another build it may say more of itself, which is left away. */
export const deviceSchema = z.object({
  name,
  instance: id,
  /** Who holds the name: an agent that starts again on its machine takes it back. */
  hostName: line(300),
  processId: z.number().int().positive(),
  protocol: z.number().int(),
  environment: deviceEnvironmentSchema,
  hasInt8DotProduct: z.boolean(),
  labels: z.record(name, name).refine((labels) => Object.keys(labels).length <= mostLabels, 'has too many labels'),
  state: z.enum(['idle', 'busy']),
  jobId: id.nullable(),
  jobTitle: line(300).nullable(),
  jobsDone: size,
  startedTimestampMs: timestampMs,
  /** By its own clock. */
  seenTimestampMs: timestampMs,
});
export type LabDevice = z.infer<typeof deviceSchema>;

/** @returns null for what is not of this shape. */
export function decode<Value>(schema: z.ZodType<Value>, bytes: Uint8Array): Value | null {
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** A state, a device or an event is no longer. */
const longestShownBytes = 256 << 10;

/** As `decode`, for what is shown to people: no character of it does more than be read. */
export function decodeShown<Value>(schema: z.ZodType<Value>, bytes: Uint8Array): Value | null {
  return bytes.byteLength > longestShownBytes ? null : makeTextsVisible(decode(schema, bytes));
}

/** ANY, NAME or label=KEY=VALUE as people type it. @throws AppError `options-invalid`. */
export function parsePlace(text: string): Place {
  if (text === 'any') return { kind: 'any' };
  if (text === 'all') throw new AppError('options-invalid', tell('labPlaceAll'));
  const [, key, value] = /^label=([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (key !== undefined && value !== undefined && namePattern.test(key) && namePattern.test(value)) {
    return { kind: 'label', key, value };
  }
  if (namePattern.test(text)) return { kind: 'device', name: text };
  throw new AppError('options-invalid', tell('labPlaceUnknown', { place: text }));
}

export function describePlace(place: Place): string {
  if (place.kind === 'any') return 'any';
  return place.kind === 'device' ? place.name : `label=${place.key}=${place.value}`;
}
