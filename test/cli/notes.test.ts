import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderNotes } from '../../electron/cli/notes.ts';
import type { Diagnostic } from '../../shared/run.ts';

const note = (severity: Diagnostic['severity'], message: string, node: string | null = null): Diagnostic => ({
  severity,
  code: 'test',
  message,
  node,
});

test('notes of every severity are printed, errors and warnings first', () => {
  const lines = renderNotes([note('info', 'known'), note('warning', 'careful', 'conv_1'), note('error', 'wrong')]);
  assert.deepEqual(lines, ['\nNotes', 'error    wrong', 'warning  careful (conv_1)', 'note     known']);
  assert.deepEqual(renderNotes([]), []);
});

test('a long note is wrapped at words and indented, within the width', () => {
  const [, text] = renderNotes([note('info', 'word '.repeat(100).trim())]);
  const lines = text!.split('\n');
  assert.ok(lines.length > 3);
  assert.ok(lines.every((line) => line.length <= 160));
  assert.ok(lines.slice(1).every((line) => line.startsWith('         word')));
});

test('control characters of names in notes are made visible', () => {
  const [, text] = renderNotes([note('info', 'layer "\u001b[2J\u0007"', 'a\u001b]52;c;x\u0007')]);
  assert.equal(text, 'note     layer "\\u001b[2J\\u0007" (a\\u001b]52;c;x\\u0007)');
});
