import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describeTextModel } from '../../electron/engine/1-analyze/find-states.ts';
import { measureAccuracy } from '../../electron/engine/5-measure/accuracy.ts';
import { openDataset } from '../../electron/engine/data/open-dataset.ts';
import { indexGraph } from '../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { openSession } from '../../electron/engine/runtime/session.ts';
import { findRow } from '../../shared/metric-row.ts';
import { buildModel, floats, inMemory, integers, op } from './build-model.ts';
import { makeRequest } from './data/fixtures.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

/* Words with tags, and questions with answers in a text, from the file to the figures of two models. */

const folder = temporaryFolder();
const tokenizer = fileURLToPath(new URL('text-models/sentiment/tokenizer.json', import.meta.url));
await copyFile(tokenizer, join(folder, 'tokenizer.json'));
await writeFile(join(folder, 'config.json'), JSON.stringify({ id2label: { 0: 'O', 1: 'B-X', 2: 'I-X' } }));

const vocabulary = 160;
const takesIds = { inputs: { input_ids: [1, 'tokens'] }, types: { input_ids: 'int64' } } as const;
const rows = (width: number, valueAt: (id: number, at: number) => number) =>
  floats([vocabulary, width], Array.from({ length: vocabulary * width }, (_, index) => valueAt(Math.floor(index / width), index % width))); // prettier-ignore

/** Tags a token by its number. */
const tagger = (tagOf: (id: number) => number) =>
  buildModel({
    ...takesIds,
    outputs: 'logits',
    nodes: [op('Gather', 'table input_ids', 'logits')],
    weights: { table: rows(3, (id, tag) => Number(tagOf(id) === tag)) },
  });

/** Scores a token as the first and as the last of an answer by its number. */
const finder = (startOf: (id: number) => number, endOf: (id: number) => number) =>
  buildModel({
    ...takesIds,
    outputs: 'start_logits end_logits',
    nodes: (['start', 'end'] as const).flatMap((side) => [
      op('Gather', `${side} input_ids`, `${side}_column`),
      op('Squeeze', `${side}_column axes`, `${side}_logits`),
    ]),
    weights: { start: rows(1, startOf), end: rows(1, endOf), axes: integers([2]) },
  });

interface Given {
  readonly models: readonly [before: ReturnType<typeof tagger>, after: ReturnType<typeof tagger>];
  readonly file: string;
  readonly content: string;
  readonly dims?: Readonly<Record<string, number>>;
}

/** The rows that a run would have. */
async function measureTexts({ models: [before, after], file, content, dims = {} }: Given) {
  const [modelPath, path] = [join(folder, 'model.onnx'), join(folder, file)];
  await writeFile(modelPath, encodeModel(before));
  await writeFile(path, content);
  const session = await openSession(modelPath, { threads: 1 });
  const { inputs, outputs } = session;
  await session.release();
  const model = describeTextModel(modelPath, { inputs, outputs });
  const dataset = await openDataset(makeRequest({ path }), inputs, { seed: 0, dims, model });
  const { accuracy } = await measureAccuracy({
    before: modelPath,
    after: encodeModel(after),
    dataset,
    indices: Array.from({ length: dataset.count }, (_, index) => index),
    labels: dataset.labels,
    threads: 1,
    dims,
    source: { graph: indexGraph(inMemory(before)), shapes: new Map() },
  });
  const figures = (metric: string) => {
    const row = findRow(accuracy, metric);
    return row === null ? null : [row.before, row.after].map((value) => value && Math.round(value * 1e9) / 1e9);
  };
  return { accuracy, dataset, figures };
}

