import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { importBundle } from '../../electron/host/import-bundle.ts';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import { listArtifacts } from '../../electron/store/artifacts.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { getRunRow, listRuns } from '../../electron/store/run-rows.ts';
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

void test('a bundle with one damaged model brings none of its runs', async (context) => {
  const folder = makeFolder(context);
  const marks = { name: '', notes: '', tags: [], starred: false };
  const runs = ['first', 'second'].map((name) => {
    const modelPath = join(folder, `${name}.onnx`);
    writeFileSync(modelPath, `the compressed model of the ${name} run`);
    return { document: makeDocument(makeRequest()), marks, modelPaths: [modelPath] };
  });
  const bundlePath = join(folder, 'net.vernier');
  await writeBundle(bundlePath, runs, 'a test');
  const bytes = readFileSync(bundlePath);
  // Entries are in the order of run ids, each model behind its run: the last byte before the directory is the last model's.
  const directory = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  bytes[directory - 30]! ^= 1;
  writeFileSync(bundlePath, bytes);

  const store = openStore(join(folder, 'other', 'vernier.db'));
  context.after(() => closeStore(store));
  const models = join(folder, 'other', 'models');
  await assert.rejects(importBundle(store, bundlePath, models), {
    code: 'bundle-malformed',
    message: /Nothing was imported\. Copy it again/,
  });
  assert.deepEqual(listRuns(store), []);
  assert.equal(existsSync(models), false);
});
