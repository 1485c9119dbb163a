/**
 * `npm test`: every test/**\/*.test.ts with Node's own runner. Options and paths are passed through:
 * `npm test -- test/store`, `npm test -- --test-name-pattern="disk full"`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './is-built.ts';
import { filesOf, listTests, mayTryAgain, readFailedTests } from './second-try.ts';
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

/** Runs the files by Node's runner; what failed is listed in `failedPath`, a line each. */
async function runTests(testFiles: readonly string[], concurrency: number, failedPath: string): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      '--test',
      // A test that waits for what never comes ends by itself, with its name, long before somebody ends the whole.
      `--test-timeout=${longestTestMs}`,
      `--test-concurrency=${concurrency}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=./scripts/failed-tests-reporter.ts',
      `--test-reporter-destination=${failedPath}`,
      ...options,
      ...testFiles,
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
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

const scratch = mkdtempSync(join(tmpdir(), 'vernier-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const failedPath = join(scratch, 'failed.jsonl');
// Test files are processes. Tests that time something say so themselves by comparing ratios, not milliseconds.
process.exitCode = await runTests(files, Math.max(1, availableParallelism()), failedPath);
const failed = readFailedTests(failedPath);
// Only where everything ran: whoever runs a file wants to know how it does.
if (process.exitCode !== 0 && paths.length === 0 && mayTryAgain(failed)) {
  console.error(`\n*** FAILED, AND TRIED ONCE MORE ALONE:\n${listTests(failed)}\n`);
  process.exitCode = await runTests(filesOf(failed), 1, join(scratch, 'failed-again.jsonl'));
  if (process.exitCode === 0)
    console.error(`\n*** PASSED ONLY AT THE SECOND TRY, which is a fault to mend:\n${listTests(failed)}`);
}
if (files.some((file) => /^test\/(e2e|renderer)\//.test(file))) warnOfSkippedTests();

/** At the end, where it is seen: green without the window's tests is not the same green. */
function warnOfSkippedTests(): void {
  if (areRequired) return;
  for (const { what, command } of findMissingPrograms()) {
    console.error(`\n*** TESTS OF THE WINDOW WERE SKIPPED: ${what} is missing here. Add it with:\n***   ${command}`);
  }
}
