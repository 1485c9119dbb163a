import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import {
  assertReplaceableKind,
  writeFileAtomically,
  writeStreamAtomically,
} from '../../../electron/engine/onnx/atomic-file.ts';
import { writeModel } from '../../../electron/engine/onnx/model-file.ts';
import { temporaryFolder, tinyModel } from './tiny-model.ts';

const folder = temporaryFolder();

test(
  'no file takes the place of a device, a pipe or a link to one',
  { skip: process.platform === 'win32' },
  async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const link = join(folder, 'link');
    symlinkSync(pipe, link);
    // As /dev/stdout is one, whatever it leads to.
    const output = join(folder, 'output');
    symlinkSync('/proc/self/fd/1', output);
    const refused = { code: 'write-failed', message: /device or a pipe/ };
    for (const path of [pipe, link, output]) {
      assert.throws(() => writeFileAtomically(path, 'text'), refused);
      await assert.rejects(writeStreamAtomically(path, Readable.from(['text'])), refused);
      await assert.rejects(writeModel(tinyModel(), path, { externalData: 'auto' }), refused);
    }
    assert.ok(lstatSync(pipe).isFIFO() && lstatSync(link).isSymbolicLink() && lstatSync(output).isSymbolicLink());
    assert.deepEqual(readdirSync(folder).sort(), ['link', 'output', 'pipe']);
  },
);

test('a file where a folder should be is told from a fault of ours', () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'text');
  const inside = join(file, 'inside.onnx');
  assert.throws(() => assertReplaceableKind(inside), {
    code: 'write-failed',
    message: /Cannot write ".*inside\.onnx" \(ENOTDIR\)/,
  });
});

test('a link to a file gives way to the file that is written', () => {
  const kept = join(folder, 'kept.json');
  writeFileSync(kept, 'old');
  const latest = join(folder, 'latest.json');
  symlinkSync(kept, latest);
  writeFileAtomically(latest, 'new');
  assert.deepEqual([readFileSync(kept, 'utf8'), readFileSync(latest, 'utf8')], ['old', 'new']);
});
