import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import { recipePresets } from '../../shared/recipe.ts';
import { runAgent, type AgentOptions } from '../../electron/lab/agent.ts';
import { connectLab, type Lab, type LabAddress } from '../../electron/lab/connect-lab.ts';
import { listDevices, type SeenDevice } from '../../electron/lab/device-list.ts';
import { followJob, isEnded } from '../../electron/lab/job-states.ts';
import type { LabTiming } from '../../electron/lab/lab-names.ts';
import type { JobState } from '../../electron/lab/lab-messages.ts';
import { submitJob, type Submission } from '../../electron/lab/submit-job.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { buildModel, noise, op } from '../engine/build-model.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';

/** Short, because tests wait for a job to be given out again; an agent that lives must not miss the others on a busy machine. */
export const quick: LabTiming = { jobWaitMs: 1500, deviceWaitMs: 6000, pullMs: 1000, stallMs: 10_000 };

/** A model of one layer and samples for it. */
export function writeInputs(folder: string): { readonly modelPath: string; readonly dataPath: string } {
  mkdirSync(folder, { recursive: true });
  const modelPath = join(folder, 'tiny.onnx');
  const dataPath = join(folder, 'x.npy');
  writeFileSync(
    modelPath,
    encodeModel(
      buildModel({
        inputs: { x: ['N', 32] },
        outputs: 'y',
        nodes: [op('MatMul', 'x w', 'h'), op('Relu', 'h', 'r'), op('MatMul', 'r v', 'y')],
        weights: { w: noise([32, 32], 1, 0.3), v: noise([32, 4], 2, 0.3) },
      }),
    ),
  );
  writeFileSync(dataPath, encodeNpy(noise([24, 32], 3)));
  return { modelPath, dataPath };
}

export function makeLabRequest(folder: string, changes: Partial<CompressRequest> = {}): CompressRequest {
  const { modelPath, dataPath } = writeInputs(folder);
  return compressRequestSchema.parse({
    runId: randomUUID(),
    modelPath,
    outPath: join(folder, 'tiny.int8.onnx'),
    data: { path: dataPath },
    recipe: recipePresets['int8-static-minmax'],
    ...changes,
  });
}

const agents = new Set<RunningAgent>();

/** Agents of tests that failed would keep their process alive. */
export async function stopAgents(): Promise<void> {
  await Promise.all([...agents].map((agent) => agent.stop()));
}

export interface RunningAgent {
  readonly lab: Lab;
  readonly log: string[];
  /** Settles when the agent has ended. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** An agent in this process, with a connection of its own. */
export async function startAgent(
  server: string | LabAddress,
  folder: string,
  options: Partial<AgentOptions> & { readonly name: string; readonly timing?: LabTiming },
): Promise<RunningAgent> {
  const address = typeof server === 'string' ? { server } : server;
  const lab = await connectLab(address, { keepTrying: true, timing: options.timing ?? quick });
  const controller = new AbortController();
  const log: string[] = [];
  const ended = runAgent(lab, {
    labels: {},
    folder: join(folder, `agent-${options.name}-${randomUUID().slice(0, 4)}`),
    cacheBytes: 1e9,
    memoryMb: null,
    timeLimitSeconds: null,
    signal: controller.signal,
    onLog: (line) => log.push(line),
    ...options,
  }).finally(() => lab.close());
  ended.catch((error: unknown) => {
    if (process.env['VERNIER_DEBUG'] !== undefined) console.error(options.name, error);
  });
  const agent: RunningAgent = {
    lab,
    log,
    ended,
    stop: async () => {
      agents.delete(agent);
      controller.abort();
      await ended.catch(() => undefined);
    },
  };
  agents.add(agent);
  return agent;
}

const never = new AbortController().signal;

export async function submit(lab: Lab, submission: Submission): Promise<JobState> {
  return (await submitJob(lab, submission, never)).state;
}

/** An agent registers a moment after it was started. */
export async function waitForDevice(lab: Lab, name: string, timeoutMs = 30_000): Promise<SeenDevice> {
  const signal = AbortSignal.timeout(timeoutMs);
  for (;;) {
    const found = (await listDevices(lab)).find((device) => device.name === name);
    if (found !== undefined) return found;
    signal.throwIfAborted();
  }
}

/** Waits for a state by being told, not by asking. */
export async function waitForJob(
  lab: Lab,
  jobId: string,
  isIt: (state: JobState) => boolean = isEnded,
  timeoutMs = 60_000,
): Promise<JobState> {
  const seen: JobState[] = [];
  await followJob(lab, jobId, AbortSignal.timeout(timeoutMs), (state) => {
    seen.push(state);
    return isIt(state);
  });
  const last = seen.at(-1);
  if (last === undefined || !isIt(last)) throw new Error(`job ${jobId} stayed ${JSON.stringify(last)}`);
  return last;
}
