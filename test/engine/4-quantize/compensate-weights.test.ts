import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compensateWeights } from '../../../electron/engine/4-quantize/compensate-weights.ts';
import { buildVariant, type RoundedWeights } from '../../../electron/engine/6-search/variant.ts';
import { allAtOnce } from '../../../electron/engine/job/steps.ts';
import { optionsFor, plainVariant, settled } from '../6-search/search-options.ts';

test('weights are compensated within the range that the plan gives them, not in those that were tried before', async () => {
  const options = await optionsFor(settled);
  const rounded: RoundedWeights = { nearest: new Map(), compensated: null };
  const { nearest } = rounded;
  for (const weightRange of ['int8', 'int8-reduced'] as const)
    allAtOnce(buildVariant(options, { ...plainVariant, weightRange }, rounded));
  const { plan } = allAtOnce(buildVariant(options, plainVariant, rounded));
  const compensated = await compensateWeights(options.prepared.model, plan, nearest, { ...options, threads: 1 });
  assert.equal(compensated.size, 4);
  for (const [weight, rounded] of compensated) {
    assert.equal(nearest.get(weight)!.size, 3, weight.name);
    const [entry, ...others] = [...rounded];
    assert.deepEqual(others, [], weight.name);
    const [key, { data, scales, scheme }] = entry!;
    assert.equal(scheme.range, 'int8-pairs', weight.name);
    const before = nearest.get(weight)!.get(key)!;
    assert.deepEqual(scales, before.scales, weight.name);
    assert.notDeepEqual(data, before.data, weight.name);
  }
});
