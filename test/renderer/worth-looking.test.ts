import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWorthOrder } from '../../renderer/features/run/worth-looking.ts';
import { foldedInto } from '../../shared/engine-texts.ts';
import { good, ruined, ruinedLayer, slowedLayer, slower } from '../shared/decided-runs.ts';
import { fixtureRuns } from './stub-bridge.ts';

const { mobilenet } = fixtureRuns;

void test('what loses time or adds error comes first', () => {
  assert.equal(inWorthOrder(slower.layers)[0]!.name, slowedLayer);
  assert.equal(inWorthOrder(ruined.layers)[0]!.name, ruinedLayer);
  // Errors are handed on: those behind a broken layer are not its peers.
  const late = ruined.layers.findLastIndex(({ sqnrDb }) => sqnrDb !== null);
  const layers = good.layers.map((layer, index) => (index === late ? { ...layer, sqnrDb: 3 } : layer));
  assert.equal(inWorthOrder(layers)[0]!.name, layers[late]!.name);
});

void test('no layer is lost or told twice, and folded ones follow the one they became', () => {
  for (const { layers } of [mobilenet, slower, good]) {
    const ordered = inWorthOrder(layers);
    assert.equal(new Set(ordered).size, layers.length);
    const names = new Set(layers.map(({ name }) => name));
    let leader = '';
    for (const { name, reason } of ordered) {
      const into = foldedInto(reason);
      if (into === null || !names.has(into)) leader = name;
      else if (foldedInto(layers.find((layer) => layer.name === into)!.reason) === null)
        assert.equal(into, leader, name);
    }
  }
});

void test('layers that fold into each other are all there', () => {
  const [first, second] = good.layers;
  const circle = [
    { ...first!, name: 'a', reason: 'folded into b' },
    { ...second!, name: 'b', reason: 'folded into a' },
  ];
  assert.deepEqual(new Set(inWorthOrder(circle).map(({ name }) => name)), new Set(['a', 'b']));
});
