import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { importBundle } from '../../electron/host/import-bundle.ts';
import { writeBundle } from '../../electron/report/write-bundle.ts';
import { listArtifacts } from '../../electron/store/artifacts.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { getRunRow } from '../../electron/store/run-rows.ts';
import { makeDocument, makeFolder, makeRequest } from '../store/run-fixture.ts';

void test('a bundle brings runs, their notes and their models, once', async (context) => {
  const folder = makeFolder(context);
  const document = makeDocument(makeRequest());
  const modelPath = join(folder, 'net.int8.onnx');
  writeFileSync(modelPath, 'the compressed model');
  const bundlePath = join(folder, 'net.vernier');
  const marks = { name: 'From the lab', notes: 'cool machine', tags: ['lab'], starred: true };
  await writeBundle(bundlePath, [{ document, marks, modelPaths: [modelPath] }], 'a test');

  const store = openStore(join(folder, 'other', 'vernier.db'));
  context.after(() => closeStore(store));
  const models = join(folder, 'other', 'models');
  const [first] = await importBundle(store, bundlePath, models);
  assert.equal(first?.outcome, 'added');
  const { row } = getRunRow(store, document.runId);
  assert.deepEqual({ name: row.name, notes: row.notes, tags: row.tags, starred: row.starred }, marks);
  const [model] = listArtifacts(store, document.runId);
  assert.equal(model?.path, join(models, document.runId, 'net.int8.onnx'));
  assert.equal(readFileSync(model.path, 'utf8'), 'the compressed model');

  const [again] = await importBundle(store, bundlePath, models);
  assert.equal(again?.outcome, 'present');
});
