import assert from 'node:assert/strict';
import test from 'node:test';
import { renderExport } from '../../electron/report/render-export.ts';
import { noNames } from '../../electron/report/sections/run-names.ts';
import { reportFormats, exportOptionsSchema, type ReportFormat } from '../../shared/report-options.ts';
import { makeFailedRun, readRealRun } from './real-runs.ts';

const run = readRealRun('resnet8-auto');
const optionsFor = (format: ReportFormat) => exportOptionsSchema.parse({ format });

for (const format of reportFormats) {
  test(`${format}: the same run gives the same bytes, in files with names every system takes`, async () => {
    const first = await renderExport([run], optionsFor(format));
    const again = await renderExport([structuredClone(run)], optionsFor(format));
    assert.deepEqual(
      first.files.map(({ path, content }) => [path, Buffer.from(content).toString('base64')]),
      again.files.map(({ path, content }) => [path, Buffer.from(content).toString('base64')]),
    );
    for (const { path } of first.files) assert.match(path, /^(?!\.)[\p{L}\p{N}._/-]+$/u);
  });
}

for (const format of ['pdf', 'html', 'md', 'mlflow'] as const) {
  test(`${format}: a run is called by the name people gave it`, async () => {
    const names = new Map([[run.runId, 'Summer camera']]);
    const contents = await Promise.all(
      [noNames, names].map(async (given) => (await renderExport([run], optionsFor(format), given)).files),
    );
    const [without, named] = contents.map((files) =>
      files.map(({ content }) => Buffer.from(content).toString()).join(),
    );
    assert.notEqual(named, without);
    if (format !== 'pdf') assert.ok(named!.includes('Summer camera'));
  });
}

for (const format of ['html', 'md'] as const) {
  test(`${format}: a comparison calls runs by their names, and by their recipes where they have none`, async () => {
    const other = readRealRun('resnet8-minmax');
    const names = new Map([[run.runId, 'Summer camera']]);
    const { files } = await renderExport([run, other], optionsFor(format), names);
    const text = String(files[0]!.content);
    assert.ok(/A\s+Summer camera/.test(text) && /B\s+int8.?-static/.test(text));
  });
}

test('csv is one file per table', async () => {
  const { files } = await renderExport([run], optionsFor('csv'));
  assert.deepEqual(
    files.map((file) => file.path),
    [
      'runs.csv',
      'ledger.csv',
      'layers.csv',
      'latency-samples.csv',
      'accuracy.csv',
      'metrics.csv',
      'diagnostics.csv',
      'candidates.csv',
    ],
  );
});

for (const format of ['pdf', 'html', 'md'] as const) {
  test(`${format}: two runs make one comparison, seven are refused`, async () => {
    const two = await renderExport([run, readRealRun('resnet8-minmax')], optionsFor(format));
    assert.equal(two.files.length, 1);
    await assert.rejects(renderExport(Array(7).fill(run), optionsFor(format)), {
      code: 'options-invalid',
      message: /at most 6 runs/,
    });
  });

  test(`${format}: a failed run alone has a report; in a comparison it is refused with its name`, async () => {
    const failed = makeFailedRun();
    const { files } = await renderExport([failed], optionsFor(format));
    assert.equal(files.length, 1);
    await assert.rejects(renderExport([run, failed], optionsFor(format)), {
      code: 'run-not-found',
      message: new RegExp(failed.runId),
    });
  });
}
