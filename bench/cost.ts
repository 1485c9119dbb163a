/**
 * `npm run bench:cost [-- --before FOLDER] [--rounds 2] [--only sample,resnet50] [--recipe NAME] [--limit SECONDS] [--whole] [MODEL.onnx …]`:
 * what `compress` costs on the sample, on a ResNet-50 and an encoder built for it, and on models that are named, as a table: seconds on the
 * clock, seconds of processors, and the peak memory of the largest process. It stops where the compressed model is there, for what follows
 * measures for as long as it is meant to; with `--whole` it does not. With `--before` another checkout of Vernier does the same in turns, so
 * that both have the same machine. Needs GNU time.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median } from '../electron/engine/tensor/statistics.ts';
import { buildEncoder } from './build-encoder.ts';
import { buildResnet50 } from './build-resnet50.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'out', 'bench');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    before: { type: 'string' },
    rounds: { type: 'string', default: '2' },
    only: { type: 'string', default: 'sample,resnet50,encoder' },
    recipe: { type: 'string', default: 'int8-static-minmax' },
    limit: { type: 'string', default: '120' },
    whole: { type: 'boolean', default: false },
  },
});

interface Subject {
  readonly name: string;
  readonly path: string;
  readonly data: readonly string[];
}

interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of the largest process. */
  readonly peakMegabytes: number;
}

const sample = join(root, 'resources', 'sample');
const noise = ['--random-data'];

async function built(name: string, build: (path: string, seed: number) => Promise<void>): Promise<Subject> {
  const path = join(folder, `${name}.onnx`);
  if (!existsSync(path)) await build(path, 1);
  return { name, path, data: noise };
}

const subjectsByName: Readonly<Record<string, () => Promise<Subject>>> = {
  sample: () =>
    Promise.resolve({ name: 'sample', path: join(sample, 'model.onnx'), data: ['--data', join(sample, 'data')] }),
  resnet50: () => built('resnet50', buildResnet50),
  encoder: () => built('encoder', buildEncoder),
};

/** A checkout of Vernier and the switches it knows. */
interface Version {
  readonly name: string;
  readonly folder: string;
  /** What older versions do not measure is left out. */
  readonly switches: readonly string[];
}

async function readVersion(name: string, at: string): Promise<Version> {
  const { stdout } = await run(process.execPath, [join(at, 'electron/cli/main.ts'), 'compress', '--help']);
  return { name, folder: at, switches: stdout.includes('--no-effects') ? ['--no-effects'] : [] };
}

/** @returns null where it failed, or took longer than the limit. */
async function measure(
  { name, folder: at, switches }: Version,
  { name: of, path, data }: Subject,
): Promise<Cost | null> {
  const [report, out] = [join(folder, `cost-${name}.txt`), join(folder, `cost-${name}-${of}.onnx`)];
  const compress = [
    join(at, 'electron/cli/main.ts'),
    'compress',
    path,
    ...data,
    '--recipe',
    values.recipe,
    ...switches,
  ];
  const samples = ['--calibration-samples', '16', '--evaluation-samples', '16'];
  const files = ['--out', out, '--force', '--database', join(folder, `cost-${name}.db`)];
  const timed = ['-f', '%U %S %M', '-o', report, process.execPath];
  const startedMs = performance.now();
  const child = spawn('/usr/bin/time', [...timed, ...compress, ...samples, ...files], {
    cwd: at,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // GNU time ignores it; the command line stops its engine.
  const stop = (): boolean => process.kill(-child.pid!, 'SIGINT');
  let [madeMs, said] = [NaN, ''];
  const limit = setTimeout(stop, 1000 * Number(values.limit));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (!Number.isNaN(madeMs) || !/ {2}accuracy\b/.test(said)) return;
    madeMs = performance.now();
    if (!values.whole) stop();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const endMs = performance.now();
  clearTimeout(limit);
  if (Number.isNaN(madeMs) || (values.whole && code !== 0)) {
    console.error(`${name}, ${of}: ${said.trim().slice(-400)}`);
    return null;
  }
  const [user, system, kilobytes] = readFileSync(report, 'utf8').trim().split('\n').at(-1)!.split(' ').map(Number);
  return {
    wallSeconds: ((values.whole ? endMs : madeMs) - startedMs) / 1000,
    cpuSeconds: user! + system!,
    peakMegabytes: (kilobytes! * 1024) / 1e6,
  };
}

mkdirSync(folder, { recursive: true });
const after = await readVersion('after', root);
const versions = values.before === undefined ? [after] : [await readVersion('before', resolve(values.before)), after];
const subjects = [
  ...(await Promise.all(values.only.split(',').flatMap((name) => subjectsByName[name]?.() ?? []))),
  ...positionals.map((path) => ({ name: basename(path, '.onnx'), path: resolve(path), data: noise })),
];
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; recipe ${values.recipe}`);
const costs = new Map<string, Cost[]>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const subject of subjects) {
    for (const version of round % 2 === 0 ? versions : versions.toReversed()) {
      const cost = await measure(version, subject);
      const shown =
        cost === null
          ? 'nothing'
          : `${cost.wallSeconds.toFixed(1)} s, ${cost.cpuSeconds.toFixed(1)} s of processors, ${cost.peakMegabytes.toFixed(0)} MB`;
      console.log(`${subject.name} ${version.name} round ${round + 1}: ${shown} (load ${loadavg()[0]!.toFixed(1)})`);
      const key = `${subject.name} ${version.name}`;
      if (cost !== null) costs.set(key, [...(costs.get(key) ?? []), cost]);
    }
  }
}

const columns = [
  ['wall s', ({ wallSeconds }: Cost) => wallSeconds, 1],
  ['CPU s', ({ cpuSeconds }: Cost) => cpuSeconds, 1],
  ['peak MB', ({ peakMegabytes }: Cost) => peakMegabytes, 0],
] as const;
const heads = columns.flatMap(([title]) =>
  versions.map(({ name }) => (versions.length > 1 ? `${title} ${name}` : title)),
);
console.log(`\n| model | ${heads.join(' | ')} |\n| --- | ${heads.map(() => '---:').join(' | ')} |`);
for (const { name, path } of subjects) {
  const cells = columns.flatMap(([, read, digits]) =>
    versions.map((version) => {
      const seen = costs.get(`${name} ${version.name}`);
      return seen === undefined ? '–' : median(seen.map(read)).toFixed(digits);
    }),
  );
  console.log(`| ${name}, ${(statSync(path).size / 1e6).toFixed(1)} MB | ${cells.join(' | ')} |`);
}
