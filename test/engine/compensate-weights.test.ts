import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compensateWeights } from '../../electron/engine/compensate-weights.ts';
import { buildVariant } from '../../electron/engine/variant.ts';
import { optionsFor, plainVariant, settled } from './search-options.ts';

test('weights are compensated within the range that the plan gives them, not in those that were tried before', async () => {
  const options = await optionsFor(settled);
  for (const weightRange of ['int8', 'int8-reduced'] as const)
    buildVariant(options, { ...plainVariant, weightRange }, null);
  const { plan } = buildVariant(options, plainVariant, null);
  const { weightCache } = options.prepared;
  const compensated = await compensateWeights(options.prepared, plan, { ...options, threads: 1 });
  assert.equal(compensated.size, 4);
  for (const [weight, rounded] of compensated) {
    assert.equal(weightCache.get(weight)!.size, 3, weight.name);
    const [entry, ...others] = [...rounded];
    assert.deepEqual(others, [], weight.name);
    const [key, { data, scales, scheme }] = entry!;
    assert.equal(scheme.range, 'int8-pairs', weight.name);
    const nearest = weightCache.get(weight)!.get(key)!;
    assert.deepEqual(scales, nearest.scales, weight.name);
    assert.notDeepEqual(data, nearest.data, weight.name);
  }
});
