import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describeTextModel } from '../../electron/engine/1-analyze/find-states.ts';
import { measureAccuracy } from '../../electron/engine/5-measure/accuracy.ts';
import { openDataset } from '../../electron/engine/data/open-dataset.ts';
import { splitDataset } from '../../electron/engine/data/split.ts';
import { indexGraph } from '../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { openSession } from '../../electron/engine/runtime/session.ts';
import { findRow, mainRow } from '../../shared/metric-row.ts';
import type { Pooling } from '../../shared/tasks.ts';
import { buildModel, inMemory, noise, op } from './build-model.ts';
import { makeRequest } from './data/fixtures.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

/* Texts with numbers: pairs whose vectors should be as alike as the numbers say, and numbers that a model should give. */

const models = fileURLToPath(new URL('text-models/sentiment/', import.meta.url));
const folder = temporaryFolder();
await copyFile(join(models, 'tokenizer.json'), join(folder, 'tokenizer.json'));
const texts = readFileSync(join(models, 'reviews.csv'), 'utf8')
  .split('\n')
  .slice(1, 61)
  .map((line) => line.split('"')[1]!);

const width = 16;
const takesIds = { inputs: { input_ids: [1, 'tokens'] }, types: { input_ids: 'int64' } } as const;
/** A vector for each token of a text. */
const embedder = buildModel({
  ...takesIds,
  outputs: 'last_hidden_state',
  nodes: [op('Gather', 'words input_ids', 'last_hidden_state')],
  weights: { words: noise([2000, width], 5) },
});
/** One number a text. */
const judge = buildModel({
  ...takesIds,
  outputs: 'rating',
  nodes: [
    op('Gather', 'words input_ids', 'rows'),
    op('ReduceMean', 'rows', 'mean', { axes: [1], keepdims: 0 }),
    op('MatMul', 'mean w', 'rating'),
  ],
  weights: { words: noise([2000, width], 5), w: noise([width, 1], 6) },
});

async function openTexts(
  model: typeof judge,
  content: string,
  dims: Readonly<Record<string, number>> = {},
  pooling: Pooling | null = null,
) {
  const [modelPath, path] = [join(folder, 'model.onnx'), join(folder, 'texts.csv')];
  await writeFile(modelPath, encodeModel(model));
  await writeFile(path, content);
  const session = await openSession(modelPath, { threads: 1 });
  const { inputs: own, outputs } = session;
  await session.release();
  const options = { seed: 0, dims, model: describeTextModel(modelPath, { inputs: own, outputs }) };
  return { modelPath, dataset: await openDataset(makeRequest({ path, pooling }), own, options) };
}

/** What a model compared with itself is said to be. */
async function measureItself(
  model: typeof judge,
  content: string,
  dims: Readonly<Record<string, number>> = {},
  pooling: Pooling | null = null,
) {
  const { modelPath, dataset } = await openTexts(model, content, dims, pooling);
  const indices = Array.from({ length: dataset.count }, (_, index) => index);
  const { labels } = dataset;
  const source = { graph: indexGraph(inMemory(model)), shapes: new Map() };
  const report = await measureAccuracy({
    before: modelPath,
    after: modelPath,
    dataset,
    indices,
    labels,
    threads: 1,
    dims,
    source,
  });
  return { ...report, dataset };
}

const table = (header: string, rows: readonly (readonly (string | number)[])[]): string =>
  [header, ...rows.map((cells) => cells.map((cell) => `"${cell}"`).join(','))].join('\n');

/** Cosines of the means of the tokens' vectors, worked out one by one. */
async function cosines(): Promise<number[]> {
  const { modelPath, dataset } = await openTexts(
    embedder,
    table(
      'text',
      texts.map((text) => [text]),
    ),
  );
  const session = await openSession(modelPath, { threads: 1 });
  const vectors: number[][] = [];
  for (let index = 0; index < dataset.count; index++) {
    const { data } = (await session.run(await dataset.read(index))).last_hidden_state!;
    const rows = data.length / width;
    vectors.push(
      Array.from({ length: width }, (_, at) =>
        Array.from({ length: rows }, (__, row) => Number(data[row * width + at])).reduce(
          (sum, own) => sum + own / rows,
          0,
        ),
      ),
    );
  }
  await session.release();
  const dot = (one: number[], other: number[]) => one.reduce((sum, value, at) => sum + value * other[at]!, 0);
  return Array.from({ length: texts.length / 2 }, (_, pair) => {
    const [one, other] = [vectors[2 * pair]!, vectors[2 * pair + 1]!];
    return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
  });
}

const pairsWith = (scores: readonly (string | number)[], header = 'sentence1,sentence2,score'): string =>
  table(
    header,
    scores.map((score, pair) => [texts[2 * pair]!, texts[2 * pair + 1]!, score]),
  );

