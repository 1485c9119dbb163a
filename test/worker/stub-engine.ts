/** An engine process that misbehaves on request: what it does stands where a job has its model path. */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchEngine } from '../../electron/worker/watch-engine.ts';
import type { HostMessage } from '../../electron/worker/protocol.ts';

function send(message: unknown): void {
  process.send?.(message);
}

function report(detail: string): void {
  send({ type: 'event', event: { type: 'progress', stage: 'analyze', done: 0, total: 1, unit: 'model', detail } });
}

const behaviours: Readonly<Record<string, () => void>> = {
  answer: () => send({ type: 'result', result: { answer: 42, big: new Float32Array([1.5, 2.5]) } }),
  refuse: () =>
    send({ type: 'error', error: { code: 'model-malformed', message: 'Not a model.', details: { offset: 7 } } }),
  exit: () => {
    process.stderr.write('some native library gave up\n');
    process.exit(7);
  },
  segfault: () => process.kill(process.pid, 'SIGSEGV'),
  'run out of heap': () => {
    process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n');
    process.abort();
  },
  'be killed': () => process.kill(process.pid, 'SIGKILL'),
  'hold too much outside the heap, in native code': () => {
    watchEngine();
    const held = Buffer.alloc(400_000_000, 1);
    while (held.length > 0);
  },
  'write to stdout': () => {
    process.stdout.write('native library says hello\n');
    behaviours['answer']?.();
  },
  'hang politely': () => {
    report(String(process.pid));
    process.on('message', (message: HostMessage) => {
      if (message.type === 'cancel') send({ type: 'error', error: { code: 'cancelled', message: 'Cancelled.' } });
    });
  },
  'run for ever in native code': () => {
    for (;;);
  },
  'run for ever in native code, watched, with a helper': () => {
    watchEngine();
    behaviours['hang in native code with a helper']?.();
  },
  'hang in native code with a helper': () => {
    const helper = fork(new URL('./stub-helper.ts', import.meta.url), { stdio: 'inherit' });
    writeFileSync(join(tmpdir(), 'half-written'), 'x');
    report(`${process.pid} ${helper.pid ?? 0} ${tmpdir()}`);
    setTimeout(() => {
      for (;;);
    }, 50);
  },
};

process.on('message', (message: HostMessage) => {
  if (message.type === 'start' && message.job.kind === 'inspect') behaviours[message.job.modelPath]?.();
});
