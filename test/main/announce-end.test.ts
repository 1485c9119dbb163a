import assert from 'node:assert/strict';
import test from 'node:test';
import { announceEnd, longRunMs } from '../../electron/main/announce-end.ts';
import type { QueueEntry } from '../../shared/contract/results.ts';

const startedTimestampMs = 1_700_000_000_000;
const entry: QueueEntry = {
  runId: 'r',
  work: 'compress',
  name: 'Night run',
  status: 'running',
  modelPath: '/models/net.onnx',
  dataPath: null,
  recipeName: 'int8-static',
  queuedTimestampMs: startedTimestampMs - 5000,
  startedTimestampMs,
  lab: null,
};
const longRun = {
  entry,
  status: 'done',
  isWatched: false,
  endedTimestampMs: startedTimestampMs + longRunMs,
  language: 'en',
} as const;

test('the end of a long run is announced by the name of the run, in the language of the window', () => {
  assert.deepEqual(announceEnd(longRun), { title: 'Experiment finished', body: 'Night run' });
  assert.deepEqual(announceEnd({ ...longRun, status: 'failed', language: 'zh-CN', entry: { ...entry, name: '' } }), {
    title: '实验失败',
    body: 'net.onnx',
  });
});

test('nothing is announced of a short run, to somebody who is looking, or of what was cancelled or never began', () => {
  assert.equal(announceEnd({ ...longRun, endedTimestampMs: longRun.endedTimestampMs - 1 }), null);
  assert.equal(announceEnd({ ...longRun, isWatched: true }), null);
  for (const status of ['cancelled', 'running', 'updated', 'deleted'] as const) {
    assert.equal(announceEnd({ ...longRun, status }), null);
  }
  assert.equal(announceEnd({ ...longRun, entry: { ...entry, startedTimestampMs: null } }), null);
});
