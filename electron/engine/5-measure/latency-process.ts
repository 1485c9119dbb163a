import { readFileSync } from 'node:fs';
import { answerCalls, connectToParent } from '../runtime/child-process.ts';
import { openSession, prepareFeeds, type PreparedFeeds, type Session } from '../runtime/session.ts';
import type { Feeds } from '../tensor/tensor.ts';

/**
 * Entry of the process that times one model. It holds nothing but Node, ONNX Runtime, the model and one set of feeds, so
 * that its peak resident set is what the model costs.
 */
export interface LatencyCalls {
  readonly load: {
    readonly request: {
      readonly modelPath: string;
      readonly threads: number;
      readonly feeds: Feeds;
      readonly dims: Readonly<Record<string, number>>;
    };
    readonly reply: { readonly sessionLoadMs: number };
  };
  readonly runBlock: {
    /** `leadIn` runs come first and are not reported: they bring caches and threads back after the pause. */
    readonly request: { readonly leadIn: number; readonly iterations: number };
    /** Elapsed and processor time (of all threads) of the whole block, lead-in included. */
    readonly reply: { readonly samplesMs: Float64Array; readonly elapsedMs: number; readonly processorMs: number };
  };
  readonly readPeakMemory: {
    readonly request: null;
    readonly reply: { readonly peakMemoryBytes: number };
  };
}

/**
 * Peak resident set of this process in bytes. On Linux not getrusage's ru_maxrss: that one starts at the size of the
 * process that forked this one (fs/exec.c keeps the old maximum), so a large engine would be taken for a large model.
 */
function readPeakMemoryBytes(): number {
  if (process.platform === 'linux') {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (match !== null) return Number(match[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}

let session: Session | null = null;
let prepared: PreparedFeeds = {};

answerCalls<LatencyCalls>(connectToParent(), {
  load: async ({ modelPath, threads, feeds, dims }) => {
    prepared = prepareFeeds(feeds);
    const start = performance.now();
    session = await openSession(modelPath, { threads, dims, isAlone: true });
    return { sessionLoadMs: performance.now() - start };
  },
  runBlock: async ({ leadIn, iterations }) => {
    const samplesMs = new Float64Array(iterations);
    const blockStart = performance.now();
    const processorStart = process.cpuUsage();
    for (let i = 0; i < leadIn; i++) await session!.runPrepared(prepared);
    for (let i = 0; i < iterations; i++) {
      const start = performance.now();
      await session!.runPrepared(prepared);
      samplesMs[i] = performance.now() - start;
    }
    const { user, system } = process.cpuUsage(processorStart);
    return { samplesMs, elapsedMs: performance.now() - blockStart, processorMs: (user + system) / 1000 };
  },
  readPeakMemory: () => Promise.resolve({ peakMemoryBytes: readPeakMemoryBytes() }),
});