suite('words with tags', () => {
  // "so" (100) and "told" (118) begin an entity, "the" (56) goes on with it, "over" (99) and "g" (18) are none, "me" (112) begins one.
  const models = [tagger((id) => id % 3), tagger((id) => (id === 100 ? 0 : id % 3))] as const;
  const sentences = [
    { tokens: ['So', 'the', 'over'], tags: ['B-X', 'I-X', 'O'] },
    { tokens: ['told', 'over', 'me'], tags: ['B-X', 'O', 'O'] },
    // Pieces of a word behind its first say nothing.
    { tokens: ['gxg', 'so'], tags: ['O', 'B-X'] },
  ];
  const names = ['O', 'B-X', 'I-X'];
  const lines = (rename: (one: (typeof sentences)[number]) => object) =>
    sentences.map((one) => JSON.stringify(rename(one))).join('\n');
  const conll = `-DOCSTART- -X- O\n\n${sentences.map(({ tokens, tags }) => tokens.map((token, at) => `${token} NN ${tags[at]!}`).join('\n')).join('\n\n')}\n`;
  const files: readonly (readonly [file: string, content: string, dims?: Given['dims']])[] = [
    ['a.jsonl', lines((one) => one)],
    ['b.jsonl', lines(({ tokens, tags }) => ({ id: 7, words: tokens, pos_tags: tags.map(() => 'X'), ner_tags: tags.map((tag) => names.indexOf(tag)) }))], // prettier-ignore
    ['c.conll', conll],
    ['d.txt', conll],
    ['e.jsonl', lines((one) => one), { tokens: 12 }],
  ];
  for (const [file, content, dims = {}] of files)
    test(`have right figures: ${file}, ${JSON.stringify(dims)}`, async () => {
      const { figures, dataset } = await measureTexts({ models, file, content, dims });
      assert.deepEqual(figures('tokenAccuracy'), [7 / 8, 5 / 8]);
      assert.deepEqual(
        figures('entityF1'),
        [6 / 7, 1 / 3].map((value) => Math.round(value * 1e9) / 1e9),
      );
      assert.match(dataset.notes.join('\n'), /The first token of a word decides its tag/);
    });

  test('that are cut off are left out and told', async () => {
    const { dataset, figures } = await measureTexts({ models, file: 'f.jsonl', content: lines((one) => one), dims: { tokens: 4 } }); // prettier-ignore
    // Two tokens a text: the third word of both is gone, and the last one behind the pieces of another.
    assert.match(dataset.notes.join('\n'), /3 words are not compared/);
    assert.deepEqual(figures('tokenAccuracy'), [1, 4 / 5]);
  });

  test('that are wrong are refused with the line, before anything runs', async () => {
    const refused = (content: string, error: object, file = 'g.jsonl') =>
      assert.rejects(measureTexts({ models, file, content }), error);
    const line = '{"tokens":["so"],"tags":["O"]}\n';
    await refused(`${line}{"tokens":["so","me"],"tags":["O"]}`, { code: 'data-malformed', message: /line 2: "tags" does not hold one tag for each of the 2 words/ }); // prettier-ignore
    await refused(`${line}{"tokens":["so"],"tags":["B-Y"]}`, { code: 'labels-malformed', message: /line 2: .*"B-Y"/ });
    await refused(`${line}{"tokens":["so"],"tags":[3]}`, { code: 'labels-malformed', message: /ranks tags 0 to 2, but the data has tag 3/ }); // prettier-ignore
    await refused('so O\nme\n', { code: 'data-malformed', message: /line 2: it has a word without a tag/ }, 'g.conll');
  });
});

