import assert from 'node:assert/strict';
import test from 'node:test';
import { retell, translateEngineText } from '../../shared/engine-texts.ts';
import { formerPhrases } from '../../shared/engine-texts/former-sentences.ts';
import { takeApart } from '../../shared/engine-texts/said.ts';
import { say, slotPattern, textTables, texts, type TextCode } from '../../shared/engine-texts/say.ts';
import type { TextEntry } from '../../shared/engine-texts/text-table.ts';

const entries: readonly (readonly [string, TextEntry])[] = Object.entries(texts);
const slotsOf = (text: string): string[] => [...text.matchAll(slotPattern)].map(([, name]) => name!).sort();
/** Values for the slots of a sentence, such as names have. */
const fill = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/\{(#?)([a-zA-Z]+)\}/g)].map(([, number, name]) => [
      name!,
      number === '#' ? '7' : `/a.${name!}+`,
    ]),
  );
const sayAny = say as (code: TextCode, slots?: Record<string, string>) => string;

void test('every sentence has the same slots in both languages, and Chinese words in the second', () => {
  for (const [code, { en, one, zh }] of entries) {
    assert.deepEqual(slotsOf(zh), slotsOf(en), code);
    if (one !== undefined)
      assert.ok(
        slotsOf(one).every((name) => slotsOf(en).includes(name)),
        code,
      );
    // Names of filters are the same in both.
    assert.ok(/\p{Script=Han}/u.test(zh) || zh.toLowerCase() === en, code);
    assert.doesNotMatch(zh, /\{#/, `${code}: the sign of a number belongs to the English alone`);
  }
});

void test('a sentence taken apart is the code and the slots it was said with', () => {
  for (const [code, { en }] of entries) {
    const slots = fill(en);
    assert.deepEqual(takeApart(sayAny(code as TextCode, slots)), { code, slots });
  }
  assert.deepEqual(takeApart(say('floatLastSteps', { count: 1 })), { code: 'floatLastSteps', slots: { count: '1' } });
  assert.equal(translateEngineText('float: last step', 'zh-CN'), '浮点：最后 1 步');
  assert.equal(takeApart('something that nobody says'), null);
  assert.equal(takeApart(''), null);
});

void test('a sentence in its former words is known by its code, and told in Chinese', () => {
  const former = formerPhrases.map(([sentence, code]) => ({ sentence, code, slots: fill(sentence) }));
  assert.ok(former.length > 30);
  for (const { sentence, code, slots } of former) {
    const { en, one } = texts[code as TextCode] as TextEntry;
    assert.ok(sentence !== en && sentence !== one, `${code} is worded so today`);
    assert.deepEqual(slotsOf(sentence), slotsOf(en), code);
    const said = sentence.replace(slotPattern, (_, name: string) => slots[name]!);
    assert.deepEqual(takeApart(said), { code, slots });
    assert.equal(retell(null, said, 'zh-CN'), retell({ code, slots }, '', 'zh-CN'), code);
    assert.match(translateEngineText(said, 'zh-CN'), /\p{Script=Han}/u, code);
  }
  // As a run of August 2026 has it.
  assert.equal(
    translateEngineText(
      'Opset 8 was raised to 13, where int8 operators exist; every node means the same there.',
      'zh-CN',
    ),
    'opset 由 8 升为 13，int8 算子从该版本起存在；各节点含义不变。',
  );
});

void test('no two codes say the same, and no code is in two tables', () => {
  assert.equal(textTables.flatMap((table) => Object.keys(table)).length, entries.length);
  const seen = entries.flatMap(([, { en, one }]) => (one === undefined ? [en] : [en, one]));
  assert.equal(new Set(seen).size, seen.length);
});

void test('what is kept by its code is told in Chinese whatever its sentence was, and names stay', () => {
  const said = { code: 'behindSelection', slots: { node: 'excluded' } };
  assert.equal(retell(said, 'worded as it never was', 'zh-CN'), '它处理 excluded 选出的结果，而 int8 可能改变其数量');
  const quoted = { code: 'calibrationEmpty', slots: { tensor: 'it has no weights' } };
  assert.match(retell(quoted, '', 'zh-CN'), /“it has no weights”/);
  assert.equal(retell(said, 'the sentence', 'en'), 'the sentence');
});

void test('documents of versions that kept sentences, and codes of versions to come, are told by their sentences', () => {
  const sentence = say('weightVector');
  assert.equal(retell(undefined, sentence, 'zh-CN'), '权重是向量');
  assert.equal(retell({ code: 'ofTomorrow', slots: {} }, sentence, 'zh-CN'), '权重是向量');
  assert.equal(retell({ code: 'constructor', slots: {} }, 'New.', 'zh-CN'), 'New.');
  assert.equal(translateEngineText('folded into conv "1"', 'zh-CN'), '折叠进 conv "1"');
});
