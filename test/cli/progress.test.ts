import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOutBar } from '../../electron/cli/progress.ts';

/** The line as it is drawn, cut off where the terminal ends. */
function drawn(columns: number): string {
  const { format, barsize } = layOutBar(columns);
  return format
    .replace('{stage}', 'calibrate')
    .replace('{bar}', '='.repeat(barsize))
    .replace('{percentage}', '100')
    .replace('{remaining}', '59 min')
    .replace('{detail}', '100/100 samples observing activations')
    .slice(0, columns);
}

test('a wide terminal shows everything', () => {
  assert.equal(
    drawn(120),
    'calibrate ======================== 100 % | ETA 59 min | 100/100 samples observing activations',
  );
});

test('on a narrow one the detail is cut and the bar shrinks before stage, percentage or ETA go', () => {
  for (const columns of [80, 60, 50, 40, 36]) assert.match(drawn(columns), /^calibrate =+ 100 % \| ETA 59 min/);
  assert.equal(drawn(40).length, 40);
});
