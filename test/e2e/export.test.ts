import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runDocumentSchema } from '../../shared/run.ts';
import { readZip } from './read-zip.ts';
import { seededRuns } from './seeded-history.ts';
import { chooseFolder, exportAs, openRun } from './steps.ts';
import { story } from './story.ts';

const run = seededRuns.auto;

story('a run is exported as JSON, CSV, PDF, HTML and CycloneDX', { history: 'seeded' }, async (window) => {
  await openRun(window.page, 'ResNet-8, measured');

  const json = readFileSync(await exportAs(window, 'Run document (JSON)', 'run.json'), 'utf8');
  assert.deepEqual(runDocumentSchema.parse(JSON.parse(json)).ledger, run.ledger);

  const tables = await readZip(await exportAs(window, 'Figures (CSV)', 'tables.zip'));
  assert.equal(tables.size, 8);
  const lines = tables.get('layers.csv')!.trim().split(/\r?\n/);
  for (const layer of run.layers)
    assert.ok(
      lines.some((line) => line.includes(layer.name)),
      layer.name,
    );

  const pdf = readFileSync(await exportAs(window, 'Report (PDF)', 'report.pdf'), 'latin1');
  assert.match(pdf, /^%PDF-1\.\d/);
  assert.match(pdf, /%%EOF\s*$/);

  const html = readFileSync(await exportAs(window, 'Report (HTML)', 'report.html'), 'utf8');
  assert.ok(html.includes('resnet8-cifar10') && html.includes('conv2d_8'));
  assert.match(html, /<h1[^>]*>ResNet-8, measured \(/, 'under the name it has in the history');

  const bom = readFileSync(await exportAs(window, 'Bill of materials (CycloneDX)', 'run.cdx.json'), 'utf8');
  assert.equal((JSON.parse(bom) as { bomFormat: string }).bomFormat, 'CycloneDX');
});

story('runs are written for MLflow into a folder, and not twice', { history: 'seeded' }, async (window) => {
  const { page, folder } = window;
  mkdirSync(join(folder, 'tracking'));
  await openRun(page, 'ResNet-8, measured');
  const exportToTracking = () =>
    chooseFolder(window, 'tracking', async () => {
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await page.getByRole('menuitem', { name: 'MLflow runs (folder)' }).click();
    });
  await exportToTracking();
  await page.getByText('mlruns was saved').waitFor();

  const store = join(folder, 'tracking', 'mlruns');
  const runFolder = join(store, '86017317', run.runId.replaceAll('-', ''));
  const meta = readFileSync(join(runFolder, 'meta.yaml'), 'utf8');
  assert.match(meta, /^run_name: "ResNet-8, measured"$/m);
  assert.ok(meta.includes(`${pathToFileURL(store).href}/86017317/`), 'artifacts are found where they lie');
  assert.match(readFileSync(join(runFolder, 'metrics', 'speedup'), 'utf8'), /^\d+ \d+\.\d+ 0\n$/);
  assert.ok(existsSync(join(runFolder, 'artifacts', 'run-document.json')));

  await exportToTracking();
  await page.getByText('already holds this run').waitFor();
});
