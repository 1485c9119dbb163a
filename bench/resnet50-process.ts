/**
 * One measured job in a process of its own, so that its peak memory is its own: `plain`, `minmax` or `percentile`.
 * Prints one JSON line: wall milliseconds and peak resident bytes.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareModel } from '../electron/engine/1-analyze/prepare.ts';
import { observeShapes } from '../electron/engine/1-analyze/observe-shapes.ts';
import { observeTensors } from '../electron/engine/3-calibrate/observe.ts';
import { chooseRange, needsHistogram } from '../electron/engine/3-calibrate/ranges.ts';
import { planQuantization } from '../electron/engine/2-plan/plan.ts';
import { indexGraph } from '../electron/engine/graph/graph.ts';
import { openSession } from '../electron/engine/runtime/session.ts';
import { createRandom } from '../electron/engine/tensor/random.ts';
import type { Feeds } from '../electron/engine/tensor/tensor.ts';
import { recipeSchema } from '../shared/recipe.ts';

const [modelPath, job, sampleCount, threadCount] = process.argv.slice(2) as [string, string, string, string];
const threads = Number(threadCount);
const count = Number(sampleCount);

/** Made on demand: 64 images held at once would be counted as calibration's memory. */
function makeSample(index: number): Feeds {
  const random = createRandom(index + 1);
  const data = new Float32Array(3 * 224 * 224);
  for (let element = 0; element < data.length; element++) data[element] = 4 * random() - 2;
  return { image: { dataType: 'float32', dims: [1, 3, 224, 224], data } };
}

const started = performance.now();
let sampleMs = 0;
const read = (index: number): Promise<Feeds> => {
  const from = performance.now();
  const feeds = makeSample(index);
  sampleMs += performance.now() - from;
  return Promise.resolve(feeds);
};
let ranges = 0;
if (job === 'plain') {
  const session = await openSession(modelPath, { threads, isAlone: true });
  for (let index = 0; index < count; index++) await session.run(await read(index));
} else {
  const method = job as 'minmax' | 'percentile';
  const folder = mkdtempSync(join(tmpdir(), 'vernier-bench-'));
  try {
    const { prepared } = await prepareModel(modelPath, folder);
    const shapes = await observeShapes(prepared, await read(0));
    const plan = planQuantization(indexGraph(prepared), shapes, {
      recipe: recipeSchema.parse({ calibrationMethod: method }),
      weightRange: 'int8',
      keepFloat: new Map(),
    });
    const statistics = await observeTensors(
      prepared,
      { count, read },
      {
        tensors: plan.observe,
        channelAxes: new Map(),
        bySample: new Set(),
        statistics: needsHistogram(method) ? 'histogram' : 'extremes',
        shapes,
        threads,
        signal: new AbortController().signal,
        onSample: () => undefined,
      },
    );
    for (const [tensor, seen] of statistics) {
      chooseRange(tensor, seen, { method, percentile: 99.99, symmetric: false });
      ranges++;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const wallMs = performance.now() - started;
// VmHWM rather than ru_maxrss, which a forked process inherits from its parent.
const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
const highWater = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
const peakBytes = highWater === undefined ? process.resourceUsage().maxRSS * 1024 : Number(highWater) * 1024;
console.log(JSON.stringify({ job, wallMs, sampleMs, peakBytes, ranges }));
