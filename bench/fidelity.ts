/**
 * `npm run bench:fidelity -- [--python PYTHON] [--models FOLDER] [--only NAME] [--seconds 20]`: what Vernier and ONNX Runtime's own
 * quantizers make of the same models with the same samples, in one run; the table goes to docs/fidelity.md. Models are built by torch
 * where Python has it; those of FOLDER are NAME.onnx with NAME.npz beside them, arrays named after inputs, `labels` if there are any.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { readEnvironment } from '../electron/engine/runtime/environment.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    models: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string', default: '20' },
  },
});
const here = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(execFile);

const madeSchema = z.object({ seconds: z.number(), megabytes: z.number() });
const rowSchema = z.union([
  z.object({ sqnrDb: z.number(), speed: z.number(), bytes: z.number(), top1: z.number().nullable() }),
  z.object({ error: z.string() }),
]);
const measuredSchema = z.object({ rows: z.array(rowSchema), bytes: z.number(), top1: z.number().nullable() });

const vernierPresets = [
  'int8-static-minmax',
  'int8-static-percentile',
  'int8-dynamic',
  'int4-weights',
  'int8-static',
  'auto',
];
const othersMethods = [
  'static minmax', 'static minmax reduced', 'static percentile', 'static percentile reduced', 'dynamic', 'dynamic reduced', '4 bits RTN', '4 bits HQQ',
]; // prettier-ignore

/** Python packages that are not there, by what is left out without them. */
function findMissing(): string[] {
  const wanted = {
    onnxruntime: 'everything',
    onnx: 'everything',
    sympy: 'shape inference of static forms',
    torch: 'the models that are built',
    onnx_ir: '4 bits',
  };
  return Object.entries(wanted)
    .filter(([name]) => spawnSync(options.python, ['-c', `import ${name}`]).status !== 0)
    .map(([name, use]) => `${name} (${use})`);
}

type Made = z.infer<typeof madeSchema> | { readonly error: string };

const lastLine = (text: string): unknown => JSON.parse(text.trimEnd().split('\n').at(-1)!);

async function make(command: string, args: readonly string[]): Promise<Made> {
  try {
    const { stdout } = await run(command, args, { maxBuffer: 1e8, timeout: 300_000 });
    return madeSchema.parse(lastLine(stdout));
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr ?? error).split('\n');
    return { error: (lines.find((line) => /Error/.test(line)) ?? lines[0]!).slice(0, 140) };
  }
}

interface Row {
  readonly tool: string;
  readonly form: string;
  readonly made: Made;
  readonly measured: z.infer<typeof rowSchema> | null;
}

async function compareOn(model: string, samples: string, folder: string): Promise<{ rows: Row[]; lines: string[] }> {
  await mkdir(folder, { recursive: true });
  const [calibration, evaluation] = [join(folder, 'calibration.npz'), join(folder, 'evaluation.npz')];
  await run(options.python, [join(here, 'fidelity/split.py'), samples, calibration, evaluation]);
  const forms: { tool: string; form: string; made: Made; path: string }[] = [];
  for (const preset of vernierPresets) {
    const path = join(folder, `${preset}.onnx`);
    const made = await make(process.execPath, [
      join(here, 'fidelity-process.ts'),
      model,
      calibration,
      preset,
      path,
      options.seconds,
    ]);
    forms.push({ tool: 'Vernier', form: preset, made, path });
  }
  for (const method of othersMethods) {
    const path = join(folder, `${method.replaceAll(' ', '-')}.onnx`);
    const made = await make(options.python, [join(here, 'fidelity/quantize.py'), model, calibration, method, path]);
    forms.push({ tool: 'ONNX Runtime', form: method, made, path });
  }
  const loadable = forms.filter(({ path }) => existsSync(path));
  const { stdout } = await run(
    options.python,
    [join(here, 'fidelity/measure.py'), model, evaluation, ...loadable.map(({ path }) => path)],
    { maxBuffer: 1e8 },
  );
  const measured = measuredSchema.parse(lastLine(stdout));
  const rows = forms.map(({ path, ...rest }) => ({
    ...rest,
    measured: measured.rows[loadable.findIndex((one) => one.path === path)] ?? null,
  }));
  const kilobytes = (bytes: number): string => (bytes / 1e3).toFixed(0);
  const top1 = measured.top1 === null ? '' : `, top-1 ${measured.top1.toFixed(1)} %`;
  const title = `### ${basename(model, '.onnx')} (${kilobytes(measured.bytes)} kB${top1})`;
  const head = [
    '',
    title,
    '',
    '| tool | form | kB | size | speed | SQNR dB | top-1 % | quantizer s | MB |',
    '|---|---|---|---|---|---|---|---|---|',
  ];
  const lines = rows.map(({ tool, form, made, measured: row }) => {
    const cells =
      row === null || 'error' in row
        ? [
            `not made: ${('error' in made ? made.error : ((row as { error?: string } | null)?.error ?? '')).replaceAll('|', '/')}`,
            '',
            '',
            '',
            '',
          ]
        : [
            kilobytes(row.bytes),
            `${(measured.bytes / row.bytes).toFixed(2)}x`,
            `${row.speed.toFixed(2)}x`,
            row.sqnrDb.toFixed(1),
            row.top1?.toFixed(1) ?? '',
          ];
    const cost = 'error' in made ? ['', ''] : [made.seconds.toFixed(1), made.megabytes.toFixed(0)];
    return `| ${[tool, form, ...cells, ...cost].join(' | ')} |`;
  });
  return { rows, lines: [...head, ...lines] };
}

