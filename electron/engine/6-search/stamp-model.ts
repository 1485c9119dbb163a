import { create } from '@bufbuild/protobuf';
import { lookUp } from '../../../shared/look-up.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Candidate, DataFacts } from '../../../shared/run.ts';
import { copyMessage } from '../graph/edit.ts';
import { StringStringEntryProtoSchema, type ModelProto } from '../onnx/proto/onnx_pb.js';

const prefix = 'vernier.';
/**
 * Options that recipes had not always, and what changes nothing of what they did before: left out, so that a recipe gives the bytes it
 * always gave. What smoothing was found to be better stands among the choices.
 */
const laterOptions = {
  format: ['qdq'],
  weightsForm: ['matmulnbits'],
  smoothing: ['off', 'auto'],
  smoothingStrength: [0.5],
} as const satisfies { readonly [Option in keyof Recipe]?: readonly Recipe[Option][] };
/** The order in which models have always had them, wherever a recipe has them now; what came later follows. */
const usualOrder: readonly string[] = [
  'scheme', 'overrides', 'calibrationMethod', 'calibrationSamples', 'percentile', 'perChannel', 'blockSize', 'symmetricActivations',
  'reducedRange', 'biasCorrection', 'equalization', 'weightRounding', 'includeOpTypes', 'excludeOpTypes', 'includeNodes',
  'excludeNodes', 'goal', 'within', 'maxSize', 'keepFloat',
]; // prettier-ignore

export interface ModelOrigin {
  readonly vernierVersion: string;
  readonly originalSha256: string;
  readonly recipe: Recipe;
  readonly data: DataFacts;
  readonly candidates: readonly Candidate[];
}

/**
 * Writes where a compressed model comes from into its `metadata_props`, which viewers such as Netron show. Nothing in it
 * names a time, a machine or a path: the same origin gives the same bytes. Entries of others stay, those of an earlier
 * compression go.
 */
export function stampModel(model: ModelProto, origin: ModelOrigin): ModelProto {
  const { vernierVersion, originalSha256, recipe, data, candidates } = origin;
  const { name } = recipe;
  const choices = candidates.filter((candidate) => candidate.chosen).map((candidate) => candidate.name);
  const entries: Readonly<Record<string, string | null>> = {
    version: vernierVersion,
    recipe: name,
    recipe_settings: JSON.stringify(settingsOf(recipe)),
    recipe_choices: choices.length === 0 ? null : choices.join('; '),
    original_sha256: originalSha256,
    data_sha256: data.sha256,
    calibration_sha256: data.calibrationSha256,
    calibration_samples: String(data.calibrationCount),
    seed: String(data.seed),
    random_data: data.random ? 'true' : null,
  };
  return withStamps(model, entries);
}

function settingsOf(recipe: Recipe): Record<string, unknown> {
  const { name: _name, description: _description, ...options } = recipe;
  const isLeftOut = (option: string, value: unknown): boolean =>
    lookUp<readonly unknown[]>(laterOptions, option)?.includes(value) === true;
  const place = (option: string): number =>
    usualOrder.includes(option) ? usualOrder.indexOf(option) : usualOrder.length;
  const written = Object.entries(options).filter(([option, value]) => !isLeftOut(option, value));
  return Object.fromEntries(written.toSorted(([left], [right]) => place(left) - place(right)));
}

/** The same for a float model as prepared: only what it was made from, and by whom. */
export function stampPrepared(
  model: ModelProto,
  { vernierVersion, originalSha256 }: Pick<ModelOrigin, 'vernierVersion' | 'originalSha256'>,
): ModelProto {
  return withStamps(model, { version: vernierVersion, prepared: 'true', original_sha256: originalSha256 });
}

function withStamps(model: ModelProto, entries: Readonly<Record<string, string | null>>): ModelProto {
  const stamps = Object.entries(entries)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .map(([key, value]) => create(StringStringEntryProtoSchema, { key: prefix + key, value }));
  const others = model.metadataProps.filter((entry) => !entry.key.startsWith(prefix));
  return copyMessage(model, { metadataProps: [...others, ...stamps] });
}
