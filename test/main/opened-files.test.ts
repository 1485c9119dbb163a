import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { commandInArguments, filesInArguments } from '../../electron/main/opened-files.ts';

void test('files are opened by path, relative path and address; anything else is passed over', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-opened-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const modelPath = join(folder, 'my net 100%.onnx');
  const bundlePath = join(folder, 'runs.VERNIER');
  for (const path of [modelPath, bundlePath]) writeFileSync(path, '');
  const open = (...programArguments: string[]) => filesInArguments(programArguments, folder);

  assert.deepEqual(open(modelPath, 'runs.VERNIER'), [modelPath, bundlePath]);
  // What a file manager hands over for the desktop entry's %U.
  assert.deepEqual(open(pathToFileURL(modelPath).href), [modelPath]);
  assert.deepEqual(open('--no-sandbox', '--flag=x.onnx', '.', 'absent.onnx', 'notes.txt'), []);
  assert.deepEqual(open('file://server/share/net.onnx', 'file:///absent.onnx', 'https://a.example/net.onnx'), []);
});

void test('a command of the command line is told from files, switches and folders', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-opened-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'net.onnx'), '');
  writeFileSync(join(folder, 'compress'), '');
  const commandOf = (...programArguments: string[]) => commandInArguments(programArguments, folder);

  assert.equal(commandOf('inspect', 'net.onnx'), 'inspect');
  assert.equal(commandOf('--no-sandbox', 'doctor', '--json'), 'doctor');
  assert.equal(commandOf('compress'), null, 'a file of this name');
  for (const files of [[], ['net.onnx', 'inspect'], ['.'], ['absent.onnx'], ['file:///absent.onnx'], ['--flag']]) {
    assert.equal(commandOf(...files), null, files.join(' '));
  }
});
