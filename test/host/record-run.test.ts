import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { recordRun } from '../../electron/host/record-run.ts';
import { listArtifacts } from '../../electron/store/artifacts.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import type { RunDocument } from '../../shared/run.ts';
import { makeDocument, makeFolder, makeRequest } from '../store/run-fixture.ts';

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Records a run that writes a model, with a file beside it, and says how large its result is in all. */
async function recordModel(context: TestContext, sizeBytes: number) {
  const folder = makeFolder(context);
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  const request = makeRequest({ outPath: join(folder, 'net.onnx') });
  const { historyError } = await recordRun(store, request, {
    onEvent: () => undefined,
    onUnrecordedEnd: (error) => {
      throw error;
    },
    onWarning: () => undefined,
    compress: () => {
      writeFileSync(request.outPath, 'graph');
      writeFileSync(`${request.outPath}.data`, 'weights');
      const document = makeDocument(request);
      const { model } = document;
      const compressed = { ...model.compressed, path: request.outPath, sizeBytes };
      return Promise.resolve({ ...document, model: { ...model, compressed } } satisfies RunDocument);
    },
  });
  assert.equal(historyError, null);
  return listArtifacts(store, request.runId).map(({ kind, sha256 }) => ({ kind, sha256 }));
}

void test('a model is recorded with the file that holds its weights', async (context) => {
  assert.deepEqual(await recordModel(context, 'graph'.length + 'weights'.length), [
    { kind: 'model', sha256: sha256Of('graph') },
    { kind: 'model-data', sha256: sha256Of('weights') },
  ]);
});

void test('a file beside a model that holds its own weights is not recorded', async (context) => {
  assert.deepEqual(await recordModel(context, 'graph'.length), [{ kind: 'model', sha256: sha256Of('graph') }]);
});
