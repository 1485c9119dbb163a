import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { exclusionReason } from '../../../electron/engine/2-plan/select-nodes.ts';
import { recipeSchema } from '../../../shared/recipe.ts';
import { op } from '../build-model.ts';

/** Whether `/pattern/` selects a node of this name. */
function selects(pattern: string, name: string): boolean {
  const reason = exclusionReason(recipeSchema.parse({ excludeNodes: [`/${pattern}/`] }));
  return reason(Object.assign(op('Conv', 'x w', 'y'), { name })) !== '';
}

suite('regular expressions over node names', () => {
  // JavaScript's own matcher would not come to an end with any of these.
  for (const [pattern, name, expected] of [
    ['^(a+)+$', `${'a'.repeat(20_000)}!`, false],
    ['^(a|aa)+$', `${'a'.repeat(20_000)}!`, false],
    ['(x+x+)+y', 'x'.repeat(20_000), false],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(5_000), false],
    ['(.*a){12}b', `${'a'.repeat(5_000)}c`, false],
  ] as const) {
    test(`/${pattern}/ takes time linear in the name`, () => assert.equal(selects(pattern, name), expected));
  }

  for (const [pattern, name, expected] of [
    ['^/block\\/conv\\d$', '/block/conv1', true],
    ['conv', '/block/conv1', true],
    ['^conv', '/block/conv1', false],
    ['(?<part>block)\\b', '/block/conv1', true],
    ['(?i)CONV', '/block/conv1', true],
    ['^[\\w./-]{3,20}$', '/a.b-c', true],
    ['\\u0041\\u{42}', 'AB', true],
    ['^.$', '😀', true],
    ['\\p{Lu}', 'é', false],
  ] as const) {
    test(`/${pattern}/ means what it means in JavaScript`, () => assert.equal(selects(pattern, name), expected));
  }

  for (const [pattern, reason] of [
    ['(?=a)b', /Look-around and back references/],
    ['(a)\\1', /Look-around and back references/],
    ['[', /missing closing \]/],
    ['a{1001}', /repeat count/],
    ['(a{9}){9}'.repeat(200), /1800 characters\. At most 1000 are allowed/],
  ] as const) {
    test(`/${pattern.slice(0, 20)}/ is refused with the reason`, () => {
      assert.throws(() => selects(pattern, 'a'), { code: 'recipe-invalid', message: reason });
    });
  }
});
