import { spawnSync } from 'node:child_process';

/** `gc` for when a job is over; young objects in 1 MB instead of up to 16 MB. */
const leanFlags = ['--expose-gc', '--max-semi-space-size=1'];

/**
 * Of the C library, which reads them once: what is freed goes back to the system, however large the pieces were; from 32 kB on each is a mapping of its
 * own. Node finds compiled modules in the folder, so it does not load what strips types (18 MB).
 */
function leanVariables(compiledFolder: string): Record<string, string> {
  return {
    NODE_COMPILE_CACHE: compiledFolder,
    MALLOC_ARENA_MAX: '1',
    MALLOC_MMAP_THRESHOLD_: '32768',
    MALLOC_TRIM_THRESHOLD_: '131072',
  };
}

/** Compiling takes a second; a machine may be busy. Without it the process holds more, nothing else. */
const compileTimeoutMs = 60_000;

/**
 * Starts this process anew, under the same id and with the same command line, so that it holds little for months (ADR 55). Returns in the process
 * that was started so, and where the system cannot do it.
 * @param helpCommand a command line that loads what this one does, and ends.
 * @param compiledFolder where compiled modules are kept: of this user alone, for what lies there is run.
 */
export function startLean(helpCommand: readonly string[], compiledFolder: string): void {
  const variables = leanVariables(compiledFolder);
  if (leanFlags.every((flag) => process.execArgv.includes(flag))) {
    // The engine's memory and times are measured: nothing that is started from here is to be like it.
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
    return;
  }
  if (process.platform === 'win32' || process.execve === undefined) return;
  const environment = { ...process.env, ...variables };
  // V8 takes what was compiled under the same flags alone.
  const flags = [...process.execArgv, ...leanFlags];
  const [entryPath, ...parameters] = process.argv.slice(1);
  spawnSync(process.execPath, [...flags, entryPath!, ...helpCommand], {
    env: environment,
    stdio: 'ignore',
    timeout: compileTimeoutMs,
  });
  process.execve(process.execPath, [process.execPath, ...flags, entryPath!, ...parameters], environment);
}
