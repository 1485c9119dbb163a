import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { previewData } from '../../electron/engine/preview.ts';
import { AppError } from '../../shared/app-error.ts';
import { dataRequestSchema } from '../../shared/compress-request.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';
import { makeFolder, writeSamples, writeTinyNet } from '../cli/fixtures.ts';

/** The tiny net ranks four classes. */
void test('the preview refuses labels that the model has no class for, before anything is calibrated', async (context) => {
  const folder = makeFolder(context);
  const modelPath = writeTinyNet(folder);
  const path = writeSamples(folder);
  const look = () => previewData({ modelPath, data: dataRequestSchema.parse({ path }), dims: {} }, null);
  const seen = await look();
  assert.equal(seen.classes, 4);
  assert.match(seen.task ?? '', /^The model is taken for a classifier: its output "y" ranks 4 classes\./);
  const labels = (first: number) =>
    writeFileSync(
      join(path, 'labels.npy'),
      encodeNpy({
        dataType: 'int64',
        dims: [24],
        data: BigInt64Array.from({ length: 24 }, (_, index) => BigInt(first + (index % 4))),
      }),
    );
  labels(50);
  await assert.rejects(look, (error) => {
    assert.ok(error instanceof AppError && error.code === 'labels-malformed');
    assert.match(error.message, /^Sample 0 has label 50, but output "y" ranks classes 0 to 3\./);
    return true;
  });
  // One too far is one too far.
  labels(1);
  await assert.rejects(look, /Sample 3 has label 4,/);
});
