import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../shared/app-error.ts';
import { createTranslator } from '../../shared/engine-texts/phrase.ts';
import { cutMessage, cutText, takeEnd, takeStart } from '../../shared/cut-text.ts';
import { quoteText } from '../../shared/engine-texts/tell.ts';

test('a character of two halves is kept whole or left out', () => {
  assert.equal(takeStart('ab😀', 3), 'ab');
  assert.equal(takeStart('ab😀', 4), 'ab😀');
  assert.equal(takeEnd('😀ab', 3), 'ab');
  assert.equal(takeEnd('😀ab', 4), '😀ab');
  assert.doesNotThrow(() => encodeURIComponent(cutText('x😀'.repeat(100), 41)));
});

test('long names are cut in messages, and what stands around them stays', () => {
  const name = 'n'.repeat(2_000_000);
  const { message } = new AppError('model-unsupported', quoteText(`Node "${name}" has no input "x". Export it again.`));
  assert.match(message, /^Node "n+…n+" has no input "x"\. Export it again\.$/);
  assert.ok(message.length < 300, String(message.length));
  assert.equal(cutMessage('Node "Conv_1" has no input.'), 'Node "Conv_1" has no input.');
  assert.ok(cutMessage('"'.repeat(100_000)).length <= 4000);
});

test('sentences of a megabyte are translated in one pass', () => {
  const translate = createTranslator([
    ['"{path}" holds {#n} of {what} and {rest}.', '“{path}”：{what}、{rest}（{n}）。'],
    ['{#a} of {#b} nodes', '{b} 个节点中的 {a} 个'],
    ['much', '很多'],
  ]);
  assert.equal(translate('"a" holds 12 of much and 3 of 4 nodes.'), '“a”：很多、4 个节点中的 3 个（12）。');
  // The first of two places that fit, and the end of the text only at its end.
  assert.equal(translate('"a" holds 1 of b and c and d.'), '“a”：b、c and d（1）。');
  assert.equal(translate('"a" holds some of b and c.'), '"a" holds some of b and c.');
  for (const piece of ['" holds ', '1', ' of ', '" holds 1 of ', ' and '])
    assert.equal(translate(`"${piece.repeat(150_000)}!`), `"${piece.repeat(150_000)}!`);
});
