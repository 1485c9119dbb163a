import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { renderData } from '../../electron/cli/data-view.ts';
import { buildDataRequest } from '../../electron/cli/run-options.ts';
import { findTextCompanions } from '../../electron/engine/data/tokenizer.ts';
import { previewData } from '../../electron/engine/preview.ts';

const models = fileURLToPath(new URL('../engine/text-models/', import.meta.url));

void test('a terminal shows texts, their tokens and what the model is fed', async () => {
  const modelPath = `${models}language/model.onnx`;
  const data = buildDataRequest({ data: `${models}language/unseen.txt` }, false);
  const shown = renderData(await previewData({ modelPath, data, dims: {} }, null)).join('\n');
  assert.match(shown, /37 samples \(texts\)\n/);
  assert.match(shown, /unseen\.txt #13\S* {2}128 tokens\n/);
  assert.match(shown, /NATS\]\(https:\/\/nats\.io\)/);
  assert.match(shown, /# \| Ġ \| A \| Ġl \| ab \|/);
  assert.match(shown, /past_key_values\.0\.key +float32 +\[1 x 4 x 0 x 10\]/);
  assert.doesNotMatch(shown, /labelled/);
});

void test('a lab is sent what texts are read by, beside the model', async () => {
  const names = async (folder: string) =>
    (await findTextCompanions(`${models}${folder}/model.onnx`)).map(({ name }) => name);
  assert.deepEqual(await names('sentiment'), ['tokenizer.json', 'config.json']);
  assert.deepEqual(await names('none'), []);
});
