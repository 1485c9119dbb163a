import assert from 'node:assert/strict';
import test from 'node:test';
import { retellError, translateEngineText, type TextLanguage } from '../../shared/engine-texts.ts';
import { openSourceTexts } from './source-texts.ts';

const sources = openSourceTexts();
const translateMessage = (message: string, language: TextLanguage) => retellError({ message }, language);

/** Mistakes in the arguments of a command: there is no window yet, or none that could have made them. */
const onCommandLineOnly = [
  /^--(?:out|keep-prepared) names /,
  /: (?:give another --out|name another file with --keep-prepared), or --force to replace it\.$/,
];

/** Two words of lower case in a row; code, what is quoted or stands in brackets, and a format of files are not prose. */
function findEnglish(text: string): string | undefined {
  return /[a-z]{2,} [a-z]{2,}/.exec(text.replace(/`[^`]*`|“[^”]*”|Python pickle|\([^)]*\)/g, ''))?.[0];
}

void test('every error that a window or a report can show has a translation', () => {
  const messages = sources.errorMessages().filter(({ place }) => !place.startsWith('electron/cli/'));
  const untranslated = messages
    .filter(({ text }) => text !== 'SAMPLE' && !onCommandLineOnly.some((exempt) => exempt.test(text)))
    .map(({ place, text }) => ({ place, text, translation: translateMessage(text, 'zh-CN') }))
    .filter(({ translation }) => !/\p{Script=Han}/u.test(translation) || findEnglish(translation) !== undefined);
  assert.deepEqual(untranslated, []);
  const unused = onCommandLineOnly.filter((exempt) => !messages.some(({ text }) => exempt.test(text)));
  assert.deepEqual(unused, [], 'exemptions for messages that are gone');
});

void test('every warning in the log of a run has a translation', () => {
  const warnings = sources.argumentTexts('onWarning').map(({ text }) => text);
  assert.deepEqual(
    warnings.filter((text) => findEnglish(translateMessage(text, 'zh-CN')) !== undefined),
    [],
  );
});

void test('every reason why something is garbage, or stays, has a translation', () => {
  const reasons = sources.propertyTexts('electron/store/collect-garbage.ts', 'reason').map(({ text }) => text);
  assert.ok(reasons.includes('left by run SAMPLE, which failed') && reasons.includes('another run uses it'));
  const untranslated = reasons.filter((text) => text !== 'SAMPLE' && findEnglish(translateEngineText(text, 'zh-CN')));
  assert.deepEqual(untranslated, []);
});

void test('an error within an error is translated with it', () => {
  assert.equal(
    translateMessage(
      '"/models/a.onnx" cannot be used: It ends within a number at byte 12. It is not ONNX, or was cut short or damaged; copy or export it again.',
      'zh-CN',
    ),
    '“/models/a.onnx”无法使用：文件在一个数字中间结束（第 12 字节）。文件不是 ONNX，或不完整、已损坏，请重新复制或导出。',
  );
});

void test('the reasons an error lists are translated one by one', () => {
  assert.equal(
    translateMessage(
      'Nothing in "m.onnx" can be quantized. Of its 3 nodes: 2: there is no int8 kernel for it; 1: its weight is a vector. `vernier inspect` tells the reason of each.',
      'zh-CN',
    ),
    '“m.onnx”中没有可量化的层。3 个节点中，2 个：没有对应的 int8 内核；1 个：权重是向量。`vernier inspect` 可列出每个节点的原因。',
  );
});

void test('English stays, and so does what is not known', () => {
  assert.equal(translateMessage('There is no folder "/x".', 'en'), 'There is no folder "/x".');
  assert.equal(translateMessage('Something new.', 'zh-CN'), 'Something new.');
});
