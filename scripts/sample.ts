/**
 * `npm run sample`: the whole way on the model that comes with Vernier. It runs the same command lines anybody could type,
 * and leaves the compressed model, its layers as CSV and the run document next to each other in out/sample.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../electron/cli/command-line.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sample = join(root, 'resources', 'sample');
const out = join(root, 'out', 'sample');
const database = ['--database', join(out, 'history.db')];

const commandLines = [
  [
    'compress',
    join(sample, 'model.onnx'),
    ...['--data', join(sample, 'data')],
    ...['--out', join(out, 'model.int8.onnx'), '--force'],
    ...database,
  ],
  ['export', 'latest', '--format', 'csv', '--out', join(out, 'layers.csv'), '--force', ...database],
  ['export', 'latest', '--format', 'json', '--out', join(out, 'run.json'), '--force', ...database],
];

mkdirSync(out, { recursive: true });
for (const commandLine of commandLines) {
  const exitCode = await runCommandLine(commandLine);
  if (exitCode !== 0) {
    process.exitCode = exitCode;
    break;
  }
}
