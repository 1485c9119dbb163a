/** A history that cannot be used as it is: what the app offers, the browser host says, and both do then. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { migrations } from '../../electron/store/migrations/all.ts';
import { backUpDaily, listBackups } from '../../electron/store/backups.ts';
import { openDatabase } from '../../electron/store/open-database.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { startVernier } from '../cli/fixtures.ts';
import { damage } from '../store/damage-file.ts';
import { wrapApp } from './answered-dialogs.ts';
import { describeDesktop, electronAvailability, launchDesktop, makeFolder, request } from './harness.ts';
import { seedHistory, seededRunCount } from './seeded-history.ts';
import { story } from './story.ts';

const options = { skip: electronAvailability.skip, timeout: 240_000 };

/** A history with runs, damaged; with a backup of it from before, if asked for. */
async function makeDamaged(context: TestContext, backup: 'with a backup' | 'without'): Promise<string> {
  const folder = makeFolder(context);
  const path = join(folder, 'vernier.db');
  seedHistory(path);
  if (backup === 'with a backup') {
    const store = openStore(path);
    assert.ok((await backUpDaily(store)) !== null);
    closeStore(store);
  }
  damage(path);
  return folder;
}

/** Starts the app, answers its question, and tells what it asked, what is in its history, and what was kept. */
async function startAndAnswer(folder: string, button: string) {
  const damaged = readFileSync(join(folder, 'vernier.db'));
  const { appFolder, readDialogs } = wrapApp(folder, button);
  const { page, close } = await launchDesktop({ folder, appFolder });
  const listed = await request(page, 'runs.list', {});
  assert.ok(listed.ok);
  await close();
  const kept = listBackups(join(folder, 'vernier.db')).filter(({ occasion }) => occasion === 'damaged');
  assert.equal(kept.length, 1);
  assert.deepEqual(readFileSync(kept[0]!.path), damaged, 'the damaged file is kept as it was');
  const [dialog] = readDialogs();
  assert.ok(dialog !== undefined, 'it asked');
  return { dialog, runCount: listed.value.rows.length };
}

void test(
  'the app offers to restore the last backup of a damaged history, and goes on with it',
  options,
  async (context) => {
    const folder = await makeDamaged(context, 'with a backup');
    const { dialog, runCount } = await startAndAnswer(folder, 'Restore the Backup');
    assert.equal(dialog.message, 'The history is damaged.');
    assert.match(dialog.detail, /vernier\.db" is damaged.*last backup is of .* holds 5 run/s);
    assert.deepEqual(dialog.buttons, ['Restore the Backup', 'Start an Empty History', 'Quit']);
    assert.equal(runCount, seededRunCount);
  },
);

void test('without a backup it offers an empty history', options, async (context) => {
  const { dialog, runCount } = await startAndAnswer(await makeDamaged(context, 'without'), 'Start an Empty History');
  assert.match(dialog.detail, /There is no backup of it/);
  assert.deepEqual(dialog.buttons, ['Start an Empty History', 'Quit']);
  assert.equal(runCount, 0);
});

void test('who quits finds everything as it was', options, async (context) => {
  const folder = await makeDamaged(context, 'with a backup');
  const path = join(folder, 'vernier.db');
  const before = readFileSync(path);
  const { appFolder, readDialogs } = wrapApp(folder, 'Quit');
  const { executablePath, args, env } = await describeDesktop({ folder, appFolder });
  const app = spawn(executablePath, args, { env, stdio: 'ignore' });
  const [exitCode] = (await once(app, 'exit')) as [number | null];
  assert.equal(exitCode, 1);
  assert.equal(readDialogs().length, 1);
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual(
    listBackups(path).map(({ occasion }) => occasion),
    ['daily'],
  );
});

void test('the browser host says what to do, and the command line does it', { timeout: 240_000 }, async (context) => {
  const folder = await makeDamaged(context, 'with a backup');
  const database = join(folder, 'vernier.db');
  const vernier = (...parameters: string[]) => startVernier([...parameters, '--database', database]).finished;
  for (const command of [['serve', '--root', folder], ['history'], ['show', 'latest']]) {
    const { exitCode, stderr } = await vernier(...command);
    assert.equal(exitCode, 1, command[0]);
    assert.match(stderr, /is damaged.*There is a backup of .* with 5 runs: `vernier restore latest` brings it back/);
  }
  const restored = await vernier('restore', 'latest', '--yes');
  assert.equal(restored.exitCode, 0, restored.stderr);
  assert.match(restored.stderr, /The previous history is kept in .*-damaged\.db/);
  assert.equal((await vernier('history')).exitCode, 0);
});

story(
  'the history of a newer Vernier can be read, and the window says why not more',
  { history: 'seeded' },
  async ({ close, restart, folder }) => {
    await close();
    const path = join(folder, 'vernier.db');
    const database = openDatabase(path);
    database.pragma(`user_version = ${migrations.length + 1}`);
    database.close();
    copyFileSync(path, join(folder, 'before.db'));
    const { page, close: closeAgain } = await restart();
    await page.getByText('was written by a newer Vernier').waitFor();
    await page.getByRole('link', { name: 'History' }).first().click();
    await page.getByText('ResNet-8, measured').first().waitFor();
    const listed = await request(page, 'runs.list', {});
    assert.ok(listed.ok && listed.value.rows.length === seededRunCount);
    const refused = await request(page, 'runs.delete', { runIds: [listed.value.rows[0]!.runId] });
    assert.equal(refused.ok ? 'deleted' : refused.error.code, 'database-newer');
    await closeAgain();
    assert.deepEqual(readFileSync(path), readFileSync(join(folder, 'before.db')), 'not a byte was changed');
    assert.ok(
      !existsSync(`${path}-backups`) || listBackups(path).every(({ occasion }) => occasion !== 'before-migration'),
    );
  },
);
