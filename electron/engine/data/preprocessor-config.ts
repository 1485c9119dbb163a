import type { z } from 'zod';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { describeRecipe } from './describe-recipe.ts';
import type { ImageRecipe } from './image-recipe.ts';
import { planImageRecipe } from './plan-image-recipe.ts';
import {
  hasProcessorFields,
  listUnknownSteps,
  processorSchema,
  recognizeOtherFile,
  type ProcessorFields,
} from './processor-fields.ts';
import { findProcessorType, isOtherPipeline, type ProcessorType } from './processor-types.ts';
import { readTextFile } from './read-text-file.ts';
import { findTimmConfig, planTimmRecipe, timmSchema } from './timm-config.ts';

/** A recipe for images, and what the user should know about how it came about. */
export interface ConfiguredPreprocessing {
  readonly recipe: ImageRecipe;
  readonly notes: string[];
}

/** Large enough to say of a tokenizer.json that it is one. */
const largestConfigBytes = 32 * 2 ** 20;

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads how images are prepared: a preprocessor_config.json or processor_config.json of Hugging Face transformers, or a
 * config.json of timm.
 * @throws AppError `file-not-found`, `file-unreadable`; `data-malformed` naming the field that is missing or wrong, or what the
 *   file is when it says nothing about images.
 */
export async function readPreprocessorConfig(path: string): Promise<ConfiguredPreprocessing> {
  const json = parseJson(await readTextFile(path, largestConfigBytes), path);
  const timm = findTimmConfig(json);
  if (timm !== null) return readTimm(parseFields(timmSchema, timm, path), path);
  return readProcessor(findProcessor(json, path), path);
}

function parseJson(text: string, path: string): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError('data-malformed', tell('preprocessorNotJson', { path, reason: String(error) }), {
      cause: error,
    });
  }
  if (!isObject(json)) throw malformed(path, tell('preprocessorNoObject'));
  return json;
}

/** The part of a file that is an image processor's: all of it, or what newer versions nest under `image_processor`. */
function findProcessor(json: JsonObject, path: string): JsonObject {
  const nested = json['image_processor'];
  if (isObject(nested)) return nested;
  if (hasProcessorFields(json) && recognizeOtherFile(json) !== 'otherSound') return json;
  const other = recognizeOtherFile(json);
  throw malformed(
    path,
    other === null ? tell('preprocessorNoImages') : tell('preprocessorOfOther', { what: tell(other) }),
  );
}

function parseFields<Schema extends z.ZodType>(schema: Schema, json: unknown, path: string): z.infer<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join('.');
  const reason = issue.message;
  throw malformed(
    path,
    field === '' ? tell('preprocessorWholeFile', { reason }) : tell('preprocessorField', { field, reason }),
  );
}

function readTimm(config: z.infer<typeof timmSchema>, path: string): ConfiguredPreprocessing {
  const { recipe, defaulted } = planTimmRecipe(config);
  return { recipe, notes: [describeRecipe(recipe, { path, type: 'timm' }), ...tellDefaults(path, 'timm', defaulted)] };
}

function readProcessor(json: JsonObject, path: string): ConfiguredPreprocessing {
  const fields = parseFields(processorSchema, json, path);
  const typeName = fields.image_processor_type ?? fields.feature_extractor_type ?? '';
  if (isOtherPipeline(typeName)) {
    throw malformed(path, tell('preprocessorDoesMore', { type: typeName }));
  }
  const type = findProcessorType(typeName);
  const { recipe, defaulted } = planImageRecipe(fields, type, (what) => {
    throw malformed(path, what);
  });
  const notes = [
    describeRecipe(recipe, { path, type: typeName === '' ? say('noType') : typeName }),
    ...tellDefaults(path, typeName, defaulted),
    ...tellDifferences(fields, type, typeName, recipe),
  ];
  return { recipe, notes };
}

function tellDefaults(path: string, type: string, defaulted: readonly string[]): string[] {
  if (defaulted.length === 0) return [];
  return [say('fieldsDefaulted', { path, fields: defaulted.join(', '), type })];
}

/** What the file leaves open, and what of it is not done. */
function tellDifferences(
  fields: ProcessorFields,
  type: ProcessorType | null,
  typeName: string,
  recipe: ImageRecipe,
): string[] {
  const notes: string[] = [];
  if (type === null && typeName !== '') {
    notes.push(say('processorUnknown', { type: typeName }));
  }
  if (type === null && recipe.resize !== null && fields.resample === undefined) {
    notes.push(say('noResample'));
  }
  if (recipe.flipChannels && recipe.mean !== null) {
    notes.push(say('flippedToBgr'));
  }
  if (fields.do_pad === true && recipe.pad === null) {
    notes.push(say('padNotApplied'));
  }
  if (fields.do_normalize === true && type?.quirk === 'never-normalizes') {
    notes.push(say('normalizeNotApplied', { type: typeName }));
  }
  const knownSteps = listUnknownSteps(fields);
  const ignored = [
    ...knownSteps,
    ...(appliesDivisor(type) || (fields.size_divisor ?? 0) === 0 ? [] : ['size_divisor']),
    ...(recipe.resize?.kind === 'near' ? [] : ignoredShape(fields)),
  ];
  for (const step of ignored) {
    notes.push(say('stepNotApplied', { step }));
  }
  return notes;
}

const appliesDivisor = (type: ProcessorType | null) =>
  type !== null && ['glpn', 'capped', 'textnet', 'maskformer'].includes(type.quirk ?? '');

function ignoredShape(fields: ProcessorFields): string[] {
  return [
    ...(fields.keep_aspect_ratio === true ? ['keep_aspect_ratio'] : []),
    ...((fields.ensure_multiple_of ?? 1) > 1 ? ['ensure_multiple_of'] : []),
  ];
}

function malformed(path: string, what: Told): AppError {
  return new AppError('data-malformed', tell('preprocessorUnusable', { path, what }));
}
