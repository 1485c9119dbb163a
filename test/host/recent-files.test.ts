import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { RecentFiles } from '../../electron/host/recent-files.ts';
import { makeFolder } from '../cli/fixtures.ts';

const paths = (recent: RecentFiles): string[] => recent.list().map(({ path }) => path);

void test('two hosts, both open, share one list', (context) => {
  const folder = makeFolder(context);
  const [window, browser] = [new RecentFiles(folder), new RecentFiles(folder)];
  window.add('/models/first.onnx', 'model');
  browser.add('/models/second.onnx', 'model');
  assert.deepEqual(paths(window), ['/models/second.onnx', '/models/first.onnx']);
  window.remove('/models/second.onnx');
  browser.add('/data', 'data');
  assert.deepEqual(paths(new RecentFiles(folder)), ['/data', '/models/first.onnx']);
});

void test('a list that cannot be written is kept for as long as the host runs, and written when it can be', (context) => {
  const folder = makeFolder(context);
  const recent = new RecentFiles(folder);
  recent.add('/models/first.onnx', 'model');
  // A folder in the file's place: no file can be renamed to it.
  const inTheWay = join(folder, 'recent.json');
  rmSync(inTheWay);
  mkdirSync(inTheWay);
  recent.add('/models/second.onnx', 'model');
  assert.deepEqual(paths(recent), ['/models/second.onnx']);
  rmdirSync(inTheWay);
  recent.add('/models/third.onnx', 'model');
  assert.deepEqual(paths(new RecentFiles(folder)), ['/models/third.onnx', '/models/second.onnx']);
});
