/**
 * `npm run bench:lab-faults [-- --times 20 --seconds 1800]`: the tests of the lab's faults, and of a cluster that loses a server, so many times in a
 * row. Says which failed how often; ends with 1 where any did. What a failed one printed is kept.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '20' }, seconds: { type: 'string', default: '1800' } },
});
const files = [
  ...['faults', 'server-restart', 'settle', 'window-host'].map((name) => `test/lab/${name}.test.ts`),
  'bench/lab-cluster.ts',
];
const times = Number(values.times);
const endMs = performance.now() + 1000 * Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'vernier-lab-faults-'));
const failures = new Map<string, number>();
let turns = 0;
for (; turns < times && performance.now() < endMs; turns++) {
  const beganMs = performance.now();
  const failed: string[] = [];
  for (const file of files) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', file], {
      encoding: 'utf8',
      timeout: 300_000,
      env: { ...process.env, CI: 'true' },
    });
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
console.log(`${turns} times in a row, ${failures.size === 0 ? 'all passed' : 'with failures'}`);
process.exitCode = failures.size === 0 && turns === times ? 0 : 1;
