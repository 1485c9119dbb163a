/**
 * `npm run bench:corpus`: every model of the corpus by every scheme, as `compress` makes it. Says what came out, and fails where an
 * answer is far from the original's or a refusal names no reason. Words on the command line choose models by name, `--all` prints
 * what went well too.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { corpus } from '../test/engine/corpus/all.ts';
import { allSchemes, faultOf, tryEntry } from '../test/engine/corpus/try-entry.ts';

const words = process.argv.slice(2).filter((word) => word !== '--all');
const isWordy = process.argv.includes('--all');
const folder = await mkdtemp(join(tmpdir(), 'vernier-corpus-'));
const startedMs = performance.now();
let faults = 0;
const counts = new Map<string, { compressed: number; refused: number; lowestDb: number }>();
const chosen = corpus.filter(({ name }) => words.every((word) => name.includes(word)));
for (const entry of chosen) {
  for (const scheme of allSchemes) {
    const count = counts.get(scheme) ?? { compressed: 0, refused: 0, lowestDb: Infinity };
    counts.set(scheme, count);
    let line: string;
    let fault: string | null;
    try {
      const outcome = await tryEntry(entry, scheme, join(folder, 'one'));
      count[outcome.kind]++;
      if (outcome.kind === 'compressed') count.lowestDb = Math.min(count.lowestDb, outcome.sqnrDb ?? Infinity);
      fault = faultOf(entry, scheme, outcome);
      line =
        outcome.kind === 'refused'
          ? outcome.message
          : `${outcome.sqnrDb?.toFixed(1) ?? '-'} dB, ${outcome.reducedNodes} nodes`;
    } catch (error) {
      fault = line = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
    if (fault !== null) faults++;
    if (fault !== null || isWordy)
      console.log(`${fault === null ? 'ok   ' : 'FAULT'} ${entry.name} | ${scheme} | ${fault ?? line}`);
  }
}
await rm(folder, { recursive: true, force: true });
console.log(
  `\n${chosen.length} models x ${allSchemes.length} schemes in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`,
);
console.table(
  [...counts].map(([scheme, { compressed, refused, lowestDb }]) => ({
    scheme,
    compressed,
    refused,
    'lowest dB': Number(lowestDb.toFixed(1)),
  })),
);
console.log(`${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;
