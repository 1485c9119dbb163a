/** Writes runs into a history: `writer-process.ts DATABASE COUNT`, or with COUNT `hang` starts one and never ends it. */
import { closeStore, openStore } from '../../electron/store/open.ts';
import { finishRun, noteStage, startRun } from '../../electron/store/runs.ts';
import { makeDocument, makeRequest } from './run-fixture.ts';

const [path = '', count = '1'] = process.argv.slice(2);
const store = openStore(path);
if (count === 'hang') {
  const request = makeRequest();
  startRun(store, request, Date.now() - 5000);
  noteStage(store, request.runId, 'calibrate', Date.now());
  process.stdout.write(request.runId);
  setInterval(() => undefined, 1000);
} else {
  process.stdout.write('writing');
  for (let index = 0; index < Number(count); index += 1) {
    const request = makeRequest();
    const lock = startRun(store, request, Date.now());
    finishRun(store, makeDocument(request), []);
    lock.release();
  }
  closeStore(store);
}
