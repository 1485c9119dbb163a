import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import {
  assertReplaceableKind,
  proveWritable,
  writeFileAtomically,
  writeStreamAtomically,
} from '../../../electron/engine/files/atomic-file.ts';
import { writeModel } from '../../../electron/engine/onnx/write-model.ts';
import { temporaryFolder, tinyModel } from '../onnx/tiny-model.ts';

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

test('whether a file can be written is tried before, and leaves nothing but its folder', () => {
  const place = join(folder, 'place');
  proveWritable(join(place, 'later.onnx'));
  assert.deepEqual(readdirSync(place), []);
});

test('folders are made one after another, and only once', () => {
  const path = join(folder, 'made', 'inside', 'it.json');
  writeFileAtomically(path, 'first');
  writeFileAtomically(path, 'second');
  assert.equal(readFileSync(path, 'utf8'), 'second');
});

test(
  'a file system that denies folders by ENOENT is told, not tried for ever',
  { skip: process.platform !== 'linux' },
  () => {
    for (const path of ['/proc/no-such-folder/it.json', '/proc/it.json']) {
      const failure = { code: 'write-failed', message: /Cannot write ".*it\.json" \(ENOENT\)/ };
      assert.throws(() => writeFileAtomically(path, 'text'), failure);
      assert.throws(() => proveWritable(path), failure);
    }
  },
);

test('a link to a file gives way to the file that is written', () => {
  const kept = join(folder, 'kept.json');
  writeFileSync(kept, 'old');
  const latest = join(folder, 'latest.json');
  symlinkSync(kept, latest);
  writeFileAtomically(latest, 'new');
  assert.deepEqual([readFileSync(kept, 'utf8'), readFileSync(latest, 'utf8')], ['old', 'new']);
});
