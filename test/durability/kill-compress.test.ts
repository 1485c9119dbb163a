import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createRandom } from '../../electron/engine/tensor/random.ts';
import {
  findProcesses,
  makeFolder,
  parseOutput,
  runVernier,
  startVernier,
  writeSamples,
  writeTinyNet,
} from '../cli/fixtures.ts';

/** `VERNIER_KILLS=200 npm test -- test/durability` for the long version: a tenth of them here, over the whole of a run. */
const killCount = Number(process.env['VERNIER_KILLS'] ?? '40');
const isLong = killCount > 40;
const kills = isLong ? Math.floor(killCount / 10) : 3;
const longestMs = isLong ? 14_000 : 2500;
const seed = Number(process.env['VERNIER_SEED'] ?? '1');

async function waitUntilGone(text: string): Promise<void> {
  for (let attempt = 0; findProcesses(text).length > 0; attempt += 1) {
    assert.ok(attempt < 200, 'the engine outlives the program that started it');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

void test(`kill -9 at ${kills} random moments of a real compression: it is told as failed, and gc names what it left`, async (context) => {
  const random = createRandom(seed);
  const folder = makeFolder(context);
  const temporary = join(folder, 'tmp');
  const output = join(folder, 'out');
  mkdirSync(temporary);
  mkdirSync(output);
  const environment = { TMPDIR: temporary };
  const database = ['--json', '--database', join(folder, 'history.db')];
  const model = writeTinyNet(folder);
  const data = writeSamples(folder);
  let orphans = 0;
  const outputsOfDoneRuns = new Set<string>();
  for (let index = 0; index < kills; index += 1) {
    const out = join(output, `${index}.onnx`);
    const { child, finished } = startVernier(
      ['compress', model, '--data', data, '--out', out, '--recipe', 'int8-static-minmax', ...database],
      { environment },
    );
    await new Promise((resolve) => setTimeout(resolve, 200 + random() * longestMs));
    child.kill('SIGKILL');
    const { exitCode } = await finished;
    await waitUntilGone(folder);

    const { runs } = parseOutput(await runVernier(['history', ...database], { environment })) as {
      runs: { status: string; runId: string }[];
    };
    assert.ok(
      runs.every(({ status }) => status === 'failed' || status === 'done'),
      JSON.stringify(runs),
    );
    if (exitCode === 0) assert.equal(runs[0]?.status, 'done', 'what was reported as saved is there');
    const { garbage } = parseOutput(await runVernier(['gc', '--dry-run', ...database], { environment })) as {
      garbage: { path: string }[];
    };
    const named = garbage.map(({ path }) => path);
    if (runs[0]?.status === 'done') outputsOfDoneRuns.add(out);
    const left = [
      ...readdirSync(temporary).map((name) => join(temporary, name)),
      ...readdirSync(output).map((name) => join(output, name)),
    ];
    for (const path of left) {
      assert.ok(
        outputsOfDoneRuns.has(path) || named.includes(path),
        `${path} is not named; gc names ${named.join(', ')}`,
      );
    }
    orphans += named.length;
    await runVernier(['gc', '--yes', ...database], { environment });
    assert.deepEqual(readdirSync(temporary), [], 'nothing is left after gc');
  }
  context.diagnostic(`compress: ${kills} kills, ${orphans} orphans, all named and removed`);
});