suite('pairs of texts with scores', () => {
  test('order a model of vectors as their cosines do, texts filled up or not', async () => {
    const scores = (await cosines()).map((cosine) => (5 * cosine).toFixed(9));
    for (const [header, dims] of [
      ['sentence1,sentence2,score', {}],
      ['text1,text2,similarity_score', {}],
      // Labels that are no class indices.
      ['premise,hypothesis,label', { tokens: 40 }],
    ] as const) {
      const { accuracy, diagnostics, dataset } = await measureItself(embedder, pairsWith(scores, header), dims);
      const row = mainRow(accuracy)!;
      assert.deepEqual([row.metric, row.count, dataset.count], ['spearman', 30, 60], header);
      assert.ok(Math.abs(row.before! - 1) < 1e-9, `${header}: ${row.before}`);
      assert.equal(findRow(accuracy, 'keptNeighbours')!.after, 1);
      assert.ok(diagnostics.some(({ code }) => code === 'vectors-averaged'));
      assert.match(dataset.notes.join('\n'), /scores of 30 pairs say how alike/);
    }
  });

  test('are pooled as the files beside the model say, and as somebody asks', async () => {
    const config = join(folder, '1_Pooling', 'config.json');
    await mkdir(join(folder, '1_Pooling'), { recursive: true });
    const scores = texts.slice(0, 30).map((_, pair) => pair / 7);
    const figureOf = async (json: object, pooling: Pooling | null = null) => {
      await writeFile(config, JSON.stringify(json));
      const { accuracy, diagnostics, dataset } = await measureItself(embedder, pairsWith(scores), {}, pooling);
      const said = diagnostics.find(({ code }) => code === 'vectors-averaged')!.message;
      return { figure: mainRow(accuracy)!.before!, said, notes: dataset.notes.join('\n') };
    };
    const mean = await figureOf({ pooling_mode_mean_tokens: true, include_prompt: true });
    const largest = await figureOf({ pooling_mode_max_tokens: true, pooling_mode_mean_tokens: false });
    assert.match(largest.said, /by "max" pooling, as 1_Pooling\/config\.json says/);
    assert.notEqual(largest.figure, mean.figure);
    assert.equal((await figureOf({ pooling_mode: 'max' })).figure, largest.figure);
    const asked = await figureOf({ pooling_mode_cls_token: true }, 'mean');
    assert.match(asked.said, /by "mean" pooling, as --pooling says/);
    assert.equal(asked.figure, mean.figure);
    const several = await figureOf({ pooling_mode_cls_token: true, pooling_mode_max_tokens: true });
    assert.match(several.notes, /not supported \(pooling_mode_cls_token, pooling_mode_max_tokens\): the mean/);
    assert.equal(several.figure, mean.figure);
    await rm(config);
  });

  test('stay on one side of the split', async () => {
    const { dataset } = await openTexts(embedder, pairsWith(texts.slice(0, 30).map((_, pair) => pair / 7)));
    const { evaluation, calibration } = await splitDataset(dataset, {
      calibrationCount: 20,
      evaluationCount: null,
      seed: 3,
    });
    assert.equal(calibration.length, 20);
    const sideOf = (index: number): boolean => evaluation.includes(index);
    for (const { first, second } of dataset.scoredPairs!) assert.equal(sideOf(first), sideOf(second));
  });

  test('are targets of a model that gives one number, as are scores of single texts', async () => {
    for (const content of [
      pairsWith(texts.slice(0, 30).map((_, pair) => (pair % 11) / 2)),
      table(
        'review,rating',
        texts.slice(0, 30).map((text, at) => [text, at % 5]),
      ),
    ]) {
      const { accuracy, dataset } = await measureItself(judge, content);
      assert.equal(dataset.count, 30);
      assert.deepEqual(
        accuracy.metrics.filter(({ against }) => against === 'targets').map(({ metric }) => metric),
        ['mae', 'rmse', 'r2', 'spearman'],
      );
      assert.match(
        dataset.notes.join('\n'),
        /scores in "texts\.csv" are the targets that both models are compared with/,
      );
    }
  });

  test('that are no numbers are refused with their line; whole numbers called labels stay classes', async () => {
    const refused = { code: 'labels-malformed', message: /line 4: "high" is not a number/ };
    await assert.rejects(openTexts(embedder, pairsWith([1, 2.5, 'high'])), refused);
    await assert.rejects(openTexts(judge, pairsWith([1, 2.5, ''])), { code: 'labels-malformed' });
    const { dataset } = await openTexts(embedder, pairsWith([0, 1, 1, 0], 'sentence1,sentence2,label'));
    assert.deepEqual([dataset.scoredPairs, [...dataset.labels!]], [undefined, [0, 1, 1, 0]]);
  });
});
