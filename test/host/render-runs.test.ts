import assert from 'node:assert/strict';
import test from 'node:test';
import { renderRuns } from '../../electron/host/render-runs.ts';
import { renderExport } from '../../electron/report/render-export.ts';
import { exportOptionsSchema } from '../../shared/report-options.ts';
import { makeFailedRun, readRealRun } from '../report/real-runs.ts';
import { asListed } from './listed-run.ts';

const settings = { language: 'zh-CN', pageSize: 'Letter' } as const;
const run = readRealRun('resnet8-auto');
const other = readRealRun('resnet8-minmax');

for (const format of ['pdf', 'html', 'md'] as const) {
  test(`${format}: the window writes the same bytes as the command line`, async () => {
    const { files } = await renderExport([run], exportOptionsSchema.parse({ format, ...settings }));
    const { fileName, parts } = await renderRuns([asListed(run)], format, settings);
    assert.equal(fileName, `net-${run.runId.slice(0, 8)}.${format}`);
    assert.equal(parts.length, 1);
    assert.deepEqual(
      parts.map((part) => 'content' in part && part.content),
      [files[0]!.content],
    );
  });
}

test('two finished runs are one comparison; with a failed one among them each has a report of its own', async () => {
  assert.equal((await renderRuns([run, other].map(asListed), 'md', settings)).parts.length, 1);
  const mixed = await renderRuns([run, makeFailedRun()].map(asListed), 'md', settings);
  assert.equal(mixed.parts.length, 2);
  assert.match(mixed.fileName, /\.zip$/);
});

test('csv is one file per table, json one document', async () => {
  const csv = await renderRuns([asListed(run)], 'csv', settings);
  assert.ok(csv.parts.some((part) => part.fileName === 'layers.csv') && csv.parts.length === 8);
  const json = await renderRuns([asListed(run)], 'json', settings);
  assert.deepEqual(
    json.parts.map((part) => 'content' in part && (JSON.parse(part.content as string) as unknown)),
    [run],
  );
});
