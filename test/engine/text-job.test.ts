import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describeTextModel } from '../../electron/engine/1-analyze/find-states.ts';
import { measureAccuracy } from '../../electron/engine/5-measure/accuracy.ts';
import { compress } from '../../electron/engine/compress.ts';
import { openDataset } from '../../electron/engine/data/open-dataset.ts';
import { previewData } from '../../electron/engine/preview.ts';
import { spawnNodeChild } from '../../electron/engine/runtime/child-process.ts';
import { openSession } from '../../electron/engine/runtime/session.ts';
import { compressRequestSchema, type DataRequest } from '../../shared/compress-request.ts';
import { findRow, mainRow } from '../../shared/metric-row.ts';
import { recipePresets } from '../../shared/recipe.ts';
import { runDocumentSchema } from '../../shared/run.ts';
import { makeRequest } from './data/fixtures.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

/* Trained models of texts from file to verdict (text-models/make-text-models.py trained them). */

const models = fileURLToPath(new URL('text-models/', import.meta.url));
const references = JSON.parse(readFileSync(join(models, 'references.json'), 'utf8')) as {
  readonly language: { readonly blocks: number; readonly perplexity: number; readonly greedy: readonly number[] };
  readonly sentiment: { readonly accuracy: number };
};
const folder = temporaryFolder();
const context = {
  signal: new AbortController().signal,
  onEvent: () => undefined,
  spawnChild: spawnNodeChild,
  allowedFolders: null,
};

/** A trained model, opened with its texts as a run opens them. */
async function openTrained(kind: 'language' | 'sentiment', request: Partial<DataRequest>, dims = {}) {
  const modelPath = join(models, kind, 'model.onnx');
  const session = await openSession(modelPath, { threads: 1 });
  const { inputs, outputs } = session;
  const options = { seed: 0, dims, model: describeTextModel(modelPath, { inputs, outputs }) };
  await session.release();
  return { modelPath, dataset: await openDataset(makeRequest(request), inputs, options) };
}

async function measureItself(...given: Parameters<typeof openTrained>) {
  const { modelPath, dataset } = await openTrained(...given);
  const indices = Array.from({ length: dataset.count }, (_, index) => index);
  const { labels } = dataset;
  const dims = given[2] ?? {};
  return measureAccuracy({ before: modelPath, after: modelPath, dataset, indices, labels, threads: 1, dims });
}

suite('a trained language model', () => {
  const path = join(models, 'language', 'unseen.txt');

  test('has the perplexity that torch gives it, its cache empty', async () => {
    const { accuracy, classOutput } = await measureItself('language', { path }, { sequence_length: 64 });
    const row = mainRow(accuracy)!;
    assert.equal(row.metric, 'perplexity');
    assert.ok(Math.abs(row.before! / references.language.perplexity - 1) < 1e-5, String(row.before));
    assert.deepEqual([row.count, row.difference, classOutput], [references.language.blocks, 0, null]);
  });

  test('is compressed and judged by it', async () => {
    const request = compressRequestSchema.parse({
      runId: 'language',
      modelPath: join(models, 'language', 'model.onnx'),
      outPath: join(folder, 'language.int8.onnx'),
      data: makeRequest({ path }),
      recipe: { ...recipePresets['int8-static-minmax'], calibrationSamples: 8 },
      evaluationSamples: 12,
      gates: { maxDrops: { perplexity: 5, klDivergence: 1e-9 } },
    });
    const document = await compress(request, context);
    assert.deepEqual(runDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
    const row = mainRow(document.accuracy)!;
    assert.ok(row.before! > 30 && row.before! < 60 && Math.abs(row.difference!) < 2);
    assert.ok(row.ci95![0] <= row.difference! && row.ci95![1] >= row.difference! && row.test !== null);
    assert.match(document.verdict[0]!, /perplexity \d\d\.\d+ -> \d\d\.\d+/);
    assert.doesNotMatch(document.verdict.join(), /class/);
    const shareOf = (metric: string): number => findRow(document.accuracy, metric)!.after!;
    assert.ok(shareOf('sameNextToken') > 0.9 && shareOf('klDivergence') > 0 && shareOf('klDivergence') < 0.01);
    assert.ok(shareOf('sameContinuation') > 0.2 && shareOf('sameContinuation') <= 1);
    assert.deepEqual(
      document.gates.map(({ metric, met }) => [metric, met]),
      [
        ['perplexity', true],
        ['klDivergence', false],
      ],
    );
    assert.equal(document.data.kind, 'texts');
    assert.equal(document.accuracy.closedLoop, null);
  });
});

suite('a trained classifier of texts', () => {
  const path = join(models, 'sentiment', 'reviews.csv');

  test('is as good as torch says, by names of classes', async () => {
    const { accuracy, samples } = await measureItself('sentiment', { path });
    assert.equal(mainRow(accuracy)!.metric, 'top1');
    assert.equal(mainRow(accuracy)!.before, references.sentiment.accuracy);
    assert.ok(findRow(accuracy, 'macroF1')!.before! > 0.8);
    assert.equal(samples.classNames['2'], 'positive');
    assert.match(samples.rows[0]!.name!, /^reviews\.csv:\d+$/);
  });

  test('is shown what it is fed, and refuses tokens and labels of another model', async () => {
    const modelPath = join(models, 'sentiment', 'model.onnx');
    const preview = await previewData({ modelPath, data: makeRequest({ path }), dims: {} }, null);
    assert.deepEqual([preview.kind, preview.count, preview.classes], ['texts', 240, 3]);
    const [first] = preview.texts;
    assert.equal(first!.text, readFileSync(path, 'utf8').split('\n')[1]!.split('"')[1]);
    assert.equal(first!.tokens[0], '[CLS]');
    assert.equal(first!.length, first!.tokens.length);
    assert.equal(first!.label, 'negative');

    const other = { path, tokenizerPath: join(models, 'language', 'tokenizer.json') };
    await assert.rejects(previewData({ modelPath, data: makeRequest(other), dims: {} }, null), {
      code: 'data-shape-mismatch',
      message: /Token \d+ \(".*"\) of "tokenizer\.json" is outside the embedding of the model, which has rows 0 to \d+/,
    });
    // Numbered from 1.
    await mkdir(join(folder, 'onnx'));
    await copyFile(modelPath, join(folder, 'onnx', 'model.onnx'));
    await copyFile(join(models, 'sentiment', 'tokenizer.json'), join(folder, 'tokenizer.json'));
    const data = makeRequest({ path: join(folder, 'ones.csv') });
    writeFileSync(data.path!, 'text,label\nawful,1\nplain,2\ngreat,3\n');
    await assert.rejects(previewData({ modelPath: join(folder, 'onnx', 'model.onnx'), data, dims: {} }, null), {
      code: 'labels-malformed',
      message: /Sample 2 has label 3, but output "logits" ranks classes 0 to 2/,
    });
  });
});
