import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { mayTryAgain, readFailedTests } from '../../scripts/second-try.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';

const failedIn = (...files: string[]) => files.map((file) => ({ file, name: 'a test' }));

void it('stories of browsers and servers have a second try, and nothing else has', () => {
  assert.ok(mayTryAgain(failedIn('test/e2e/history.test.ts', 'test/e2e/history.test.ts', 'test/lab/agent.test.ts')));
  assert.equal(mayTryAgain(failedIn('test/e2e/history.test.ts', 'test/engine/graph.test.ts')), false);
  assert.equal(mayTryAgain(failedIn('test/store/runs.test.ts')), false);
});

void it('so many that it is no accident have none', () => {
  assert.equal(
    mayTryAgain(failedIn('a', 'b', 'c', 'd').map((each) => ({ ...each, file: `test/e2e/${each.file}.test.ts` }))),
    false,
  );
});

void it('a runner that ended before it named a test has none', () => {
  assert.equal(mayTryAgain(readFailedTests('/nowhere/failed.jsonl')), false);
});

void it('the reporter names each test that failed, and its file', () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'two.test.mjs'),
    "import { it } from 'node:test';\nit('holds', () => {});\nit('does not', () => { throw new Error('no'); });\n",
  );
  const failedPath = join(folder, 'failed.jsonl');
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  spawnSync(
    process.execPath,
    [
      '--test',
      '--test-reporter=./scripts/failed-tests-reporter.ts',
      `--test-reporter-destination=${failedPath}`,
      join(folder, 'two.test.mjs'),
    ],
    { env },
  );
  const failed = readFailedTests(failedPath);
  assert.deepEqual(
    failed.map(({ name }) => name),
    ['does not'],
  );
  assert.match(failed[0]!.file, /two\.test\.mjs$/);
});
