import assert from 'node:assert/strict';
import test from 'node:test';
import { renderExport } from '../../electron/report/render-export.ts';
import { exportFormats, exportOptionsSchema, type ExportFormat } from '../../shared/report-options.ts';
import { makeFailedRun, readRealRun } from './real-runs.ts';

const run = readRealRun('resnet8-auto');
const optionsFor = (format: ExportFormat) => exportOptionsSchema.parse({ format });

for (const format of exportFormats) {
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
