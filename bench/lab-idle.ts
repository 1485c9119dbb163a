/**
 * `npm run bench:lab-idle [-- --seconds 30 --jobs 2 --model-mb 40]`: what an agent holds and uses while it waits. A real nats-server, the agent as
 * people start it, and real jobs between two looks at it: one of the model that comes with Vernier, the others of one as large as asked for. Says
 * resident memory, the most within the last third of a wait, and processor time. Ends with 1 where it holds 120 MB or uses 1 % of a core.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeModel } from '../electron/engine/onnx/encode-model.ts';
import { encodeNpy } from '../electron/engine/onnx/encode-npy.ts';
import { connectLab, type Lab } from '../electron/lab/connect-lab.ts';
import { compressRequestSchema, type CompressRequest } from '../shared/compress-request.ts';
import { recipePresets } from '../shared/recipe.ts';
import { buildModel, noise, op } from '../test/engine/build-model.ts';
import { submit, waitForDevice, waitForJob } from '../test/lab/lab-fixture.ts';
import { startNats } from '../test/lab/nats-server.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    jobs: { type: 'string', default: '2' },
    'model-mb': { type: 'string', default: '40' },
    main: { type: 'string', default: fileURLToPath(new URL('../bin/vernier.js', import.meta.url)) },
  },
});
const limitBytes = 120e6;
const limitShare = 0.01;
const ticksPerSecond = 100;
const sample = fileURLToPath(new URL('../resources/sample', import.meta.url));

interface Look {
  readonly residentBytes: number;
  readonly sharedOutBytes: number;
  readonly cpuSeconds: number;
}

function look(processId: number): Look {
  const kilobytes = (file: string, name: string): number =>
    Number(
      new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${processId}/${file}`, 'utf8'))?.[1] ?? NaN,
    );
  // User and system time are the 14th and 15th field; the second, a name, may hold spaces.
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return {
    residentBytes: kilobytes('status', 'VmRSS') * 1024,
    sharedOutBytes: kilobytes('smaps_rollup', 'Pss') * 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  };
}

/** Watches it wait. @returns whether it stayed below the limits. */
async function watchIdle(processId: number, what: string): Promise<boolean> {
  const seconds = Number(values.seconds);
  const first = look(processId);
  const looks: Look[] = [];
  const seen: string[] = [];
  for (let second = 1; second <= seconds; second++) {
    await wait(1000);
    looks.push(look(processId));
    if ([1, 5, 10, 20].includes(second)) seen.push(`${(looks.at(-1)!.residentBytes / 1e6).toFixed(1)} (${second} s)`);
  }
  const settled = looks.slice(-Math.max(1, Math.floor(seconds / 3)));
  const residentBytes = Math.max(...settled.map((one) => one.residentBytes));
  const sharedOutBytes = Math.max(...settled.map((one) => one.sharedOutBytes));
  const share = (settled.at(-1)!.cpuSeconds - first.cpuSeconds) / seconds;
  console.log(
    `${what}: resident ${(residentBytes / 1e6).toFixed(1)} MB (shared pages divided: ${(sharedOutBytes / 1e6).toFixed(1)} MB), ` +
      `${(100 * share).toFixed(2)} % of a core; on the way ${seen.join(', ')}`,
  );
  return residentBytes < limitBytes && share < limitShare;
}

/** One layer with as many weights as asked for. */
function largeRequest(folder: string, outPath: string): CompressRequest {
  const inner = Math.max(1, Math.round((Number(values['model-mb']) * 1e6) / 4 / (512 + 16)));
  const model = buildModel({
    inputs: { x: ['N', 512] },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'h'), op('Relu', 'h', 'r'), op('MatMul', 'r v', 'y')],
    weights: { w: noise([512, inner], 1, 0.05), v: noise([inner, 16], 2, 0.05) },
  });
  const modelPath = join(folder, 'large.onnx');
  const dataPath = join(folder, 'x.npy');
  writeFileSync(modelPath, encodeModel(model));
  writeFileSync(dataPath, encodeNpy(noise([16, 512], 3)));
  return request(modelPath, dataPath, outPath);
}

function request(modelPath: string, dataPath: string, outPath: string): CompressRequest {
  return compressRequestSchema.parse({
    runId: randomUUID(),
    modelPath,
    outPath,
    data: { path: dataPath },
    recipe: recipePresets['int8-static-minmax'],
    // What takes an engine long changes nothing of the agent that waits for it.
    evaluationSamples: 100,
    effects: false,
    saturation: false,
  });
}

async function runJobs(lab: Lab, folder: string): Promise<void> {
  for (let job = 0; job < Number(values.jobs); job++) {
    const outPath = join(folder, `out-${job}.onnx`);
    const isFirst = job === 0;
    const asked = isFirst
      ? request(join(sample, 'model.onnx'), join(sample, 'data'), outPath)
      : largeRequest(folder, outPath);
    const { jobId } = await submit(lab, { kind: 'compress', request: asked, place: { kind: 'any' }, tags: [] });
    const ended = await waitForJob(lab, jobId, undefined, 300_000);
    if (ended.phase !== 'done') throw new Error(`the job ended as ${JSON.stringify(ended.error)}`);
  }
}

function startAgent(server: string, folder: string): ChildProcess {
  return spawn(process.execPath, [values.main, 'agent', '--server', server, '--name', 'idle', '--folder', folder], {
    env: { ...process.env, VERNIER_DATABASE: join(folder, 'history.db') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const folder = mkdtempSync(join(tmpdir(), 'vernier-lab-idle-'));
const server = await startNats();
const agent = startAgent(server.url, folder);
const lab = await connectLab({ server: server.url });
try {
  await waitForDevice(lab, 'idle');
  const environment = `${cpus()[0]!.model}, ${cpus().length} threads, load ${loadavg()[0]!.toFixed(1)}, Node ${process.versions.node}`;
  console.log(environment);
  const isBelowBefore = await watchIdle(agent.pid!, 'before any job');
  await runJobs(lab, folder);
  const isBelowAfter = await watchIdle(agent.pid!, `after ${values.jobs} jobs`);
  process.exitCode = isBelowBefore && isBelowAfter ? 0 : 1;
} finally {
  agent.kill('SIGTERM');
  if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
  await lab.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
