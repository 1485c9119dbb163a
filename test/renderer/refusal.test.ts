import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRefusal, newDraft } from '../../renderer/features/experiment/draft.ts';
import { AppError } from '../../shared/app-error.ts';
import { quoteText } from '../../shared/engine-texts/tell.ts';

const draft = { ...newDraft(1), modelPath: '/m.onnx', data: { ...newDraft(1).data, path: '/data' } };
const labelled = { ...draft, data: { ...draft.data, labelsPath: '/labels.csv' } };

void test('what looking refuses keeps Run from being pressed, and names the field', () => {
  const error = (code: AppError['code']) => new AppError(code, quoteText(code));
  assert.equal(findRefusal(draft, null, null), null);
  assert.equal(findRefusal(draft, error('model-malformed'), error('data-missing'))?.field, 'model');
  for (const code of ['data-missing', 'data-malformed', 'data-shape-mismatch', 'file-not-found'] as const) {
    assert.equal(findRefusal(draft, null, error(code))?.field, 'data', code);
  }
  assert.equal(findRefusal(labelled, null, error('labels-malformed'))?.field, 'labels');
  assert.equal(findRefusal(draft, null, error('labels-malformed'))?.field, 'data');
});

void test('a look that ran out of time, memory or luck says nothing of a run', () => {
  for (const code of ['time-limit', 'out-of-memory', 'engine-crashed', 'internal'] as const) {
    assert.equal(
      findRefusal(draft, new AppError(code, quoteText(code)), new AppError(code, quoteText(code))),
      null,
      code,
    );
  }
  assert.equal(findRefusal(draft, new Error('lost connection'), null), null);
});
