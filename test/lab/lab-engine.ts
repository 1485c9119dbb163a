/** An engine process that answers at once, or misbehaves: what it does stands where a job has the name of its recipe. */
import { copyFileSync } from 'node:fs';
import type { HostMessage } from '../../electron/worker/protocol.ts';
import { makeDocument } from '../store/run-fixture.ts';

process.on('message', (message: HostMessage) => {
  if (message.type === 'cancel') process.exit(0);
  if (message.type !== 'start' || (message.job.kind !== 'compress' && message.job.kind !== 'prove')) return;
  const { request, kind } = message.job;
  const { name } = request.recipe;
  process.send?.({
    type: 'event',
    event: { type: 'progress', stage: 'calibrate', done: 1, total: 2, unit: 'samples', detail: 'stub' },
  });
  if (name === 'hang') return;
  if (name === 'heap') process.stderr.write('FATAL ERROR: Reached heap limit: JavaScript heap out of memory\n');
  if (name === 'crash' || name === 'heap') {
    process.exitCode = 134;
    process.disconnect();
    return;
  }
  if (name === 'refuse') {
    process.send?.({ type: 'error', error: { code: 'model-malformed', message: 'Not a model.' } });
    return;
  }
  const answer = () => {
    if (kind === 'compress') copyFileSync(request.modelPath, request.outPath);
    process.send?.({ type: 'result', result: makeDocument(request) });
  };
  // Long enough to be met at work, short enough to be waited for.
  if (name === 'slow') setTimeout(answer, 1500);
  else answer();
});