suite('questions with answers in a text', () => {
  // "honest" (107) begins the answer; "overall" (102) ends it, in the second model "honest" does. [CLS] (2) stands for none.
  const score = (wanted: number) => (id: number) => (id === wanted ? 10 : id === 2 ? 0 : -5);
  const models = [finder(score(107), score(102)), finder(score(107), score(107))] as const;
  const context = 'It was Honest, overall!';
  const asked = [{ text: ['an honest overall'], answer_start: [7] }, ['Honest, overall'], 'honest  overall', [{ text: 'no' }, { text: 'Honest overall' }]]; // prettier-ignore
  const questions = asked.map((answers) => ({ id: 'x', question: 'Honest?', context, answers }));
  const content = [...questions, { id: 'y', question: 'So?', context: 'they told me', answers: { text: [], answer_start: [] } }]; // prettier-ignore
  const lines = (all: readonly object[]) => all.map((one) => JSON.stringify(one)).join('\n');

  for (const dims of [{}, { tokens: 32 }] as Given['dims'][])
    test(`have right figures: ${JSON.stringify(dims)}`, async () => {
      const { figures, dataset } = await measureTexts({
        models,
        file: 'a.jsonl',
        content: lines(content),
        dims: dims!,
      });
      // The question has the word, too, and is no place for an answer.
      assert.deepEqual(figures('answerMatch'), [1, 1 / 5]);
      assert.deepEqual(figures('answerF1'), [1, Math.round((1e9 * (4 * (2 / 3) + 1)) / 5) / 1e9]);
      assert.match(dataset.notes.join('\n'), /1 questions have no answer/);
    });

  test('without answers are compared with each other; a text alone has places, and no classes', async () => {
    const bare = questions.map(({ question, context: text }) => ({ question, context: text }));
    const { figures, accuracy } = await measureTexts({ models, file: 'b.jsonl', content: lines(bare) });
    assert.deepEqual([figures('sameAnswer'), figures('answerF1')], [[null, 0], null]);
    assert.equal(accuracy.agreement.top1, null);
    const alone = await measureTexts({ models, file: 'c.txt', content: 'so it was\nthey told me\n' });
    assert.equal(alone.accuracy.agreement.top1, null);
  });

  const nest = (qas: readonly object[], text: unknown = context) => ({
    title: 't',
    paragraphs: [{ context: text, qas }],
  });
  const [unanswerable] = content.slice(-1) as [(typeof content)[number]];
  const squad = {
    version: 'v2.0',
    data: [
      nest(questions.map(({ question, answers }) => ({ id: '1', question, answers }))),
      // What was plausible is no right answer.
      nest([{ id: '2', question: 'So?', is_impossible: true, plausible_answers: [{ text: 'me' }], answers: [] }], unanswerable.context),
    ],
  }; // prettier-ignore
  for (const [name, value] of [
    ["SQuAD's own file", squad],
    ['a list of objects', content],
    ['a list of objects, as data', { data: content }],
  ] as const)
    test(`have right figures: ${name}`, async () => {
      const { figures, dataset } = await measureTexts({ models, file: 'a.json', content: JSON.stringify(value) });
      assert.deepEqual([figures('answerMatch'), dataset.count], [[1, 1 / 5], 5]);
      assert.deepEqual(figures('answerF1'), [1, Math.round((1e9 * (4 * (2 / 3) + 1)) / 5) / 1e9]);
    });

  test('that no file of questions has are refused', async () => {
    const refused = (value: unknown, message: RegExp) =>
      assert.rejects(
        measureTexts({ models, file: 'z.json', content: typeof value === 'string' ? value : JSON.stringify(value) }),
        { code: 'data-malformed', message },
      );
    for (const value of ['{"data": [', { data: [] }, { data: [{ paragraphs: 7 }] }, { data: [7] }, { rows: content }])
      await refused(value, /holds no texts: it should be a list of objects/);
    await refused({ data: [nest([{ question: 'So?', answers: [] }], 7)] }, /line 1: "context" holds no text/);
    await refused({ data: [nest([{ question: 'So?', answers: [] }, { question: 'So?', answers: [7] }])] }, /line 2: "answers" holds no answers/); // prettier-ignore
  });

  test('that are no texts are refused with the line', async () => {
    const wrong = [questions[0]!, { question: 'So?', context, answers: [7] }];
    await assert.rejects(measureTexts({ models, file: 'd.jsonl', content: lines(wrong) }), {
      code: 'data-malformed',
      message: /line 2: "answers" holds no answers/,
    });
  });
});
