/**
 * `npm run bench:fidelity -- [--setup FOLDER] [--python PYTHON] [--models FOLDER] [--only NAME] [--seconds 20]`: what Vernier and ONNX
 * Runtime's own quantizers make of the same models with the same samples, in one run; docs/fidelity.md is made of it. Models are
 * built by torch where Python has it; those of FOLDER are NAME.onnx with NAME.npz beside them, arrays named after inputs, `labels` if
 * there are any. `--only` takes names that contain NAME. `--table` makes the document anew and measures nothing.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { readEnvironment } from '../electron/engine/runtime/environment.ts';
import {
  describeAll,
  describeResult,
  describeRival,
  describeVerdict,
  figuresOf,
  findRival,
} from './fidelity/document.ts';
import { describeMissing, findMissing, makeEnvironment, readVersions } from './fidelity/python.ts';
import {
  costSchema,
  keepResult,
  measuredSchema,
  readResults,
  type Result,
  type Rival,
  type Row,
} from './fidelity/results.ts';

const { values: options } = parseArgs({
  options: {
    setup: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    models: { type: 'string' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '20' },
    table: { type: 'boolean', default: false },
  },
});
const here = fileURLToPath(new URL('.', import.meta.url));
const documentPath = fileURLToPath(new URL('../docs/fidelity.md', import.meta.url));
const run = promisify(execFile);

const vernierPresets = ['int8-static-minmax', 'int8-static-percentile', 'int8-dynamic', 'int4-weights', 'int8-static', 'auto']; // prettier-ignore
const othersMethods = [
  'static minmax', 'static minmax reduced', 'static percentile', 'static percentile reduced', 'dynamic', 'dynamic reduced', '4 bits RTN', '4 bits HQQ',
]; // prettier-ignore

const lastLine = (text: string): unknown => JSON.parse(text.trimEnd().split('\n').at(-1)!);

async function make(command: string, args: readonly string[]): Promise<Row['cost']> {
  try {
    const { stdout } = await run(command, args, { maxBuffer: 1e8, timeout: 300_000 });
    return costSchema.parse(lastLine(stdout));
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr ?? error).split('\n');
    const said = lines.find((line) => /Error\]? ?: /.test(line)) ?? lines[0]!;
    // Of paths the name: folders are made anew each time.
    return {
      error: said
        .replace(/^AppError: /, '')
        .replaceAll(/\/[^" ]*\/([^"/ ]+)/g, '$1')
        .slice(0, 200),
    };
  }
}

async function measure(python: string, original: string, samples: string, forms: readonly string[]) {
  const args = [join(here, 'fidelity/measure.py'), original, samples, ...forms];
  return measuredSchema.parse(lastLine((await run(python, args, { maxBuffer: 1e8 })).stdout));
}

async function makeForms(python: string, model: string, calibration: string, folder: string) {
  const forms: (Omit<Row, 'figures'> & { readonly path: string })[] = [];
  for (const form of vernierPresets) {
    const path = join(folder, `${form}.onnx`);
    const process_ = join(here, 'fidelity-process.ts');
    const cost = await make(process.execPath, [process_, model, calibration, form, path, options.seconds]);
    forms.push({ tool: 'Vernier', form, cost, path });
  }
  for (const form of othersMethods) {
    const path = join(folder, `${form.replaceAll(' ', '-')}.onnx`);
    const cost = await make(python, [join(here, 'fidelity/quantize.py'), model, calibration, form, path]);
    forms.push({ tool: 'ONNX Runtime', form, cost, path });
  }
  return forms;
}

type Circumstances = Pick<Result, 'date' | 'machine' | 'isa' | 'versions'>;

async function compareOn(python: string, model: string, folder: string, where: Circumstances): Promise<Result> {
  await mkdir(folder, { recursive: true });
  const [calibration, evaluation] = [join(folder, 'calibration.npz'), join(folder, 'evaluation.npz')];
  await run(python, [join(here, 'fidelity/split.py'), model.replace(/onnx$/, 'npz'), calibration, evaluation]);
  const forms = await makeForms(python, model, calibration, folder);
  const loadable = forms.filter(({ path }) => existsSync(path));
  const measured = await measure(python, model, evaluation, loadable.map(({ path }) => path)); // prettier-ignore
  const rows = forms.map(({ path, ...rest }): Row => ({
    ...rest,
    figures: measured.rows[loadable.findIndex((one) => one.path === path)] ?? null,
  }));
  const pathOf = (row: Row): string => forms.find(({ tool, form }) => tool === row.tool && form === row.form)!.path;
  const rivals: Rival[] = [];
  const own = rows.find(({ form }) => form === 'auto')!;
  const auto = figuresOf(own);
  for (const tool of auto === null ? [] : (['Vernier', 'ONNX Runtime'] as const)) {
    const rival = findRival(rows, tool, auto!, measured.bytes);
    if (rival === null) continue;
    const [beside] = (await measure(python, pathOf(own), evaluation, [pathOf(rival)])).rows;
    if (beside !== undefined && !('error' in beside)) rivals.push(describeRival(rival, beside));
  }
  const { bytes, top1 } = measured;
  return {
    model: basename(model, '.onnx'),
    ...where,
    searchSeconds: Number(options.seconds),
    bytes,
    top1,
    rows,
    rivals,
  };
}

/** The models to compare on; those to be built are built. */
async function findModels(python: string, folder: string, builds: boolean): Promise<string[]> {
  await mkdir(folder);
  const build = join(here, 'fidelity/build_models.py');
  if (builds) await run(python, [build, folder, options.only], { maxBuffer: 1e8 });
  const places = options.models === undefined ? [folder] : [folder, options.models];
  const found = places.flatMap((place) => readdirSync(place).map((name) => join(place, name)));
  return found.filter(
    (path) =>
      path.endsWith('.onnx') && existsSync(path.replace(/onnx$/, 'npz')) && basename(path).includes(options.only),
  );
}

async function main(): Promise<void> {
  const python = options.setup === undefined ? options.python : makeEnvironment(options.setup);
  const missing = findMissing(python);
  if (missing.length > 0) console.log(describeMissing(missing));
  if (missing.some(({ use }) => use === 'any comparison')) {
    console.log('Make an environment: npm run bench:fidelity -- --setup .venv');
    process.exitCode = 1;
    return;
  }
  const { cpuModel, cpuFlags, onnxRuntimeVersion } = await readEnvironment();
  const where: Circumstances = {
    date: new Date().toISOString().slice(0, 10),
    machine: cpuModel,
    isa: cpuFlags.join(' '),
    versions: `onnxruntime-node ${onnxRuntimeVersion}, Python's ${readVersions(python)}`,
  };
  const folder = await mkdtemp(join(tmpdir(), 'vernier-fidelity-'));
  try {
    for (const model of await findModels(python, join(folder, 'models'), !missing.some(({ pip }) => pip === 'torch'))) {
      const result = await compareOn(python, model, join(folder, basename(model, '.onnx')), where);
      console.log([...describeResult(result), describeVerdict(result)].join('\n'));
      await writeFile(documentPath, describeAll(await keepResult(result)));
      await rm(join(folder, basename(model, '.onnx')), { recursive: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (options.table) await writeFile(documentPath, describeAll(readResults()));
else await main();
