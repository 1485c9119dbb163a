import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly commandLine: string;
}

function listProcesses(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parentPid] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))!;
        const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parentPid: Number(parentPid), commandLine }];
      } catch {
        // It ended while the list was read.
        return [];
      }
    });
}

/** Node processes of the browser host, or Electron's utility processes. */
const engineCommandLine = /engine-process|latency-process|profile-process|node\.mojom\.NodeService/;

/** The engine of this host and its helpers. */
export function findEngines(hostPid: number): number[] {
  const processes = listProcesses();
  const family = new Set([hostPid]);
  // Parents may come later in the list than their children.
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parentPid } of processes) if (family.has(parentPid)) family.add(pid);
  }
  return processes
    .filter(({ pid, commandLine }) => family.has(pid) && engineCommandLine.test(commandLine))
    .map(({ pid }) => pid);
}

/** What the kernel does when memory runs out: the engine of this host is gone without a word. */
export function killEngine(hostPid: number): void {
  const engines = findEngines(hostPid);
  assert.ok(engines.length > 0, 'no engine process found');
  for (const pid of engines) killIfAlive(pid);
}

/** The host may have ended a helper already: its engine is gone. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
