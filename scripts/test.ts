/**
 * `npm test`: every test/**\/*.test.ts with Node's own runner. Options and paths are passed through:
 * `npm test -- test/store`, `npm test -- --test-name-pattern="disk full"`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './is-built.ts';
import { areRequired, findMissingPrograms } from './test-programs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A folder stands for the tests in it. */
function expandPath(path: string): string[] {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? globSync(`${path}/**/*.test.ts`) : globSync(path);
}

const longestTestMs = 15 * 60_000;

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith('-'));
const paths = given.filter((argument) => !argument.startsWith('-'));

process.chdir(root);
const files = [...new Set((paths.length === 0 ? ['test'] : paths).flatMap(expandPath))].sort();
if (files.length === 0) {
  // A green run of nothing would hide a typo in a path or a broken checkout.
  console.error(`No test file found in ${paths.length === 0 ? 'test/' : paths.join(', ')}.`);
  process.exit(1);
}

// The tests of the window and of `vernier serve` try what is built, several files at once: it is made here, so that none
// finds it half made.
if (files.some((file) => /^test\/(e2e|renderer|cli)\//.test(file)) && !isBuilt()) {
  const { status } = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// Test files are processes. Tests that time something say so themselves by comparing ratios, not milliseconds.
const concurrency = Math.max(1, availableParallelism());
const child = spawn(
  process.execPath,
  // A test that waits for what never comes ends by itself, with its name, long before somebody ends the whole.
  [
    '--test',
    `--test-timeout=${longestTestMs}`,
    `--test-concurrency=${concurrency}`,
    '--test-reporter=spec',
    ...options,
    ...files,
  ],
  {
    stdio: 'inherit',
    // Tests start hundreds of processes; half of the time that each takes to start is TypeScript being read again.
    // Where a test is about figures it times its models itself; everywhere else the usual seconds for each would be most of it.
    env: {
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
      VERNIER_TIMING_SECONDS: '0.3',
      ...process.env,
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
  if (files.some((file) => /^test\/(e2e|renderer)\//.test(file))) warnOfSkippedTests();
});

/** At the end, where it is seen: green without the window's tests is not the same green. */
function warnOfSkippedTests(): void {
  if (areRequired) return;
  for (const { what, command } of findMissingPrograms()) {
    console.error(`\n*** TESTS OF THE WINDOW WERE SKIPPED: ${what} is missing here. Add it with:\n***   ${command}`);
  }
}
