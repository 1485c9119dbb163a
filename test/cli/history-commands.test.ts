/** Marks, deletion, backups and garbage by way of the command line, on a history that holds imported runs. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import { readRealRun } from '../report/real-runs.ts';
import { askVernier, assertFailure, parseOutput } from './fixtures.ts';

const run = readRealRun('resnet8-auto');
const other = readRealRun('resnet8-minmax');
const folder = mkdtempSync(join(tmpdir(), 'vernier-history-'));
const database = join(folder, 'history', 'vernier.db');
const vernier = (...parameters: string[]) => askVernier([...parameters, '--json', '--database', database]);

after(() => rmSync(folder, { recursive: true, force: true }));

async function ask(...parameters: string[]): Promise<Record<string, unknown>> {
  const finished = await vernier(...parameters);
  assert.equal(finished.exitCode, 0, finished.stderr);
  return parseOutput(finished);
}

async function listRunIds(...filters: string[]): Promise<string[]> {
  const { runs } = (await ask('history', ...filters)) as { runs: { runId: string }[] };
  return runs.map(({ runId }) => runId).sort();
}

const both = [run.runId, other.runId].sort();

before(async () => {
  const bundlePath = join(folder, 'x.vernier');
  const marks = { name: '', notes: '', tags: [], starred: false };
  await writeBundle(
    bundlePath,
    [run, other].map((document) => ({ document, marks, modelPaths: [] })),
    'a test',
  );
  await ask('import', bundlePath);
});

test('a name, a note, tags and a star are kept, and the history finds and filters by them', async () => {
  await ask('name', run.runId, 'summer', 'baseline');
  await ask('note', run.runId, 'measured', 'on', 'mains');
  await ask('note', run.runId, '--append', 'again at night');
  assert.deepEqual((await ask('tag', run.runId, 'edge', 'baseline'))['tags'], ['baseline', 'edge']);
  await ask('star', run.runId);
  const { name, notes, starred } = await ask('note', run.runId);
  assert.deepEqual([name, notes, starred], ['summer baseline', 'measured on mains\nagain at night', true]);
  assert.deepEqual(await listRunIds('--text', 'night SUMMER'), [run.runId]);
  assert.deepEqual(await listRunIds('--tag', 'edge'), [run.runId]);
  assert.deepEqual(await listRunIds('--starred'), [run.runId]);
  assert.deepEqual((await ask('tag', run.runId, 'edge', '--remove'))['tags'], ['baseline']);
});

test('a deleted run is out of every list until it is brought back', async () => {
  assert.deepEqual((await ask('delete', other.runId))['deleted'], [other.runId]);
  assert.deepEqual(await listRunIds(), [run.runId]);
  assert.deepEqual(await listRunIds('--deleted'), [other.runId]);
  assert.deepEqual((await ask('delete', '--undo', other.runId))['restored'], [other.runId]);
  assert.deepEqual(await listRunIds(), both);
});

test('what cannot be undone is not done where nobody can be asked', async () => {
  assertFailure(await vernier('delete', '--purge', other.runId), 'usage', 2);
  assert.deepEqual(await listRunIds(), both);
});

test('a backup brings back what was removed for good; the history of before is kept', async () => {
  const backup = join(folder, 'copy.db');
  assert.equal((await ask('backup', backup))['runCount'], 2);
  assertFailure(await vernier('backup', backup), 'file-exists');
  await ask('delete', '--purge', other.runId, '--yes');
  assert.deepEqual(await listRunIds(), [run.runId]);
  const restored = await ask('restore', backup, '--yes');
  assert.equal(restored['runCount'], 2);
  assert.deepEqual(await listRunIds(), both);
  const { runs } = parseOutput(
    await askVernier(['history', '--json', '--database', String(restored['previousPath'])]),
  ) as { runs: unknown[] };
  assert.equal(runs.length, 1);
});

test('an empty list says why it is empty', async () => {
  const list = async (file: string, ...filters: string[]) =>
    (await askVernier(['history', ...filters, '--database', file])).stdout;
  assert.match(await list(database, '--text', 'nowhere'), /^No runs in .* match\.\n$/);
  assert.match(await list(database, '--offset', '7'), /^--offset 7 skips all 2 runs that match in /);
  assert.match(await list(join(folder, 'fresh.db')), /^No runs in .*fresh\.db yet\.\n$/);
});

test('a file that is no history is not restored', async () => {
  const text = join(folder, 'text.db');
  writeFileSync(text, 'no database at all');
  const finished = await vernier('restore', text, '--yes');
  assert.equal(finished.exitCode, 1);
  assert.deepEqual(await listRunIds(), both);
});

test('gc names deleted runs and removes them only when told to', async () => {
  await ask('delete', other.runId);
  const named = (await ask('gc', '--dry-run', '--deleted-for', '0')) as {
    garbage: { runId?: string }[];
    removed: null;
  };
  assert.deepEqual([named.garbage.map(({ runId }) => runId), named.removed], [[other.runId], null]);
  assertFailure(await vernier('gc', '--deleted-for', '0'), 'usage', 2);
  const { removed } = (await ask('gc', '--deleted-for', '0', '--yes')) as { removed: { runCount: number } };
  assert.equal(removed.runCount, 1);
  assert.deepEqual(await listRunIds('--deleted'), []);
});

test('a comparison is saved under a name and found by it', async () => {
  const bundlePath = join(folder, 'x.vernier');
  const fresh = join(folder, 'fresh');
  mkdirSync(fresh);
  copyFileSync(bundlePath, join(fresh, 'x.vernier'));
  const elsewhere = (...parameters: string[]) =>
    askVernier([...parameters, '--json', '--database', join(fresh, 'vernier.db')]);
  assert.equal((await elsewhere('import', join(fresh, 'x.vernier'))).exitCode, 0);
  const saved = await elsewhere('compare', run.runId, other.runId, '--save', 'recipes');
  assert.ok(saved.exitCode === 0 || saved.exitCode === 3, saved.stderr);
  const again = await elsewhere('compare', 'recipes');
  assert.equal(again.exitCode, saved.exitCode, again.stderr);
  assert.deepEqual(parseOutput(again), parseOutput(saved));
});
