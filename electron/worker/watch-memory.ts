import { Worker } from 'node:worker_threads';

const checkEveryMs = 100;

/** How the watch's last words begin; `describeCrash` knows them. */
export const memoryCapWords = 'Vernier memory cap exceeded';

/** As text, so that it needs no file of its own among the built ones. */
const watch = `
const { writeSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
setInterval(() => {
  const usedMb = Math.round(process.memoryUsage.rss() / 1e6);
  if (usedMb <= workerData.capMb) return;
  writeSync(2, workerData.words + ': ' + usedMb + ' of ' + workerData.capMb + ' MB\\n');
  process.kill(process.pid, 'SIGKILL');
}, workerData.checkEveryMs);
`;

/**
 * Ends this process when it holds more memory than the user allows it. Most of an engine's memory is ONNX Runtime's, which no
 * limit of Node's counts; and its own thread is inside native code for seconds, so a thread of its own looks.
 */
export function watchMemory(capMb: number): void {
  new Worker(watch, { eval: true, workerData: { capMb, checkEveryMs, words: memoryCapWords } }).unref();
}
