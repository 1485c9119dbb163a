import assert from 'node:assert/strict';
import { toBinary } from '@bufbuild/protobuf';
import { mkdir, realpath, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { assertAllowed, assertModelAllowed } from '../../../electron/engine/files/allowed-folders.ts';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { TensorProtoSchema } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { imageInput, makeFlat, makeFolder, makeRequest, rejects, writeImage } from '../data/fixtures.ts';
import { encodeNpy } from '../../../electron/engine/onnx/encode-npy.ts';

const arrayInput: ValueInfo = { name: 'x', dataType: 'float32', dims: ['N', 2] };
const rows = { dataType: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) } as const;
const image = makeFlat(4, 1, 2, 3);

/** `shown` is allowed; `private` beside it is not, and something in `shown` links to it. */
async function makePlaces(context: TestContext) {
  const folder = await realpath(await makeFolder(context));
  const places = { folder, shown: join(folder, 'shown'), hidden: join(folder, 'private') };
  await mkdir(places.shown);
  await mkdir(places.hidden);
  const open = (path: string, input: ValueInfo = imageInput, changes: Partial<DataRequest> = {}) => {
    const request = makeRequest({ path, ...changes });
    return {
      everywhere: () => openDataset(request, [input], { seed: 0, dims: {} }),
      inShown: () => openDataset(request, [input], { seed: 0, dims: {}, allowedFolders: [places.shown] }),
    };
  };
  return { ...places, open };
}

/** Readable where everything is allowed, so that it is the bounds that refuse it. */
async function assertOnlyBoundsRefuse(opening: ReturnType<Awaited<ReturnType<typeof makePlaces>>['open']>) {
  await (await opening.everywhere()).close();
  await rejects(opening.inShown(), 'file-unreadable', /lies outside the folders this server shows/);
}

test('an image that is a link out of the allowed folders is refused', async (context) => {
  const { shown, hidden, open } = await makePlaces(context);
  await writeImage(join(shown, 'a.png'), image);
  await writeImage(join(hidden, 'secret.png'), image);
  await symlink(join(shown, 'a.png'), join(shown, 'b.png'));
  await (await open(shown).inShown()).close();
  await symlink(join(hidden, 'secret.png'), join(shown, 'c.png'));
  await assertOnlyBoundsRefuse(open(shown));
});

test('an image that becomes such a link while the data is open is refused when it is read', async (context) => {
  const { shown, hidden, open } = await makePlaces(context);
  const path = join(shown, 'a.png');
  await writeImage(join(hidden, 'secret.png'), image);
  await writeImage(path, image);
  const dataset = await open(shown).inShown();
  await unlink(path);
  await symlink(join(hidden, 'secret.png'), path);
  await rejects(dataset.read(0), 'file-unreadable');
});

test('a linked images folder, labels.csv and preprocessor_config.json are refused', async (context) => {
  const { shown, hidden, open } = await makePlaces(context);
  await writeImage(join(hidden, 'images/secret.png'), image);
  await writeFile(join(hidden, 'labels.csv'), 'label\n7\n');
  await writeFile(join(hidden, 'preprocessor_config.json'), '{"size":{"height":4,"width":4}}');
  await mkdir(join(shown, 'linked-images'));
  await symlink(join(hidden, 'images'), join(shown, 'linked-images/images'));
  await assertOnlyBoundsRefuse(open(join(shown, 'linked-images')));
  for (const name of ['labels.csv', 'preprocessor_config.json']) {
    await writeImage(join(shown, name, 'a.png'), image);
    await symlink(join(hidden, name), join(shown, name, name));
    await assertOnlyBoundsRefuse(open(join(shown, name)));
  }
});

test('labels.csv above an allowed folder of images is not looked for', async (context) => {
  const { folder } = await makePlaces(context);
  const images = join(folder, 'images');
  await writeImage(join(images, 'a.png'), image);
  await writeFile(join(folder, 'labels.csv'), 'label\n7\n');
  const options = { seed: 0, dims: {} };
  const open = (allowedFolders: string[] | null) =>
    openDataset(makeRequest({ path: images }), [imageInput], { ...options, allowedFolders });
  assert.deepEqual([...(await open(null)).labels!], [7]);
  assert.equal((await open([images])).labels, null);
});

test('linked arrays and tensors are refused', async (context) => {
  const { shown, hidden, open } = await makePlaces(context);
  await writeFile(join(hidden, 'x.npy'), encodeNpy(rows));
  await mkdir(join(shown, 'arrays'));
  await symlink(join(hidden, 'x.npy'), join(shown, 'arrays/x.npy'));
  await assertOnlyBoundsRefuse(open(join(shown, 'arrays'), arrayInput));
  await assertOnlyBoundsRefuse(open(join(shown, 'arrays/x.npy'), arrayInput));
  await writeFile(join(hidden, 'input_0.pb'), toBinary(TensorProtoSchema, makeTensor('x', rows)));
  await mkdir(join(shown, 'tests/test_data_set_0'), { recursive: true });
  await symlink(join(hidden, 'input_0.pb'), join(shown, 'tests/test_data_set_0/input_0.pb'));
  await assertOnlyBoundsRefuse(open(join(shown, 'tests'), arrayInput));
});

test('labels and preprocessing named by a link are refused', async (context) => {
  const { shown, hidden, open } = await makePlaces(context);
  await writeImage(join(shown, 'data/a.png'), image);
  await writeFile(join(hidden, 'secret.csv'), 'label\n7\n');
  await writeFile(join(hidden, 'secret.json'), '{"size":{"height":4,"width":4}}');
  await symlink(join(hidden, 'secret.csv'), join(shown, 'link.csv'));
  await symlink(join(hidden, 'secret.json'), join(shown, 'link.json'));
  await assertOnlyBoundsRefuse(open(join(shown, 'data'), imageInput, { labelsPath: join(shown, 'link.csv') }));
  await assertOnlyBoundsRefuse(open(join(shown, 'data'), imageInput, { preprocessorPath: join(shown, 'link.json') }));
});

test('a model is allowed only together with its folder, where its weights may lie', async (context) => {
  const { shown, hidden } = await makePlaces(context);
  await writeFile(join(shown, 'model.onnx'), '');
  assertModelAllowed(join(shown, 'model.onnx'), [shown]);
  await symlink(join(shown, 'model.onnx'), join(hidden, 'link.onnx'));
  assertAllowed(join(hidden, 'link.onnx'), [shown]);
  assert.throws(() => assertModelAllowed(join(hidden, 'link.onnx'), [shown]), { code: 'file-unreadable' });
  assertModelAllowed(join(hidden, 'link.onnx'), null);
});