/** Where the model that `auto` found is less worth than the best of the fixed forms: speed, at an SQNR as good. */
function judgeAuto(name: string, rows: readonly Row[]): string {
  const figures = rows.flatMap(({ tool, form, measured }) =>
    tool === 'Vernier' && measured !== null && !('error' in measured) ? [{ form, ...measured }] : [],
  );
  const auto = figures.find(({ form }) => form === 'auto');
  if (auto === undefined) return `| ${name} | none | | |`;
  const alike = figures.filter(({ form, sqnrDb }) => form !== 'auto' && sqnrDb >= auto.sqnrDb - 0.5);
  const fastest = alike.toSorted((left, right) => right.speed - left.speed)[0] ?? auto;
  return `| ${name} | ${auto.speed.toFixed(2)}x, ${auto.sqnrDb.toFixed(1)} dB | ${fastest.form}: ${fastest.speed.toFixed(2)}x, ${fastest.sqnrDb.toFixed(1)} dB | ${(auto.speed / fastest.speed).toFixed(2)} |`;
}

const missing = findMissing();
if (missing.length > 0) console.log(`Python (${options.python}) lacks ${missing.join(', ')}.`);
if (missing.some((name) => name.includes('everything'))) {
  console.log(
    'Make an environment: python3 -m venv .venv && .venv/bin/pip install onnx onnxruntime sympy onnx-ir torch, then --python .venv/bin/python',
  );
  process.exit(1);
}
const folder = await mkdtemp(join(tmpdir(), 'vernier-fidelity-'));
try {
  const built = join(folder, 'models');
  await mkdir(built);
  if (!missing.some((name) => name.startsWith('torch')))
    await run(options.python, [join(here, 'fidelity/build_models.py'), built], { maxBuffer: 1e8 });
  const found = [built, ...(options.models === undefined ? [] : [options.models])].flatMap((place) =>
    readdirSync(place)
      .filter((name) => name.endsWith('.onnx') && existsSync(join(place, name.replace(/onnx$/, 'npz'))))
      .map((name) => join(place, name)),
  );
  const { cpu, isa, onnxRuntimeVersion } = describe(await readEnvironment());
  const [tables, verdicts]: [string[], string[]] = [[], []];
  for (const model of found.filter((path) => basename(path).includes(options.only ?? ''))) {
    console.log(basename(model));
    const { rows, lines } = await compareOn(
      model,
      model.replace(/onnx$/, 'npz'),
      join(folder, basename(model, '.onnx')),
    );
    tables.push(...lines);
    verdicts.push(judgeAuto(basename(model, '.onnx'), rows));
    console.log(lines.join('\n'));
  }
  const text = [
    '# Fidelity: Vernier beside ONNX Runtime’s own quantizers',
    '',
    'Made by `npm run bench:fidelity`; do not edit. Models `…-like` have their common shapes and random weights. Both tools calibrate on the same',
    'samples (at most 64) and are measured on others (at most 128); 1 thread, medians of paired runs of one process, size and speed as original / form.',
    'Seconds run from file to file, with whatever is searched; MB is the largest resident set of the quantizer.',
    '`reduced`: weights in 7 bits. A search has ' + options.seconds + ' s.',
    '',
    `Machine: ${cpu}, ${isa}, ONNX Runtime ${onnxRuntimeVersion}.`,
    ...tables,
    '',
    '## `auto` beside the best fixed form that is at most 0.5 dB behind it',
    '',
    '| model | auto | fastest | auto / fastest |',
    '|---|---|---|---|',
    ...verdicts,
    '',
  ].join('\n');
  if (options.only === undefined) await writeFile(fileURLToPath(new URL('../docs/fidelity.md', import.meta.url)), text);
  else console.log(verdicts.join('\n'));
} finally {
  await rm(folder, { recursive: true, force: true });
}

function describe({ cpuModel, cpuFlags, onnxRuntimeVersion }: Awaited<ReturnType<typeof readEnvironment>>) {
  return { cpu: cpuModel, isa: cpuFlags.join(' '), onnxRuntimeVersion };
}
