import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { ExportableRun } from '../../electron/host/export-content.ts';
import { prepareExport, writeExport } from '../../electron/host/export-runs.ts';
import { desktopAccess, restrictedAccess } from '../../electron/host/file-access.ts';

const settings = { language: 'en', pageSize: 'A4' } as const;

test('the browser host hands out no model that lies outside its folders', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-export-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const shown = join(folder, 'shown');
  mkdirSync(shown);
  const path = join(folder, 'model.onnx');
  writeFileSync(path, 'model');
  const details = { row: { runId: 'r', status: 'done' }, artifacts: [{ kind: 'model', path, present: true }] };
  const run = { details, document: {} } as unknown as ExportableRun;
  const { parts } = await prepareExport([run], 'onnx', settings, desktopAccess());
  assert.deepEqual(parts, [{ fileName: 'model.onnx', sourcePath: path }]);
  await assert.rejects(prepareExport([run], 'onnx', settings, restrictedAccess([shown])), { code: 'file-unreadable' });
  assert.equal((await prepareExport([run], 'onnx', settings, restrictedAccess([folder]))).parts.length, 1);
});

function runWith(artifacts: readonly { kind: string; path: string; present: boolean }[]): ExportableRun {
  return { details: { row: { runId: 'r', status: 'done' }, artifacts }, document: {} } as unknown as ExportableRun;
}

test('a model is exported with its own weights, from whichever place still has it', async () => {
  const run = runWith([
    { kind: 'model', path: '/made/model.onnx', present: false },
    { kind: 'model', path: '/imported/model.onnx', present: true },
    { kind: 'model-data', path: '/imported/model.onnx.data', present: true },
    { kind: 'export', path: '/imported/report.pdf', present: true },
  ]);
  const { parts } = await prepareExport([run], 'onnx', settings, desktopAccess());
  assert.deepEqual(
    parts.map((part) => 'sourcePath' in part && part.sourcePath),
    ['/imported/model.onnx', '/imported/model.onnx.data'],
  );
  const halfGone = runWith([
    { kind: 'model', path: '/made/model.onnx', present: true },
    { kind: 'model-data', path: '/made/model.onnx.data', present: false },
  ]);
  await assert.rejects(prepareExport([halfGone], 'onnx', settings, desktopAccess()), {
    code: 'file-not-found',
    message: /model\.onnx\.data/,
  });
});

test('a model that goes away while it is exported is a failed export that names it', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-export-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const [there, gone] = [join(folder, 'there.onnx'), join(folder, 'gone.onnx')];
  writeFileSync(there, 'model');
  const part = (path: string) => ({ fileName: path.split('/').at(-1)!, sourcePath: path });
  const target = join(folder, 'out');
  for (const parts of [[part(gone)], [part(there), part(gone)]]) {
    await assert.rejects(writeExport({ fileName: 'out', parts }, target), {
      code: 'file-not-found',
      message: /gone\.onnx/,
    });
    assert.equal(existsSync(target), false);
  }
  await writeExport({ fileName: 'out', parts: [part(there)] }, target);
  assert.equal(readFileSync(target, 'utf8'), 'model');
});
