import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { listArtifacts } from '../../electron/store/artifacts.ts';
import { listGarbage, removeGarbage } from '../../electron/store/collect-garbage.ts';
import type { Store } from '../../electron/store/database.ts';
import { findRun } from '../../electron/store/find-run.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { examineBackup } from '../../electron/store/restore-backup.ts';
import { listRuns } from '../../electron/store/run-rows.ts';
import { openDatabase } from '../../electron/store/open-database.ts';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import { createRandom } from '../../electron/engine/tensor/random.ts';
import { makeDocument, makeRequest } from '../store/run-fixture.ts';

/**
 * kill -9 at random moments: a process does one kind of thing over and over and says what it was told is done; it is killed,
 * and everything it had said must be there, the history must be whole, and every file in the folder must either belong to
 * something or be named by `vernier gc`.
 */
export const stormKinds = ['run', 'import', 'delete', 'backup', 'migrate'] as const;
export type StormKind = (typeof stormKinds)[number];

const stormProcess = fileURLToPath(new URL('./storm-process.ts', import.meta.url));
const oldHistories = fileURLToPath(new URL('../fixtures/histories/', import.meta.url));

export interface StormResult {
  readonly kills: number;
  /** What the killed processes had reported as done. */
  readonly reported: number;
  /** Runs that were going when their process was killed. */
  readonly cutRuns: number;
  /** Files that killed processes left behind; all of them were named. */
  readonly orphans: number;
}

/** Kills at moments drawn from the seed, in one folder with one history, so that damage would add up. */
export async function runStorm(kind: StormKind, kills: number, seed: number): Promise<StormResult> {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-storm-'));
  const random = createRandom(seed);
  let reported = 0;
  let orphans = 0;
  const promised = new Promises();
  try {
    await prepare(kind, folder);
    for (let index = 0; index < kills; index += 1) {
      // From the first statements of the program's work to some rounds of it.
      const lines = await killAfter(kind, folder, Math.floor(random() ** 2 * 1500));
      reported += lines.filter((line) => !/^(ready|purging|migrating)/.test(line)).length;
      promised.hear(lines);
      orphans += check(kind, folder, promised);
    }
    const store = openStore(join(folder, 'history.db'));
    const cutRuns = listRuns(store, { status: 'failed' }).length;
    closeStore(store);
    return { kills, reported, cutRuns, orphans };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(kind: StormKind, folder: string): Promise<void> {
  closeStore(openStore(join(folder, 'history.db')));
  if (kind === 'migrate') {
    for (const name of readdirSync(oldHistories)) {
      writeFileSync(join(folder, basename(name, '.gz')), gunzipSync(readFileSync(join(oldHistories, name))));
    }
  }
  if (kind === 'import') {
    const sources = join(folder, 'sources');
    mkdirSync(sources);
    const runs = [1, 2, 3].map((index) => {
      const request = makeRequest({ modelPath: `/models/bundled-${index}.onnx` });
      const modelPath = join(sources, `bundled-${index}.int8.onnx`);
      writeFileSync(modelPath, Buffer.alloc(3_000_000, Buffer.from(`${request.runId} ${Math.PI * index}`)));
      const marks = { name: 'bundled', notes: '', tags: ['from afar'], starred: false };
      return { document: makeDocument(request), marks, modelPaths: [modelPath] };
    });
    await writeBundle(join(folder, 'runs.vernier'), runs, 'test');
    rmSync(sources, { recursive: true });
  }
}

/** @returns what the process had said when it was killed, so many milliseconds after it began to work. */
async function killAfter(kind: StormKind, folder: string, delayMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [stormProcess, kind, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_code, signal) => resolve(signal)));
  const ready = new Promise<void>((resolve) =>
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('ready\n')) resolve();
    }),
  );
  await Promise.race([ready, gone]);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  child.kill('SIGKILL');
  assert.equal(await gone, 'SIGKILL', `the process ended by itself:\n${said}\n${complaint}`);
  // A line cut in the middle was not said.
  return said.split('\n').slice(0, -1);
}

/** What the processes have said so far, and with that promised. */
class Promises {
  readonly present = new Set<string>();
  readonly hidden = new Set<string>();
  readonly purged = new Set<string>();
  /** Someone was about to, or did and could not say so any more. */
  readonly uncertain = new Set<string>();
  readonly backups = new Set<string>();
  readonly migrated = new Set<string>();
  readonly migrating = new Set<string>();

  hear(lines: readonly string[]): void {
    for (const line of lines) {
      const [what, ...names] = line.split(' ');
      for (const name of names) {
        if (what === 'run' || what === 'undone') this.move(name, this.present);
        else if (what === 'deleted') this.move(name, this.hidden);
        else if (what === 'purging') this.move(name, this.uncertain);
        else if (what === 'purged') this.move(name, this.purged);
        else if (what === 'backup') this.backups.add(name);
        else if (what === 'migrating') this.migrating.add(name);
        else if (what === 'migrated') this.migrated.add(name);
      }
    }
  }

