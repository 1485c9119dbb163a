import assert from 'node:assert/strict';
import test from 'node:test';
import { CancelledError } from '../../../shared/app-error.ts';
import { RunLog } from '../../../electron/engine/job/run-log.ts';
import type { EngineEvent } from '../../../shared/events.ts';

void test('a stage that is begun twice has the time of both, and what lies between stages belongs to none', () => {
  const log = new RunLog({ signal: new AbortController().signal, onEvent: () => undefined });
  log.begin('prepare', 'folding');
  log.begin('data', 'reading');
  log.begin('prepare', 'folding');
  log.end();
  const durationsMs = { ...log.stageDurationsMs };
  assert.deepEqual(Object.keys(durationsMs), ['prepare', 'data']);
  log.end();
  assert.deepEqual(log.stageDurationsMs, durationsMs);
});

void test('diagnostics are told at once and kept for the document', () => {
  const events: EngineEvent[] = [];
  const log = new RunLog({ signal: new AbortController().signal, onEvent: (event) => events.push(event) });
  const diagnostic = { severity: 'info' as const, code: 'data-note', message: 'Grey images.', node: null };
  log.add([diagnostic]);
  // Of no sentence that a table has, so there is no code to say it by.
  const kept = { ...diagnostic, said: null };
  assert.deepEqual(events, [{ type: 'diagnostic', diagnostic: kept }]);
  assert.deepEqual(log.diagnostics, [kept]);
});

void test('a cancelled run begins no further stage', () => {
  const controller = new AbortController();
  const log = new RunLog({ signal: controller.signal, onEvent: () => undefined });
  log.begin('prepare', 'folding');
  controller.abort();
  assert.throws(() => log.begin('data', 'reading'), CancelledError);
  assert.deepEqual(Object.keys(log.stageDurationsMs), []);
});
