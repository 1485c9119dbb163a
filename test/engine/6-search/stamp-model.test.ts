import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import test from 'node:test';
import { stampModel, type ModelOrigin } from '../../../electron/engine/6-search/stamp-model.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { ModelProtoSchema } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeDocument, makeRequest } from '../../store/run-fixture.ts';

const { recipe, data } = makeDocument(makeRequest());
const candidate = { sqnrDb: 20, worstTenthSqnrDb: null, top1Agreement: 0.98, latencyRatio: null, note: '' };
const origin: ModelOrigin = {
  vernierVersion: '1.2.3',
  originalSha256: 'a'.repeat(64),
  recipe,
  data,
  candidates: [
    { ...candidate, name: 'ranges: entropy', chosen: true },
    { ...candidate, name: 'ranges: minmax', chosen: false },
  ],
};
const model = create(ModelProtoSchema, {
  irVersion: 8n,
  graph: { name: 'g' },
  metadataProps: [
    { key: 'author', value: 'someone' },
    { key: 'vernier.version', value: '0.0.1' },
  ],
});

function readMetadata(stamped: typeof model): Record<string, string> {
  return Object.fromEntries(stamped.metadataProps.map(({ key, value }) => [key, value]));
}

test('a compressed model says where it comes from, and keeps what others wrote into it', () => {
  const stamped = stampModel(model, origin);
  const metadata = readMetadata(stamped);
  assert.equal(metadata['author'], 'someone');
  assert.equal(metadata['vernier.version'], '1.2.3');
  assert.equal(metadata['vernier.recipe'], recipe.name);
  assert.equal(metadata['vernier.recipe_choices'], 'ranges: entropy');
  assert.equal(metadata['vernier.original_sha256'], 'a'.repeat(64));
  assert.equal(metadata['vernier.calibration_sha256'], data.calibrationSha256);
  const settings = JSON.parse(metadata['vernier.recipe_settings']!) as Record<string, unknown>;
  assert.equal(settings['calibrationMethod'], recipe.calibrationMethod);
  assert.equal(new Set(stamped.metadataProps.map(({ key }) => key)).size, stamped.metadataProps.length);
});

test('the same origin gives the same bytes, and the source stays as it was', () => {
  const bytes = () => Buffer.from(encodeModel(stampModel(model, origin)));
  assert.deepEqual(bytes(), bytes());
  assert.equal(model.metadataProps.length, 2);
  assert.equal(model.metadataProps[1]?.value, '0.0.1');
});

test('seeded noise instead of data is said in the model too', () => {
  const stamped = stampModel(model, { ...origin, data: { ...data, random: true, sha256: null } });
  assert.equal(readMetadata(stamped)['vernier.random_data'], 'true');
  assert.equal(readMetadata(stamped)['vernier.data_sha256'], undefined);
});

test('options that came later are left out at their default: a recipe gives the bytes it always gave', () => {
  const settingsOf = (changes: Partial<typeof recipe>): Record<string, unknown> => {
    const stamped = stampModel(model, { ...origin, recipe: { ...recipe, ...changes } });
    return JSON.parse(readMetadata(stamped)['vernier.recipe_settings']!) as Record<string, unknown>;
  };
  assert.deepEqual(['format' in settingsOf({}), 'weightsForm' in settingsOf({})], [false, false]);
  assert.equal(settingsOf({ format: 'qoperator' })['format'], 'qoperator');
  const turned = Object.fromEntries(Object.entries(recipe).toReversed()) as typeof recipe;
  assert.deepEqual(Object.keys(settingsOf(turned)), Object.keys(settingsOf({})), 'in the same order, too');
  assert.deepEqual(Object.keys(settingsOf({})).slice(4, 9), ['percentile', 'perChannel', 'blockSize', 'symmetricActivations', 'reducedRange']); // prettier-ignore
});
