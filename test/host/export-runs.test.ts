import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { ExportableRun } from '../../electron/host/export-content.ts';
import { prepareExport } from '../../electron/host/export-runs.ts';
import { restrictedAccess, unrestrictedAccess } from '../../electron/host/file-access.ts';

test('the browser host hands out no model that lies outside its folders', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-export-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const shown = join(folder, 'shown');
  mkdirSync(shown);
  const path = join(folder, 'model.onnx');
  writeFileSync(path, 'model');
  const details = { row: { runId: 'r', status: 'done' }, artifacts: [{ kind: 'model', path, present: true }] };
  const run = { details, document: {} } as unknown as ExportableRun;
  const settings = { language: 'en', pageSize: 'A4' } as const;
  const { parts } = await prepareExport([run], 'onnx', settings, unrestrictedAccess);
  assert.deepEqual(parts, [{ fileName: 'model.onnx', sourcePath: path }]);
  await assert.rejects(prepareExport([run], 'onnx', settings, restrictedAccess([shown])), { code: 'file-unreadable' });
  assert.equal((await prepareExport([run], 'onnx', settings, restrictedAccess([folder]))).parts.length, 1);
});
