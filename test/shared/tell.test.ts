import assert from 'node:assert/strict';
import test from 'node:test';
import { AppError, deserializeError, recordError, serializeError } from '../../shared/app-error.ts';
import { retellError } from '../../shared/engine-texts.ts';
import { errorTables, errorTexts } from '../../shared/engine-texts/error-texts.ts';
import { takeApart, toldSchema } from '../../shared/engine-texts/said.ts';
import { say, slotPattern, texts } from '../../shared/engine-texts/say.ts';
import { deepestTold, joinTold, quoteText, readTold, tell, type Told } from '../../shared/engine-texts/tell.ts';
import type { TextEntry } from '../../shared/engine-texts/text-table.ts';

const entries: readonly (readonly [string, TextEntry])[] = Object.entries(errorTexts);
const slotsOf = (text: string): string[] =>
  [...new Set([...text.matchAll(slotPattern)].map(([, name]) => name!))].sort();
/** Two words of lower case in a row; code, what is quoted or stands in brackets, and a format of files are not prose. */
const findEnglish = (text: string) =>
  /[a-z]{2,} [a-z]{2,}/.exec(text.replace(/`[^`]*`|“[^”]*”|Python pickle|\([^)]*\)|\{[^}]*\}/g, ''))?.[0];

void test('every error has the same slots in both languages, and Chinese words in the second', () => {
  for (const [code, { en, one, zh }] of entries) {
    assert.deepEqual(slotsOf(zh), slotsOf(en), code);
    if (one !== undefined)
      assert.ok(
        slotsOf(one).every((name) => slotsOf(en).includes(name)),
        code,
      );
    assert.doesNotMatch(zh, /\{[#&]/, `${code}: the sign of a slot belongs to the English alone`);
    const words = en.replaceAll(slotPattern, '').match(/[a-z]+/g) ?? [];
    assert.ok(/\p{Script=Han}/u.test(zh) || words.length < 2, code);
    assert.equal(findEnglish(zh), undefined, code);
  }
});

void test('no code of an error is in two tables, or in one of the other sentences', () => {
  assert.equal(errorTables.flatMap((table) => Object.keys(table)).length, entries.length);
  assert.deepEqual(
    entries.map(([code]) => code).filter((code) => Object.hasOwn(texts, code)),
    [],
  );
  const seen = new Map<string, string>();
  for (const [code, { en }] of entries) {
    assert.equal(seen.get(en), undefined, `${code} says the same as ${seen.get(en)}`);
    seen.set(en, code);
  }
});

const missing = new AppError('file-not-found', tell('fileMissing', { path: '/a "b" Ä\u202e.onnx' }));

void test('an error says the same after any number of processes, in both languages', () => {
  const wrapped = new AppError('input-changed', tell('inputChangedWhileMeasured', { error: missing.said }));
  const sent: unknown = JSON.parse(JSON.stringify(serializeError(wrapped)));
  const back = deserializeError(sent as ReturnType<typeof serializeError>);
  assert.ok(back instanceof AppError);
  assert.equal(
    back.message,
    'An input changed while it was measured, so nothing was written. There is no file "/a "b" Ä\u202e.onnx".',
  );
  assert.equal(retellError(back, 'en'), back.message);
  assert.equal(
    retellError(back, 'zh-CN'),
    '输入在测量期间发生了变化，因此没有写入结果。没有文件“/a "b" Ä\u202e.onnx”。',
  );
  assert.deepEqual(toldSchema.parse(recordError(wrapped).said), wrapped.said);
});

void test('what is no AppError speaks for itself', () => {
  assert.equal(serializeError(new TypeError('x is undefined')).message, 'Internal error: x is undefined');
  assert.equal(readTold(quoteText('x is undefined'), 'zh'), 'x is undefined');
  assert.deepEqual(recordError('a text').said, tell('internalError', { message: 'a text' }));
});

void test('errors of other versions are shown in English: without a code, or with one that is not known', () => {
  const old = deserializeError({ code: 'file-not-found', message: 'Something old.' });
  assert.equal(retellError(old, 'zh-CN'), 'Something old.');
  const said = { code: 'ofTomorrow', slots: {} };
  assert.equal(deserializeError({ code: 'file-not-found', message: 'Something new.', said }).message, 'Something new.');
  assert.equal(retellError({ message: 'Something new.', said }, 'zh-CN'), 'Something new.');
  assert.equal(retellError({ message: 'Kept alone.' }, 'zh-CN'), 'Kept alone.');
  // Of a sentence that is known a part may not be, or be left out by whoever wrote it.
  assert.equal(
    readTold({ code: 'inputChangedWhileMeasured', slots: { error: said } }, 'zh').includes('ofTomorrow'),
    true,
  );
  assert.equal(readTold({ code: 'fileMissing', slots: {} }, 'en'), 'There is no file "".');
});

void test('a number chooses the English of one, and lists are joined as each language does', () => {
  const problem = quoteText('It is damaged.');
  const backup = (count: number) => tell('damagedWithBackup', { problem, when: '2026', count, path: '/h' });
  assert.match(readTold(backup(1), 'en'), /with 1 run:/);
  assert.match(readTold(backup(2), 'en'), /with 2 runs:/);
  const list = joinTold('reasons', [tell('roundsForEver'), tell('roundsCounted', { count: 3 })]);
  assert.equal(readTold(list, 'en'), 'for ever; 3 times');
  assert.equal(readTold(list, 'zh'), '无限；3 次');
});

void test('names and texts of any length, and errors in errors without end, come to an end', () => {
  const long = new AppError('file-not-found', tell('fileMissing', { path: 'p'.repeat(1e6) }));
  assert.ok(long.message.length < 300 && JSON.stringify(long.said).length < 400);
  let said: Told = missing.said;
  for (let depth = 0; depth < 50; depth++) said = tell('inputChangedWhileMeasured', { error: said });
  assert.deepEqual(toldSchema.parse(said), said);
  let hostile: Told = missing.said;
  for (let depth = 0; depth <= deepestTold + 1; depth++) hostile = { code: 'modelUnusable', slots: { error: hostile } };
  assert.throws(() => toldSchema.parse(hostile));
});

void test('what is told within what is told is told in the same language', () => {
  const what = tell('wireEndsInNumber');
  const unusable = tell('modelUnusable', { path: '/a.onnx', error: tell('wireMalformed', { what, position: 12 }) });
  assert.equal(
    readTold(unusable, 'zh'),
    '“/a.onnx”无法使用：文件在一个数字中间结束（第 12 字节）。文件不是 ONNX，或不完整、已损坏，请重新复制或导出。',
  );
  // Reasons of layers are sentences of the other tables: what a document keeps of one is told, too.
  const reasons = [tell('reasonOfNamedNodes', { count: 2, names: '"a" ...', reason: takeApart(say('weightVector'))! })];
  const nothing = tell('nothingQuantizable', { path: 'm.onnx', count: 2, reasons: joinTold('reasons', reasons) });
  assert.match(readTold(nothing, 'en'), /Of its 2 nodes: 2 \("a" \.\.\.\): its weight is a vector\. `vernier/);
  assert.match(readTold(nothing, 'zh'), /2 个节点中，2 个（"a" \.\.\.）：权重是向量。/);
});
