import { Worker } from 'node:worker_threads';

const checkEveryMs = 100;
/** The engine's own thread hears of its host's end too, and tidies up where it is not inside a native call. */
const orphanGraceMs = 1500;

/** How the watch's last words begin; `describeCrash` knows them. */
export const memoryCapWords = 'Vernier memory cap exceeded';

/** As text, so that it needs no file of its own among the built ones. */
const watch = `
const { rmSync, writeSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
const { capMb, hostPid, isChildOfHost, scratch } = workerData;

function endGroup() {
  // Helpers are in the group that the engine leads; a process that leads none ends alone.
  try { process.kill(-process.pid, 'SIGKILL'); } catch {}
  process.kill(process.pid, 'SIGKILL');
}
function isHostGone() {
  if (isChildOfHost && process.ppid !== hostPid) return true;
  try { process.kill(hostPid, 0); return false; } catch (error) { return error.code === 'ESRCH'; }
}
let goneSinceMs = null;
let writesLeft = 10;
setInterval(() => {
  const usedMb = Math.round(process.memoryUsage.rss() / 1e6);
  if (capMb !== null && usedMb > capMb) {
    try {
      writeSync(2, workerData.words + ': ' + usedMb + ' of ' + capMb + ' MB\\n');
    } catch (error) {
      // The pipe is full until the host reads: it ends at the next look, with its words, or without them in the end.
      if (error.code === 'EAGAIN' && --writesLeft > 0) return;
    }
    process.kill(process.pid, 'SIGKILL');
  }
  if (hostPid === null || !isHostGone()) return;
  goneSinceMs ??= performance.now();
  if (performance.now() - goneSinceMs < workerData.orphanGraceMs) return;
  if (scratch !== null) rmSync(scratch, { recursive: true, force: true });
  endGroup();
}, workerData.checkEveryMs);
`;

function readNumber(name: string): number | null {
  const value = Number(process.env[name] ?? '');
  return value > 0 ? value : null;
}

/**
 * Ends this process when it holds more memory than it is allowed, and when its host is gone, with its helpers and its temporary
 * folder. Most of an engine's memory is ONNX Runtime's, which no limit of Node's counts, and its own thread is inside native
 * code for seconds, or for ever: so a thread of its own looks. What it looks for stands in the environment (launch-engine.ts).
 */
export function watchEngine(): void {
  const workerData = {
    capMb: readNumber('VERNIER_MEMORY_CAP_MB'),
    hostPid: readNumber('VERNIER_HOST_PID'),
    // Electron's utility processes may have another parent than the process that asked for them; Windows tells no new one.
    isChildOfHost: process.platform !== 'win32' && !('parentPort' in process),
    scratch: process.env['VERNIER_SCRATCH'] ?? null,
    words: memoryCapWords,
    checkEveryMs,
    orphanGraceMs,
  };
  new Worker(watch, { eval: true, workerData }).unref();
}
