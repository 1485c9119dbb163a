import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { temporaryName, writeFileAtomically } from '../../electron/engine/files/atomic-file.ts';
import { listGarbage, removeGarbage } from '../../electron/store/collect-garbage.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { beginFileWork, insertPendingFile, withAnnouncedFiles } from '../../electron/store/pending-files.ts';
import { makeFolder } from './run-fixture.ts';

test('what a killed bundle or export leaves is named by gc, the file that was there is not', (context) => {
  const folder = makeFolder(context);
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  const path = join(folder, 'report.pdf');
  writeFileSync(path, 'an earlier report');
  const half = temporaryName(path);
  // As `withAnnouncedFiles` begins, and a killed process does not go on.
  const work = beginFileWork(store);
  insertPendingFile(store.database, work, { path, purpose: 'backup', sha256: null });
  writeFileSync(half, 'half a report');
  assert.deepEqual(listGarbage(store, { deletedForDays: 0 }), []);
  work.release();
  const garbage = listGarbage(store, { deletedForDays: 0 });
  assert.deepEqual(
    garbage.map((item) => ('path' in item ? [item.path, item.reason] : [])),
    [[half, 'left by a backup, a bundle or an export that was interrupted']],
  );
  removeGarbage(store, garbage);
  assert.deepEqual(listGarbage(store, { deletedForDays: 0 }), []);
  assert.equal(basename(dirname(half)), basename(folder));
});

test('what was written, or failed to be, is announced no longer', async (context) => {
  const folder = makeFolder(context);
  const store = openStore(join(folder, 'history.db'));
  context.after(() => closeStore(store));
  const path = join(folder, 'report.pdf');
  const announced = () => store.database.prepare('select count(*) from pending_files').pluck().get();
  await withAnnouncedFiles(store, [path], () => {
    assert.equal(announced(), 1);
    writeFileAtomically(path, 'a report');
  });
  assert.equal(announced(), 0);
  await assert.rejects(
    withAnnouncedFiles(store, [path], () => {
      throw new Error('no');
    }),
    /no/,
  );
  assert.equal(announced(), 0);
});
