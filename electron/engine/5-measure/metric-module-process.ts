import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toNumbers } from '../tensor/to-numbers.ts';
import { openNpz } from '../onnx/npz.ts';

/*
 * Entry of the process that runs a metric of the user's in JavaScript: `metric-module-process FILE.mjs FOLDER`. It is theirs alone:
 * what it holds and how long it takes is watched from outside, and nothing of its memory is shared.
 */

interface Values {
  /** The samples first. */
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}
type Arrays = Readonly<Record<string, Values>>;

/** What the module exports: one score a sample, of one model at a time. */
interface MetricModule {
  readonly default?: (given: { outputs: Arrays; count: number } & Arrays) => unknown;
  readonly name?: unknown;
  readonly higherIsBetter?: unknown;
}

async function readArrays(path: string): Promise<Arrays> {
  const file = await openNpz(path, { memoryBudgetBytes: 2 ** 31 });
  try {
    const arrays: [string, Values][] = [];
    for (const entry of file.entries) {
      const { dims, dataType } = entry;
      const data = await entry.readRows(0, dims[0] ?? 0);
      arrays.push([entry.name, { dims, data: toNumbers({ dataType, data }) }]);
    }
    return Object.fromEntries(arrays);
  } finally {
    await file.close();
  }
}

async function scoreModule(path: string, folder: string): Promise<void> {
  const module = (await import(pathToFileURL(path).href)) as MetricModule;
  const score = module.default;
  if (typeof score !== 'function')
    throw new TypeError('The module has no default export that is a function of {outputs, targets, labels, count}.');
  const samples = await readArrays(join(folder, 'samples.npz'));
  const scoresOf = async (model: string): Promise<(number | null)[]> => {
    const outputs = await readArrays(join(folder, `${model}.npz`));
    const given = { ...samples, outputs, count: samples['indices']!.dims[0]! };
    const scores = await score(given as unknown as Parameters<typeof score>[0]);
    return Array.from(scores as Iterable<unknown>, (value) => (typeof value === 'number' ? value : null));
  };
  const result = {
    before: await scoresOf('before'),
    after: await scoresOf('after'),
    ...(typeof module.name === 'string' ? { name: module.name } : {}),
    ...(typeof module.higherIsBetter === 'boolean' ? { higherIsBetter: module.higherIsBetter } : {}),
  };
  writeFileSync(join(folder, 'scores.json'), JSON.stringify(result));
}

const [path, folder] = process.argv.slice(2) as [string, string];
try {
  await scoreModule(path, folder);
  process.exit(0);
} catch (error) {
  // The last line is what the user is told.
  process.stderr.write(
    error instanceof Error ? `${error.stack ?? ''}\n${error.name}: ${error.message}\n` : String(error),
  );
  process.exit(1);
}
