import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import {
  askVernier,
  assertFailure,
  makeFolder,
  parseOutput,
  runVernier,
  writeSamples,
  writeTinyNet,
} from './fixtures.ts';

/** Mounts a small file system, or returns null where that is not allowed. */
function mountSmall(context: TestContext, sizeKilobytes: number): string | null {
  const path = mkdtempSync(join(tmpdir(), 'vernier-small-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKilobytes}k`, 'tmpfs', path]);
  context.after(() => {
    if (mounted.status === 0) spawnSync('umount', [path]);
    rmdirSync(path);
  });
  return mounted.status === 0 ? path : null;
}

/** Fills a file system until this much is left. */
function fillUp(path: string, leftKilobytes: number): void {
  const { bavail, bsize } = statfsSync(path);
  writeFileSync(join(path, 'filler'), Buffer.alloc(bavail * bsize - leftKilobytes * 1024));
}

const quick = ['--recipe', 'int8-static-minmax', '--calibration-samples', '8', '--evaluation-samples', '4', '--json'];

void test('a full disk under the output is said to be full, and leaves no half-written file', async (context) => {
  const folder = makeFolder(context);
  const small = mountSmall(context, 100);
  if (small === null) {
    context.skip('NOT TESTED: mounting a small file system needs root');
    return;
  }
  const model = writeTinyNet(folder, { channels: 96, convolutions: 3 });
  const common = ['--database', join(folder, 'history.db'), ...quick];
  const out = join(small, 'out.onnx');
  const finished = await runVernier(['compress', model, '--data', writeSamples(folder), '--out', out, ...common]);
  assert.match(assertFailure(finished, 'disk-full'), /disk is full.*out\.onnx/);
  assert.deepEqual(readdirSync(small), []);
  const { runs } = parseOutput(await askVernier(['history', ...common.slice(0, 2), '--json'])) as {
    runs: { status: string; errorCode: string }[];
  };
  assert.deepEqual(
    runs.map(({ status, errorCode }) => [status, errorCode]),
    [['failed', 'disk-full']],
  );
});

void test('a full disk under the temporary folder is said to be full', async (context) => {
  const folder = makeFolder(context);
  const small = mountSmall(context, 100);
  if (small === null) {
    context.skip('NOT TESTED: mounting a small file system needs root');
    return;
  }
  const model = writeTinyNet(folder, { channels: 96, convolutions: 3 });
  const out = join(folder, 'out.onnx');
  const finished = await runVernier(
    ['compress', model, '--data', writeSamples(folder), '--out', out, '--database', join(folder, 'h.db'), ...quick],
    { environment: { TMPDIR: small } },
  );
  assert.match(assertFailure(finished, 'disk-full'), /TMPDIR|disk is full/);
  assert.equal(existsSync(out), false);
  assert.deepEqual(readdirSync(small), []);
});

void test('a result is printed even when the disk is too full to record it', async (context) => {
  const folder = makeFolder(context);
  const small = mountSmall(context, 4096);
  if (small === null) {
    context.skip('NOT TESTED: mounting a small file system needs root');
    return;
  }
  const database = ['--database', join(small, 'history.db')];
  assert.equal((await askVernier(['history', ...database])).exitCode, 0);
  // Room for the beginning of a run, not for the samples of its latency.
  fillUp(small, 256);
  const out = join(folder, 'out.onnx');
  const finished = await runVernier([
    ...['compress', writeTinyNet(folder), '--data', writeSamples(folder), '--out', out],
    ...database,
    ...quick,
  ]);
  assert.equal(finished.exitCode, 1, finished.stderr);
  assert.equal(parseOutput(finished)['status'], 'done');
  assert.match(finished.stderr, /disk is full.*history\.db[^]*could not be added to the history/);
  assert.ok(existsSync(out));
  const history = await askVernier(['history', ...database, '--json']);
  assert.equal(history.exitCode, 0, 'the history stays readable');
});

void test('a limit on file size (ulimit -f) is a full disk as well', async (context) => {
  if (process.platform === 'win32') {
    context.skip('there is no such limit on Windows');
    return;
  }
  const folder = makeFolder(context);
  const model = writeTinyNet(folder, { channels: 96, convolutions: 3 });
  const out = join(folder, 'out.onnx');
  const finished = await runVernier(
    ['compress', model, '--data', writeSamples(folder), '--out', out, '--database', join(folder, 'h.db'), ...quick],
    // In units of 1024 bytes: room for an empty history, not for a model of 680 kB.
    { launcher: ['bash', '-c', 'ulimit -f 600; exec "$@"', 'limited'] },
  );
  assertFailure(finished, 'disk-full');
  assert.equal(existsSync(out), false);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.tmp')),
    [],
  );
});

void test('an export onto a full disk leaves the old file as it was', async (context) => {
  const folder = makeFolder(context);
  const small = mountSmall(context, 12);
  if (small === null) {
    context.skip('NOT TESTED: mounting a small file system needs root');
    return;
  }
  const database = ['--database', join(folder, 'h.db')];
  // A failed run is enough to have something to export; noise in its data path makes it larger than the disk.
  const model = writeTinyNet(folder);
  const parameters = ['compress', model, '--data', join(folder, 'x'.repeat(200)), ...database, ...quick];
  assertFailure(await runVernier(parameters), 'file-not-found');
  const out = join(small, 'run.json');
  const exported = ['export', 'latest', '--format', 'json', '--out', out, ...database, '--json'];
  assert.equal((await runVernier(exported)).exitCode, 0);
  spawnSync('bash', ['-c', `cat /dev/zero > ${join(small, 'filler')}`]);
  assertFailure(await runVernier(exported), 'disk-full');
  assert.deepEqual(readdirSync(small).toSorted(), ['filler', 'run.json']);
});
