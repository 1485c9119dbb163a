import assert from 'node:assert/strict';
import test from 'node:test';
import { runStorm, stormKinds } from './kill-storm.ts';

/** `VERNIER_KILLS=200 npm test -- test/durability` for the long version. */
const killCount = Number(process.env['VERNIER_KILLS'] ?? '40');
const seed = Number(process.env['VERNIER_SEED'] ?? '1');

for (const [index, kind] of stormKinds.entries()) {
  const kills = Math.floor((killCount + index) / stormKinds.length);
  void test(`kill -9 at ${kills} random moments of ${kind}: nothing reported is lost, no orphan is unnamed`, async (context) => {
    const result = await runStorm(kind, kills, seed + index);
    context.diagnostic(
      `${kind}: ${result.kills} kills, ${result.reported} things reported as done and all there, ` +
        `${result.cutRuns} runs cut short, ${result.orphans} orphans, all named and removed`,
    );
    assert.equal(result.kills, kills);
  });
}
