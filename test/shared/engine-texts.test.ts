import assert from 'node:assert/strict';
import test from 'node:test';
import { opEntry, quantizableOpTypes } from '../../electron/engine/2-plan/op-table.ts';
import { foldedInto, translateEngineText } from '../../shared/engine-texts.ts';
import { recipePresets } from '../../shared/recipe.ts';
import { readRealRun } from '../report/real-runs.ts';

const runs = (['resnet8-auto', 'resnet8-minmax'] as const).map((name) => readRealRun(name));

function assertTranslated(texts: Iterable<string>): void {
  const unknown = [...new Set(texts)].filter(
    (text) => text !== '' && !/\p{Script=Han}/u.test(translateEngineText(text, 'zh-CN')),
  );
  assert.deepEqual(unknown, []);
}

void test('English stays as the engine wrote it', () => {
  assert.equal(translateEngineText('folded into conv_1', 'en'), 'folded into conv_1');
});

void test('what varies in a sentence is kept', () => {
  assert.equal(translateEngineText('folded into the range of /conv', 'zh-CN'), '折叠进 /conv 的范围');
  assert.equal(
    translateEngineText(
      '3 of 7 quantized Conv nodes did not become QLinearConv in ONNX Runtime; they run in float between conversions.',
      'zh-CN',
    ),
    '7 个已量化的 Conv 节点中有 3 个在 ONNX Runtime 中没有融合成 QLinearConv，仍在转换之间以浮点运行。',
  );
  assert.equal(translateEngineText('Something new.', 'zh-CN'), 'Something new.');
});

void test('everything real runs say is known', () => {
  for (const { layers, diagnostics, candidates } of runs) {
    assertTranslated(layers.map((layer) => layer.reason));
    assertTranslated(diagnostics.map((diagnostic) => diagnostic.message));
    assertTranslated(candidates.map((candidate) => candidate.name));
  }
});

void test('every reason of the operator table is known', () => {
  const reasons = ['Elu', 'LSTM', 'GRU', 'If', 'BatchNormalization', ...quantizableOpTypes].flatMap(
    (opType) => opEntry('', opType)?.floatReason ?? [],
  );
  assert.ok(reasons.length >= 5);
  assertTranslated(reasons);
});

void test('every preset describes itself in Chinese, too', () => {
  assertTranslated(Object.values(recipePresets).map((preset) => preset.description!));
});

void test('the layer that another was folded into is found by name', () => {
  assert.equal(foldedInto('folded into the range of /stem/conv'), '/stem/conv');
  assert.equal(foldedInto('folded into /stem/conv'), '/stem/conv');
  assert.equal(foldedInto('folded into a constant or removed'), null);
  assert.equal(foldedInto('excluded by the recipe'), null);
});
