import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLookHandlers } from '../../electron/host/look-requests.ts';
import { AppError } from '../../shared/app-error.ts';
import { dataRequestSchema } from '../../shared/compress-request.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';

const folder = temporaryFolder();
const text = join(folder, 'text.onnx');
writeFileSync(text, 'This is no model.\n'.repeat(50_000));

type Context = Parameters<typeof createLookHandlers>[0];

void test('what is no model is refused by the host, without an engine', async () => {
  let looks = 0;
  const allowing = { assertAllowed: () => undefined, assertWritable: () => undefined };
  const handlers = createLookHandlers({
    store: { path: join(folder, 'h.db') },
    files: allowing,
    recent: { add: () => assert.fail('nothing is remembered') },
    look: () => {
      looks += 1;
      return Promise.reject(new Error('an engine was started'));
    },
  } as unknown as Context);
  const data = dataRequestSchema.parse({ path: folder });
  const refused: readonly (readonly [path: string, code: string])[] = [
    [text, 'model-malformed'],
    [join(folder, 'missing.onnx'), 'file-not-found'],
    [folder, 'file-unreadable'],
  ];
  for (const [modelPath, code] of refused) {
    for (const answer of [
      () => handlers['model.inspect']({ modelPath, dims: {}, lookId: null }),
      () => handlers['data.preview']({ modelPath, data, dims: {}, lookId: null }),
    ]) {
      await assert.rejects(
        async () => answer(),
        (error) => error instanceof AppError && error.code === code,
      );
    }
  }
  assert.equal(looks, 0);
});