  private move(name: string, to: Set<string>): void {
    for (const set of [this.present, this.hidden, this.purged, this.uncertain]) set.delete(name);
    to.add(name);
  }
}

/** @returns how many orphans there were, after they were removed. */
function check(kind: StormKind, folder: string, promised: Promises): number {
  const store = openStore(join(folder, 'history.db'));
  try {
    assert.equal(store.database.pragma('integrity_check', { simple: true }), 'ok');
    assert.deepEqual(store.database.pragma('foreign_key_check'), []);
    assert.deepEqual(listRuns(store, { status: 'running' }), [], 'nobody is left to finish a run');
    checkRuns(kind, store, promised);
    for (const path of promised.backups) examineBackup(path);
    if (kind === 'migrate') checkMigrations(promised);
    return checkOrphans(folder, store, promised);
  } finally {
    closeStore(store);
  }
}

function checkRuns(kind: StormKind, store: Store, promised: Promises): void {
  const there = new Set(listRuns(store).map((run) => run.runId));
  const hidden = new Set(listRuns(store, { deleted: true }).map((run) => run.runId));
  for (const runId of promised.present) {
    // The next step of the same run may have happened without being said.
    assert.ok(there.has(runId) || (kind === 'delete' && hidden.has(runId)), `run ${runId} was reported and is lost`);
  }
  for (const runId of promised.hidden) assert.ok(hidden.has(runId) || there.has(runId), `run ${runId} is lost`);
  for (const runId of promised.purged) {
    // An import brings the same runs again.
    if (kind !== 'import') assert.ok(!there.has(runId) && !hidden.has(runId), `run ${runId} is back`);
  }
  for (const { runId, status } of listRuns(store)) {
    const { document } = findRun(store, runId);
    assert.notEqual(document, null, `run ${runId} is ${status} without a document`);
    if (status !== 'done') continue;
    for (const { path } of listArtifacts(store, runId)) assert.ok(existsSync(path), `${path} of run ${runId} is lost`);
  }
}

/** Old or new, never in between, and nothing missing. */
function checkMigrations(promised: Promises): void {
  for (const path of promised.migrating) {
    if (!existsSync(path)) continue;
    if (promised.migrated.has(path)) {
      const database = openDatabase(path, { readonly: true });
      assert.equal(database.pragma('quick_check', { simple: true }), 'ok');
      database.close();
    }
    const store = openStore(path);
    try {
      assert.equal(store.readOnlyReason, null);
      assert.equal(listRuns(store).length + listRuns(store, { deleted: true }).length, 5, path);
      assert.equal(store.database.prepare('select count(*) from run_documents').pluck().get(), 5);
    } finally {
      closeStore(store);
    }
  }
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every file belongs to something or is named; what is named can be removed, and then nothing is left over. */
function checkOrphans(folder: string, store: Store, promised: Promises): number {
  const all = [...listRuns(store), ...listRuns(store, { deleted: true })];
  const owned = new Set(all.flatMap(({ runId }) => listArtifacts(store, runId).map(({ path }) => path)));
  const isAccounted = (path: string) =>
    owned.has(path) ||
    promised.backups.has(path) ||
    // Finished, and killed before it could say so.
    (/backup-\d+-\d+\.db$/.test(path) && examineBackup(path).runCount >= 0) ||
    /\/(runs\.vernier|version-\d\.db)$/.test(path) ||
    /\/history\.db(-wal|-shm)?$/.test(path) ||
    /\/old-\d+-\d+\.db(-wal|-shm|-journal)?$/.test(path) ||
    // Automatic backups are whole; their halves are not called so.
    (dirname(path).endsWith('.db-backups') && path.endsWith('Z-daily.db')) ||
    (dirname(path).endsWith('.db-backups') && path.endsWith('Z-before-migration.db'));
  const before = listFiles(folder).filter((path) => !isAccounted(path));
  const garbage = [...promised.migrating]
    .filter((path) => existsSync(path))
    .reduce((list, path) => [...list, ...collectOf(path)], listGarbage(store, { deletedForDays: 1000 }));
  const named = garbage.flatMap((item) => (item.kind === 'deleted-run' ? [] : [item.path]));
  for (const path of before) {
    assert.ok(
      named.some((name) => path === name || path.startsWith(`${name}/`)),
      `${path} is an orphan that gc does not name; it names: ${named.join(', ')}`,
    );
  }
  for (const path of named) assert.ok(!owned.has(path), `${path} belongs to a run and is named as garbage`);
  removeGarbage(store, garbage);
  for (const path of before)
    assert.equal(statSync(path, { throwIfNoEntry: false }), undefined, `${path} is still there`);
  return before.length;
}

/** What belongs to a history that was being migrated is named by that history. */
function collectOf(path: string): ReturnType<typeof listGarbage> {
  const store = openStore(path);
  try {
    return listGarbage(store, { deletedForDays: 1000 }).filter(
      (item) => item.kind !== 'deleted-run' && item.path.startsWith(`${path}-backups`),
    );
  } finally {
    closeStore(store);
  }
}
