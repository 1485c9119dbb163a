import { MessageChannelMain, utilityProcess, type UtilityProcess } from 'electron';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  engineEnvironment,
  engineFlags,
  outputTailLength,
  outputWaitMs,
  type EngineExit,
  type EngineHandle,
  type LaunchEngine,
} from '../worker/launch-engine.ts';
import type { EngineMessage, HostMessage } from '../worker/protocol.ts';

/** The built engine and its helpers lie beside the built main process. */
const folder = fileURLToPath(new URL('.', import.meta.url));

interface Utility {
  readonly process: UtilityProcess;
  /** The end of what it printed. */
  readonly output: () => string;
  readonly kill: () => void;
}

function startUtility(
  entryName: string,
  serviceName: string,
  env: Record<string, string>,
  execArgv: readonly string[],
  onEnd: (exit: EngineExit) => void,
): Utility {
  const child = utilityProcess.fork(join(folder, `${entryName}.js`), [], {
    serviceName,
    stdio: 'pipe',
    env,
    execArgv: [...execArgv],
  });
  let output = '';
  const keepTail = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-outputTailLength);
  };
  child.stdout?.on('data', keepTail);
  child.stderr?.on('data', keepTail);
  let killed = false;
  child.once('exit', (code) => {
    // Electron tells a signal as a code of its own making; what we killed ourselves is known.
    const signal = killed ? 'SIGKILL' : signalOf(code);
    // Its last words may still be in the pipe.
    setTimeout(() => onEnd({ code: signal === null ? code : null, signal, output }), outputWaitMs / 4);
  });
  return {
    process: child,
    output: () => output,
    kill: () => {
      killed = true;
      // `kill` asks politely (SIGTERM), which native code in the middle of a run does not hear.
      if (child.pid !== undefined) {
        try {
          process.kill(child.pid, 'SIGKILL');
          return;
        } catch {
          // Gone in the meantime, or a system without signals.
        }
      }
      child.kill();
    },
  };
}

/** On Linux and macOS Chromium reports the wait status' signal number as exit code when there was no ordinary exit. */
function signalOf(code: number): NodeJS.Signals | null {
  if (process.platform === 'win32') return null;
  if (code === 9 || code === 137) return 'SIGKILL';
  if (code === 11 || code === 139) return 'SIGSEGV';
  if (code === 6 || code === 134) return 'SIGABRT';
  if (code === 15 || code === 143) return 'SIGTERM';
  return null;
}

/**
 * The engine as Electron's utility process. Only the main process may start others, so it starts the engine's helpers as
 * well and hands both sides a port to each other; what they say to each other never passes through here.
 */
export const launchUtilityEngine: LaunchEngine = (options): EngineHandle => {
  const env = engineEnvironment(options);
  const helpers = new Map<number, Utility>();
  const exitListeners: ((exit: EngineExit) => void)[] = [];
  let exit: EngineExit | null = null;

  const engine = startUtility('engine-process', 'Vernier engine', env, engineFlags(options), (ended) => {
    exit = ended;
    for (const helper of helpers.values()) helper.kill();
    for (const listener of exitListeners) listener(ended);
  });
  const tell = (message: HostMessage) => {
    if (exit === null) engine.process.postMessage(message);
  };

  const spawnHelper = (id: number, entryName: string, name: string) => {
    // A file beside the engine's, never a path: a model that takes over the engine must not start what it likes.
    if (!/^[a-z-]+$/.test(entryName)) return;
    const { port1, port2 } = new MessageChannelMain();
    const helper = startUtility(entryName, `Vernier ${name}`, env, [], ({ code, signal, output }) => {
      helpers.delete(id);
      tell({ type: 'child-exit', id, code, signal, errorOutput: output });
    });
    helpers.set(id, helper);
    helper.process.postMessage({ type: 'port' }, [port1]);
    engine.process.postMessage({ type: 'child-port', id } satisfies HostMessage, [port2]);
  };

  engine.process.on('message', (message: EngineMessage) => {
    if (message.type === 'spawn-child') spawnHelper(message.id, message.entryName, message.name);
    else if (message.type === 'kill-child') helpers.get(message.id)?.kill();
  });

  return {
    send: tell,
    onMessage: (listener) => engine.process.on('message', listener),
    onExit: (listener) => {
      if (exit === null) exitListeners.push(listener);
      else listener(exit);
    },
    kill: () => {
      for (const helper of helpers.values()) helper.kill();
      engine.kill();
    },
  };
};
