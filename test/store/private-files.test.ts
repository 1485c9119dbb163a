import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { writeJsonFile } from '../../electron/host/json-file.ts';
import { backUpDaily, backUpTo } from '../../electron/store/backups.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { backupsFolder } from '../../electron/store/places.ts';
import { acquireRunLock } from '../../electron/store/run-lock.ts';

const isPosix = process.platform !== 'win32';

function makePlace(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-private-'));
  chmodSync(folder, 0o755);
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const { VERNIER_DATABASE } = process.env;
  process.env['VERNIER_DATABASE'] = join(folder, 'vernier', 'vernier.db');
  context.after(() => {
    if (VERNIER_DATABASE === undefined) delete process.env['VERNIER_DATABASE'];
    else process.env['VERNIER_DATABASE'] = VERNIER_DATABASE;
  });
  return process.env['VERNIER_DATABASE'];
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test(
  'the history, its log, its backups and its locks are the user\u2019s alone',
  { skip: !isPosix },
  async (context) => {
    const path = makePlace(context);
    const store = openStore(path);
    context.after(() => closeStore(store));
    const lock = acquireRunLock(path, 'some-run');
    await backUpDaily(store);
    const copyPath = join(dirname(path), 'copy.db');
    await backUpTo(store, copyPath);
    assert.equal(modeOf(dirname(path)), '700');
    for (const file of [path, `${path}-wal`, `${path}-shm`, copyPath]) assert.equal(modeOf(file), '600', file);
    assert.equal(modeOf(backupsFolder(path)), '700');
    for (const name of readdirSync(backupsFolder(path))) assert.equal(modeOf(join(backupsFolder(path), name)), '600');
    assert.equal(modeOf(`${path}-running`), '700');
    lock.release();
  },
);

test('what the umask left open to readers is closed, what somebody chose stays', { skip: !isPosix }, (context) => {
  const path = makePlace(context);
  closeStore(openStore(path));
  chmodSync(path, 0o644);
  chmodSync(dirname(path), 0o755);
  closeStore(openStore(path));
  assert.equal(modeOf(path), '600');
  assert.equal(modeOf(dirname(path)), '700');
  chmodSync(path, 0o660);
  chmodSync(dirname(path), 0o770);
  closeStore(openStore(path));
  assert.equal(modeOf(path), '660');
  assert.equal(modeOf(dirname(path)), '770');
});

test('a folder that the user named keeps its permissions', { skip: !isPosix }, (context) => {
  const named = join(dirname(makePlace(context)), '..', 'runs.db');
  closeStore(openStore(named));
  assert.equal(modeOf(named), '600');
  assert.equal(modeOf(dirname(named)), '755');
});

test('settings are the user\u2019s alone', { skip: !isPosix }, (context) => {
  const path = join(dirname(makePlace(context)), 'settings.json');
  writeJsonFile(path, { theme: 'dark' });
  assert.equal(modeOf(path), '600');
  assert.ok(existsSync(dirname(path)));
  assert.equal(modeOf(dirname(path)), '700');
});
