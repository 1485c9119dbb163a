/**
 * `npm run bench:lab-faults [-- --times 20 --seconds 1800]`: the tests of the lab's faults, of a cluster that loses a server, of a model of 500 MB and
 * of 1,000 queued jobs, so many times in a row. Says which failed how often, and how many tests passed; ends with 1 where any failed. What a
 * failed one printed is kept.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '20' }, seconds: { type: 'string', default: '1800' } },
});
const tests = [
  ...['faults', 'hostile', 'server-restart', 'settle', 'window-host'].map((name) => `test/lab/${name}.test.ts`),
  'bench/lab-cluster.ts',
  'bench/lab-large.ts',
];
const commands = [
  // At once: they wait more than they work, and each has a server of its own.
  ['--test', '--test-concurrency=4', ...tests],
  ['bench/lab.ts', '--agents', '4', '--jobs', '1000', '--work-ms', '1'],
];
const times = Number(values.times);
const endMs = performance.now() + 1000 * Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'vernier-lab-faults-'));
const failures = new Map<string, number>();
let [turns, passed] = [0, 0];
for (; turns < times && performance.now() < endMs; turns++) {
  const beganMs = performance.now();
  const failed: string[] = [];
  for (const command of commands) {
    const file = command[0] === '--test' ? 'tests' : command[0]!;
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      encoding: 'utf8',
      // Against what never ends; every test has a deadline of its own, and a machine may be busy.
      timeout: 900_000,
      // Each turn starts about a hundred processes of the same few files.
      env: { ...process.env, CI: 'true', NODE_COMPILE_CACHE: join(folder, 'compiled') },
    });
    passed += command[0] === '--test' ? Number(/^ℹ pass (\d+)$/m.exec(stdout)?.[1] ?? 0) : Number(status === 0);
    if (status === 0) continue;
    const path = join(folder, `${turns + 1}-${file.replaceAll('/', '-')}.log`);
    writeFileSync(path, stdout + stderr);
    const names = [...stdout.matchAll(/^\s*✖ (.+?) \([\d.]+ms\)$/gm)].map(([, name]) => name!);
    for (const name of new Set([file, ...names])) failures.set(name, (failures.get(name) ?? 0) + 1);
    failed.push(`${file} (${path})`);
  }
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(0);
  console.log(
    `${turns + 1} of ${times}: ${failed.length === 0 ? 'passed' : `FAILED ${failed.join(', ')}`} in ${seconds} s`,
  );
}
for (const [name, count] of failures) console.log(`${count} of ${turns}: ${name}`);
console.log(`${turns} times in a row, ${failures.size === 0 ? 'all passed' : 'with failures'} (${passed} tests)`);
process.exitCode = failures.size === 0 && turns === times ? 0 : 1;
