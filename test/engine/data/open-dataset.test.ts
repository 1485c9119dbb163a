import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { imageInput, makeFolder, makeRequest, rejects } from './fixtures.ts';
import { encodeNpy } from '../../../electron/engine/onnx/encode-npy.ts';

const open = (changes: Partial<DataRequest>) => openDataset(makeRequest(changes), [imageInput], { seed: 0, dims: {} });

test('no data is refused unless noise is asked for by name', async () => {
  await rejects(open({}), 'data-missing', /No data was given/, /"input" float32 \[N, 3, 4, 4\]/, /--random-data/);
  assert.equal((await open({ random: true })).kind, 'random');
  await rejects(open({ random: true, path: '/data' }), 'options-invalid', /"\/data".* and --random-data/);
});

test('paths that hold no data are refused', async (context) => {
  const folder = await makeFolder(context);
  await rejects(open({ path: join(folder, 'missing') }), 'file-not-found', /missing/);
  await rejects(open({ path: folder }), 'data-missing', /holds no samples/);
  await writeFile(join(folder, 'notes.pdf'), 'hello');
  await rejects(open({ path: join(folder, 'notes.pdf') }), 'data-malformed', /notes\.pdf.*\.npz/);
  await writeFile(join(folder, 'broken.npz'), 'not a zip');
  await rejects(open({ path: join(folder, 'broken.npz') }), 'data-malformed', /broken\.npz/);
});

test('inputs that are not tensors of numbers are refused', async () => {
  const text = { name: 'text', dataType: 'string', dims: ['N'] } as const;
  const opening = openDataset(makeRequest({ random: true }), [text], { seed: 0, dims: {} });
  await rejects(opening, 'model-unsupported', /"text" is a tensor of strings/);
});

test('a preprocessor configuration that nothing uses is mentioned', async (context) => {
  const folder = await makeFolder(context);
  const path = join(folder, 'input.npy');
  await writeFile(path, encodeNpy({ dataType: 'float32', dims: [2, 3, 4, 4], data: new Float32Array(96) }));
  const dataset = await open({ path, preprocessorPath: join(folder, 'preprocessor_config.json') });
  context.after(() => dataset.close());
  assert.match(dataset.notes.join(), /not used: only images/);
});
