import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runDocumentSchema } from '../../shared/run.ts';
import { readZip } from './read-zip.ts';
import { seededRuns } from './seeded-history.ts';
import { exportAs, openRun } from './steps.ts';
import { story } from './story.ts';

const run = seededRuns.auto;

story('a run is exported as JSON, CSV, PDF, HTML and CycloneDX', { history: 'seeded' }, async (window) => {
  await openRun(window.page, 'ResNet-8, measured');

  const json = readFileSync(await exportAs(window, 'Run document (JSON)', 'run.json'), 'utf8');
  assert.deepEqual(runDocumentSchema.parse(JSON.parse(json)).ledger, run.ledger);

  const tables = await readZip(await exportAs(window, 'Figures (CSV)', 'tables.zip'));
  assert.equal(tables.size, 7);
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
