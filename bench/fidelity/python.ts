import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Packages by the names pip and Python have for them, and what there is not without them. */
const wanted = [
  { pip: 'onnxruntime', module: 'onnxruntime', use: 'any comparison' },
  { pip: 'onnx', module: 'onnx', use: 'any comparison' },
  { pip: 'sympy', module: 'sympy', use: 'the preparation of its static forms' },
  { pip: 'onnx-ir', module: 'onnx_ir', use: 'its 4-bit forms' },
  { pip: 'torch', module: 'torch', use: 'the models that are built' },
] as const;

export type PythonPackage = (typeof wanted)[number];

const succeeds = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0;

export function findMissing(python: string): PythonPackage[] {
  return wanted.filter(({ module }) => !succeeds(python, ['-c', `import ${module}`]));
}

/** One sentence: which packages are not there, and what is left out for it. */
export function describeMissing(missing: readonly PythonPackage[]): string {
  const parts = missing.map(({ pip, use }) => `${pip} (without it there is not ${use})`);
  return `Python lacks ${parts.join(', ')}.`;
}

export function readVersions(python: string): string {
  const modules = JSON.stringify(['onnxruntime', 'onnx', 'torch']);
  const code = `import importlib.metadata as m\nfor n in ${modules}:\n try: print(n, m.version(n))\n except Exception: pass`;
  return spawnSync(python, ['-c', code], { encoding: 'utf8' }).stdout.trim().replaceAll('\n', ', ');
}

/** Makes a Python environment with what pip finds. @returns its Python. */
export function makeEnvironment(folder: string): string {
  if (!succeeds('python3', ['-m', 'venv', folder])) {
    throw new Error(`python3 -m venv ${folder} failed: install Python 3 with its venv module.`);
  }
  const python = join(folder, 'bin', 'python');
  for (const { pip } of wanted) {
    console.log(`pip install ${pip}`);
    if (!succeeds(python, ['-m', 'pip', 'install', '--quiet', pip])) console.log(`pip does not find ${pip} here.`);
  }
  return python;
}
