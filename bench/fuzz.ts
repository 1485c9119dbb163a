/**
 * `npm run bench:fuzz -- --models 20000 --data 6000 --runs 500 --seed 1`: seeded mutants of models and data files through the
 * readers, and of models through inspect with ONNX Runtime, in processes of their own. Exits with 1 when anything but an error of
 * ours came out, when one took longer than 10 s, or when a process held more than 1 GB. `--from INDEX` begins later, to repeat one.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export type FuzzKind = 'models' | 'data' | 'runs';

/** What a process says of its stretch, a line of JSON each. */
export type FuzzNews =
  | { readonly at: number }
  | { readonly accepted: number }
  | { readonly foreign: number; readonly message: string }
  | { readonly peakMemoryMb: number };

const longestMs = 10_000;
const largestMb = 1000;
/** Mutants a process; what it holds at its end is of these. */
const stretch = 500;

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '2000' },
    data: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
});
const seed = Number(values.seed);

interface Findings {
  accepted: number;
  slowestMs: number;
  peakMemoryMb: number;
  /** One line each, with the index that makes the mutant again. */
  readonly problems: string[];
}

/** Runs mutants from `from` on until `to` or until one ends the process. @returns the index to go on with. */
function runStretch(kind: FuzzKind, from: number, to: number, findings: Findings): Promise<number> {
  const entry = fileURLToPath(new URL('./fuzz-process.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, kind, ...[seed, from, to].map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let at = from - 1;
  let startedMs = performance.now();
  let lastWords = '';
  child.stderr.on('data', (words: Buffer) => (lastWords = (lastWords + words.toString()).slice(-600)));
  let isTooLong = false;
  let isDone = false;
  const watch = setInterval(() => {
    if (at < from || performance.now() - startedMs < longestMs) return;
    isTooLong = true;
    child.kill('SIGKILL');
  }, 200);
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Native code prints there as well.
    if (!line.startsWith('{')) return;
    const news = JSON.parse(line) as FuzzNews;
    if ('at' in news) {
      if (at >= from) findings.slowestMs = Math.max(findings.slowestMs, performance.now() - startedMs);
      at = news.at;
      startedMs = performance.now();
    } else if ('accepted' in news) findings.accepted += 1;
    else if ('foreign' in news) findings.problems.push(`${kind} ${news.foreign}: ${news.message}`);
    else {
      isDone = true;
      findings.peakMemoryMb = Math.max(findings.peakMemoryMb, news.peakMemoryMb);
    }
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearInterval(watch);
      if (isDone && code === 0) {
        resolve(to);
        return;
      }
      const how = isTooLong
        ? `took longer than ${longestMs / 1000} s`
        : `ended the process (${signal ?? String(code)}): ${lastWords.trim().replaceAll(/\s+/g, ' ')}`;
      findings.problems.push(`${kind} ${at}: ${how}`);
      resolve(at + 1);
    });
  });
}

async function fuzz(kind: FuzzKind, count: number): Promise<Findings> {
  const findings: Findings = { accepted: 0, slowestMs: 0, peakMemoryMb: 0, problems: [] };
  const startedMs = performance.now();
  const first = Number(values.from);
  for (let from = first; from < first + count;) {
    from = await runStretch(kind, from, Math.min(from + stretch, first + count), findings);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${kind}: ${count} mutants of seed ${seed} in ${seconds.toFixed(0)} s (${((1000 * seconds) / Math.max(1, count)).toFixed(1)} ms each), ` +
      `${findings.accepted} accepted, slowest ${findings.slowestMs.toFixed(0)} ms, peak ${findings.peakMemoryMb} MB, ${findings.problems.length} problems`,
  );
  for (const problem of findings.problems) console.log(`  ${problem}`);
  return findings;
}

const all = [
  await fuzz('models', Number(values.models)),
  await fuzz('data', Number(values.data)),
  await fuzz('runs', Number(values.runs)),
];
if (all.some(({ problems, peakMemoryMb }) => problems.length > 0 || peakMemoryMb > largestMb)) process.exitCode = 1;
