import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import type { RunDocument } from '../../shared/run.ts';
import { makeFailedRun, readRealRun } from '../report/real-runs.ts';
import { askVernier } from './fixtures.ts';

const run = readRealRun('resnet8-auto');
const other = readRealRun('resnet8-minmax');
const failed = makeFailedRun();
const folder = mkdtempSync(join(tmpdir(), 'vernier-reports-'));
const database = join(folder, 'history', 'vernier.db');
const vernier = (...parameters: string[]) => askVernier([...parameters, '--database', database]);

after(() => rmSync(folder, { recursive: true, force: true }));

describe('from a history that holds runs and nothing else', () => {
  before(async () => {
    const bundlePath = join(folder, 'x.vernier');
    const marks = { name: '', notes: '', tags: [], starred: false };
    await writeBundle(
      bundlePath,
      [run, other, failed].map((document) => ({ document, marks, modelPaths: [] })),
      'a test',
    );
    const imported = await vernier('import', bundlePath, '--json');
    assert.equal(imported.exitCode, 0, imported.stderr);
  });

  for (const format of ['pdf', 'html', 'md', 'json', 'cyclonedx'] as const) {
    test(`export --format ${format} writes one file, the same every time`, async () => {
      const paths = ['first', 'second'].map((name) => join(folder, `${name}.${format}`));
      for (const out of paths) {
        const { exitCode, stderr } = await vernier('export', run.runId, '--format', format, '--out', out);
        assert.equal(exitCode, 0, stderr);
      }
      assert.deepEqual(readFileSync(paths[0]!), readFileSync(paths[1]!));
    });
  }

  test('csv and mlflow are folders; two runs make one comparison; a failed run has a report', async () => {
    const csv = join(folder, 'tables');
    assert.equal((await vernier('export', run.runId, '--format', 'csv', '--bom', '--out', csv)).exitCode, 0);
    assert.equal(readdirSync(csv).length, 8);
    assert.ok(readFileSync(join(csv, 'layers.csv'), 'utf8').startsWith('\ufeff'));
    const mlruns = join(folder, 'mlruns');
    assert.equal((await vernier('export', run.runId, '--format', 'mlflow', '--out', mlruns)).exitCode, 0);
    assert.ok(existsSync(join(mlruns, readdirSync(mlruns)[0]!, 'meta.yaml')));
    const both = await vernier('export', run.runId, other.runId, '--format', 'md', '--out', '-');
    assert.match(both.stdout, /Comparison report/);
    const ended = await vernier('export', failed.runId, '--format', 'md', '--out', '-');
    assert.match(ended.stdout, /The run failed after 12\.3 s/);
  });

  test('a file that somebody else wrote is not replaced', async () => {
    const out = join(folder, 'mine.pdf');
    writeFileSync(out, 'mine');
    const { exitCode, stderr } = await vernier('export', run.runId, '--format', 'pdf', '--out', out);
    assert.equal(exitCode, 1);
    assert.match(stderr, /--force/);
    assert.equal(readFileSync(out, 'utf8'), 'mine');
  });

  test('compress without a result: JUnit and GitHub are told so, and an earlier file is not left to say otherwise', async () => {
    const junit = join(folder, 'compress.xml');
    writeFileSync(junit, '<testsuites name="vernier" tests="1" failures="0"/>');
    const gates = ['--random-data', '--min-speedup', '1', '--junit', junit, '--github'];
    const { exitCode, stdout } = await vernier('compress', join(folder, 'nothing.onnx'), ...gates);
    assert.equal(exitCode, 1);
    assert.match(stdout, /^::error title=vernier compress%3A no result::.*nothing\.onnx/m);
    assert.match(readFileSync(junit, 'utf8'), /errors="1".*<error type="run"/s);
  });

  test('compare: exit code 3 on regression, with JUnit and GitHub annotations, 0 within the limits', async () => {
    const worse: RunDocument = {
      ...other,
      model: {
        ...other.model,
        compressed: { ...other.model.compressed, sizeBytes: 10 * run.model.compressed.sizeBytes },
      },
    };
    const worsePath = join(folder, 'worse.json');
    writeFileSync(worsePath, JSON.stringify(worse));
    const junit = join(folder, 'compare.xml');
    const bad = await vernier('compare', run.runId, worsePath, '--max-size-growth', '5', '--junit', junit, '--github');
    assert.equal(bad.exitCode, 3, bad.stderr);
    assert.match(bad.stdout, /^::error title=.*size growth: /m);
    assert.match(readFileSync(junit, 'utf8'), /<testsuites name="vernier" tests="1" failures="1"/);
    const good = await vernier('compare', run.runId, worsePath, '--max-size-growth', '1000', '--json');
    assert.equal(good.exitCode, 0, good.stderr);
    assert.deepEqual((JSON.parse(good.stdout) as { regressions: unknown[] }).regressions, []);
  });

  test('bundle and import are idempotent', async () => {
    const path = join(folder, 'again.vernier');
    assert.equal((await vernier('bundle', '--all', '-o', path)).exitCode, 0);
    const { exitCode, stdout } = await vernier('import', path, '--json');
    assert.equal(exitCode, 0);
    const { runs } = JSON.parse(stdout) as { runs: { outcome: string }[] };
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      ['present', 'present', 'present'],
    );
  });
});
