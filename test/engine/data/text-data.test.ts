import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDataset, type OpenDatasetOptions } from '../../../electron/engine/data/open-dataset.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { makeFolder, makeRequest, rejects } from './fixtures.ts';

/* Texts as models take them: files, tokens, what goes with them, labels, and what is refused. */

const models = fileURLToPath(new URL('../text-models/', import.meta.url));
const references = JSON.parse(readFileSync(join(models, 'references.json'), 'utf8')) as {
  readonly language: { readonly tokens: number; readonly firstIds: readonly number[] };
  readonly sentiment: {
    readonly texts: readonly string[];
    readonly ids: readonly (readonly number[])[];
    readonly pairIds: readonly number[];
    readonly pairTypes: readonly number[];
    readonly cutIds: readonly number[];
  };
};

const tokens = (name: string, ...dims: readonly (number | string)[]): ValueInfo => ({
  name,
  dataType: 'int64',
  dims: dims.length === 0 ? ['batch', 'tokens'] : dims,
});
const bert = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => tokens(name));
const scores: ValueInfo = { name: 'logits', dataType: 'float32', dims: ['batch', 3] };
const nextScores: ValueInfo = { name: 'logits', dataType: 'float32', dims: ['batch', 'tokens', 256] };

interface Given {
  readonly content: string | Uint8Array;
  readonly file?: string;
  readonly inputs?: readonly ValueInfo[];
  readonly outputs?: readonly ValueInfo[];
  readonly states?: readonly string[];
  readonly dims?: OpenDatasetOptions['dims'];
  readonly request?: Partial<DataRequest>;
  /** Files beside the model; the tokenizer of the classifier where nothing is said. */
  readonly beside?: Readonly<Record<string, string | Uint8Array>>;
  readonly tokenizer?: 'sentiment' | 'language' | null;
}

async function open(context: TestContext, given: Given) {
  const folder = await makeFolder(context);
  const { file = 'data.csv', tokenizer = 'sentiment', request = {}, outputs = [scores], states = [] } = given;
  await mkdir(join(folder, 'model'));
  if (tokenizer !== null)
    await copyFile(join(models, tokenizer, 'tokenizer.json'), join(folder, 'model', 'tokenizer.json'));
  for (const [name, content] of Object.entries(given.beside ?? {}))
    await writeFile(join(folder, 'model', name), content);
  await writeFile(join(folder, file), given.content);
  return openDataset(makeRequest({ ...request, path: join(folder, file) }), given.inputs ?? bert, {
    seed: 0,
    dims: given.dims ?? {},
    model: { path: join(folder, 'model', 'model.onnx'), outputs, states },
  });
}

type Opened = Awaited<ReturnType<typeof open>>;

async function fed(dataset: Opened, index: number): Promise<Record<string, { dims: number[]; data: number[] }>> {
  const feeds = Object.entries(await dataset.read(index));
  return Object.fromEntries(
    feeds.map(([name, { dims, data }]) => [name, { dims: [...dims], data: Array.from(data, Number) }]),
  );
}

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const ids = { toArray: (dataset: Opened, index: number) => [...dataset.tokens!.idsOf(index).ids] };

suite('texts become the ids that Python makes of them', () => {
  test('one text, two, and one that is cut, each in its own length', async (context) => {
    const [first, second] = references.sentiment.texts as [string, string];
    const content = [...[first, second].map((text) => `${quote(text)},`), `${quote('great '.repeat(60))},`];
    const single = await open(context, { content: ['text,other', ...content].join('\n') });
    assert.deepEqual(
      [0, 1].map((index) => ids.toArray(single, index)),
      references.sentiment.ids.slice(0, 2),
    );
    assert.deepEqual(ids.toArray(single, 2), references.sentiment.cutIds);
    const length = references.sentiment.ids[0]!.length;
    assert.deepEqual(await fed(single, 0), {
      input_ids: { dims: [1, length], data: references.sentiment.ids[0] },
      attention_mask: { dims: [1, length], data: Array.from({ length }, () => 1) },
      token_type_ids: { dims: [1, length], data: Array.from({ length }, () => 0) },
    });
    assert.equal(single.fixedBatchSize, null);
    assert.ok(single.notes.some((note) => note.includes('each at its own length: 12 to 32, median 19')));

    const content2 = `sentence1,sentence2\n${quote(first)},${quote(second)}\n`;
    const pair = await fed(await open(context, { content: content2 }), 0);
    assert.deepEqual(pair['input_ids']!.data, references.sentiment.pairIds);
    assert.deepEqual(pair['token_type_ids']!.data, references.sentiment.pairTypes);
  });

  test('a document for a language model, cut into pieces one behind the other', async (context) => {
    const inputs = [tokens('input_ids'), tokens('attention_mask')];
    const given = { file: 'unseen.txt', tokenizer: 'language', inputs, outputs: [nextScores] } as const;
    const content = readFileSync(join(models, 'language', 'unseen.txt'));
    const dataset = await open(context, { ...given, content });
    assert.equal(dataset.count, Math.ceil(references.language.tokens / 128));
    assert.deepEqual(ids.toArray(dataset, 0).slice(0, 24), references.language.firstIds);
    assert.equal(dataset.tokens!.nextTokenOutput, 'logits');
    assert.ok(content.toString().startsWith(dataset.tokens!.textOf(0)), 'it can be read again');
    assert.deepEqual((await open(context, { ...given, content, dims: { tokens: 64 } })).count, 73);
    const lines = await open(context, {
      ...given,
      file: 'lines.jsonl',
      content: '{"text":"One text."}\n{"text":"Another."}\n',
    });
    assert.deepEqual([lines.count, lines.tokens!.textOf(1)], [2, 'Another.'], 'texts of their own stay so');
    await rejects(open(context, { ...given, content: 'a' }), 'data-missing', /1 tokens, too few/);
  });

  test('of a model with gaps to fill, or other scores, no next token is predicted', async (context) => {
    const inputs = [tokens('input_ids')];
    const filler = { ...nextScores, dims: ['batch', 'tokens', 160] };
    const masked = await open(context, { content: 'a great seat\n', file: 'x.txt', inputs, outputs: [filler] });
    assert.equal(masked.tokens!.nextTokenOutput, null);
    const tagger = { ...nextScores, dims: ['batch', 'tokens', 9] };
    const given = { content: 'a great seat\nanother\n', file: 'x.txt', inputs, tokenizer: 'language' } as const;
    const tagged = await open(context, { ...given, outputs: [tagger] });
    assert.deepEqual([tagged.tokens!.nextTokenOutput, tagged.count], [null, 2]);
  });
});

suite('inputs of models of texts', () => {
  test('are known by their names, in any type and with one dimension less', async (context) => {
    const inputs: ValueInfo[] = [
      tokens('input_ids:0'),
      { name: 'input_mask:0', dataType: 'float32', dims: ['batch', 'tokens'] },
      { name: 'segment_ids:0', dataType: 'int32', dims: ['batch', 'tokens'] },
      tokens('position_ids'),
      { name: 'use_cache_branch', dataType: 'bool', dims: [1] },
    ];
    const found = await fed(await open(context, { content: 'text\nawful\n', inputs }), 0);
    const length = found['input_ids:0']!.data.length;
    assert.deepEqual(
      found['input_mask:0']!.data,
      Array.from({ length }, () => 1),
    );
    assert.deepEqual(
      found['position_ids']!.data,
      Array.from({ length }, (_, place) => place),
    );
    assert.deepEqual([found['segment_ids:0']!.dims, found['use_cache_branch']!.data], [[1, length], [0]]);

    const flat = await open(context, {
      content: 'text\nawful\n',
      inputs: [{ name: 'words', dataType: 'int32', dims: ['n'] }],
    });
    assert.deepEqual([(await fed(flat, 0))['words']!.dims, flat.fixedBatchSize], [[length], 1]);
  });

  test('that hold a cache or a state start empty, or with zeros', async (context) => {
    const cache = (name: string, ...dims: (number | string)[]): ValueInfo => ({ name, dataType: 'float32', dims });
    const inputs = [
      ...bert,
      cache('past_key_values.0.key', 'batch', 4, 'past', 8),
      cache('past.1', 'past.1.0', 4, 'past.1.2', 8),
      cache('h0', 2, 'batch', 16),
    ];
    const states = ['past_key_values.0.key', 'past.1', 'h0'];
    const found = await fed(await open(context, { content: 'text\nawful\n', inputs, states }), 0);
    assert.deepEqual(
      states.map((name) => found[name]!.dims),
      [
        [1, 4, 0, 8],
        [1, 4, 0, 8],
        [2, 1, 16],
      ],
    );
    assert.ok(found['h0']!.data.every((value) => value === 0));
  });

  test('of fixed length are filled up where the tokenizer says, masked and cut', async (context) => {
    const inputs = bert.map(({ name }) => tokens(name, 2, 8));
    const content = `text\nawful\n${'great '.repeat(9)}\n`;
    const right = await open(context, { content, inputs });
    const own = ids.toArray(right, 0);
    assert.equal(right.fixedBatchSize, 2);
    const filled = Array.from({ length: 8 - own.length }, () => 0);
    assert.deepEqual((await fed(right, 0))['input_ids']!.data, [...own, ...filled]);
    assert.deepEqual((await fed(right, 0))['attention_mask']!.data, [...own.map(() => 1), ...filled]);
    assert.deepEqual(
      (await fed(right, 1))['attention_mask']!.data,
      Array.from({ length: 8 }, () => 1),
    );
    const config = JSON.stringify({ padding_side: 'left', pad_token: { content: '[MASK]' }, model_max_length: 1e30 });
    const left = await open(context, { content, inputs, beside: { 'tokenizer_config.json': config } });
    assert.deepEqual((await fed(left, 0))['input_ids']!.data, [...filled.map(() => 4), ...own]);
    assert.equal(left.tokens!.idsOf(0).start, filled.length);
  });

  test('that no text fills are refused by name', async (context) => {
    const content = 'text\nawful\n';
    const image: ValueInfo = { name: 'pixels', dataType: 'float32', dims: ['N', 3, 8, 8] };
    await rejects(
      open(context, { content, inputs: [...bert, image] }),
      'data-shape-mismatch',
      /input "pixels" float32/,
    );
    await rejects(
      open(context, { content, inputs: [image] }),
      'data-shape-mismatch',
      /no input of the model takes token ids/,
    );
    const single = {
      content,
      tokenizer: 'language',
      inputs: [tokens('input_ids', 'batch', 1)],
      outputs: [nextScores],
    } as const;
    await rejects(open(context, single), 'data-shape-mismatch', /1 token at a time/);
  });
});

suite('files of texts', () => {
  const rows = async (context: TestContext, file: string, content: string | Uint8Array) => {
    const dataset = await open(context, { file, content });
    return Array.from({ length: dataset.count }, (_, index) => dataset.tokens!.textOf(index));
  };

  test('lines, objects and tables in their dialects', async (context) => {
    assert.deepEqual(await rows(context, 'a.txt', '\uFEFFone\r\n\r\ntwo, "three"'), ['one', 'two, "three"']);
    assert.deepEqual(await rows(context, 'a.csv', 'id,Review\n1,"a ""b"",\nc"\n2,d\n'), ['a "b",\nc', 'd']);
    assert.deepEqual(await rows(context, 'a.tsv', 'sentence\tlabel\nfine\t1\n'), ['fine']);
    assert.deepEqual(await rows(context, 'a.csv', 'text;y\nfine;1\n'), ['fine']);
    assert.deepEqual(await rows(context, 'a.jsonl', '{"label":0,"content":"x"}\n\n{"content":"y","label":1}'), [
      'x',
      'y',
    ]);
    const utf16 = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('text\né\n', 'utf16le')]);
    assert.deepEqual(await rows(context, 'a.csv', utf16), ['é']);
  });

  test('empty texts are left out and told', async (context) => {
    const dataset = await open(context, { content: 'text,label\n"",1\nfine,0\n   ,2\n' });
    assert.deepEqual([dataset.count, dataset.labels], [1, Int32Array.of(0)]);
    assert.ok(dataset.notes.includes('2 samples without a text are left out, the first in line 2.'));
  });

  test('a folder of files of one kind is read as one, each text named by its file', async (context) => {
    const folder = await makeFolder(context);
    await copyFile(join(models, 'sentiment', 'tokenizer.json'), join(folder, 'tokenizer.json'));
    const openFolder = () =>
      openDataset(makeRequest({ path: join(folder, 'texts') }), bert, {
        seed: 0,
        dims: {},
        model: { path: join(folder, 'model.onnx'), outputs: [scores], states: [] },
      });
    await mkdir(join(folder, 'texts'));
    const write = (file: string, content: string) => writeFile(join(folder, 'texts', file), content);
    await write('b.txt', 'worse\n');
    await write('a.txt', 'good\n\nbad\n');
    // What lies beside a model is no text, nor is what an operating system leaves.
    await write('vocab.txt', 'token\n');
    await write('.hidden.txt', 'token\n');
    const dataset = await openFolder();
    assert.deepEqual(
      [0, 1, 2].map((index) => [dataset.sampleName!(index), dataset.tokens!.textOf(index)]),
      [
        ['a.txt:1', 'good'],
        ['a.txt:3', 'bad'],
        ['b.txt:1', 'worse'],
      ],
    );
    assert.ok(dataset.notes.includes('The texts come from 2 files in "texts", in order of file name.'));
    await write('c.jsonl', '{"text":"fine"}');
    await rejects(openFolder(), 'data-malformed', /texts of several kinds \("a\.txt", "c\.jsonl"\)/);
  });

  test('that cannot be read are refused with the line', async (context) => {
    const refused = (
      file: string,
      content: string | Uint8Array,
      code: Parameters<typeof rejects>[1],
      message: RegExp,
    ) => rejects(open(context, { file, content }), code, message);
    await refused(
      'a.csv',
      'id,words\n1,x\n',
      'data-malformed',
      /"text"\)?, sentence|usual name for texts .* "id", "words"/,
    );
    await refused('a.csv', 'label,text\n1\n', 'data-malformed', /line 2: it has 1 cells, but there are 2 columns/);
    await refused('a.csv', 'text\n"open\n', 'data-malformed', /not well-formed CSV/);
    await refused('a.jsonl', '{"text":"x"}\n{"text":', 'data-malformed', /line 2: it is not a JSON object/);
    await refused('a.jsonl', '{"text":"x"}\n{"text":7}', 'data-malformed', /line 2: "text" holds no text/);
    await refused('a.txt', Buffer.from([0x63, 0x61, 0x66, 0xe9]), 'data-malformed', /another encoding than UTF-8/);
    await refused('a.txt', Uint8Array.of(0x1f, 0x8b, 8), 'data-malformed', /gzip/);
    await refused(
      'a.txt',
      `short\n${'x'.repeat(2 ** 20 + 1)}`,
      'data-malformed',
      /line 2: its text has more than 1048576/,
    );
    await refused('a.txt', '\n \n', 'data-missing', /holds no text/);
    await refused('a.txt', '\n'.repeat(1_000_001), 'data-malformed', /more than 1000000 lines/);
  });
});

suite('labels of texts', () => {
  const config = JSON.stringify({ id2label: { 0: 'negative', 1: 'neutral', 2: 'POSITIVE' } });
  const labels = async (context: TestContext, cells: readonly string[], given: Partial<Given> = {}) =>
    (await open(context, { content: ['text,label', ...cells.map((cell) => `fine,${cell}`)].join('\n'), ...given }))
      .labels;

  test('are numbers, or names of the configuration beside the model or of a list', async (context) => {
    assert.deepEqual(await labels(context, ['2', '0']), Int32Array.of(2, 0));
    assert.deepEqual(
      await labels(context, ['positive', 'neutral'], { beside: { 'config.json': config } }),
      Int32Array.of(2, 1),
    );
    const folder = await makeFolder(context);
    await writeFile(join(folder, 'classes.txt'), 'good\nbad\n');
    const listed = { request: { classesPath: join(folder, 'classes.txt') } };
    assert.deepEqual(await labels(context, ['bad', 'good'], listed), Int32Array.of(1, 0));
    await writeFile(join(folder, 'labels.csv'), '1\n0\n');
    const separate = { file: 'a.txt', content: 'one\ntwo\n', request: { labelsPath: join(folder, 'labels.csv') } };
    assert.deepEqual((await open(context, separate)).labels, Int32Array.of(1, 0));
    const few = open(context, { ...separate, content: 'one\n' });
    await rejects(few, 'labels-malformed', /2 labels for 1 samples/);
  });

  test('that name no class are refused with the line', async (context) => {
    const beside = { 'config.json': config };
    await rejects(
      labels(context, ['negative', 'good'], { beside }),
      'labels-malformed',
      /line 3: "good" is not one of .* "negative", "neutral"/,
    );
    await rejects(labels(context, ['good']), 'labels-malformed', /nothing says which class of the model "good" is/);
    await rejects(labels(context, ['-1']), 'labels-malformed', /-1 is not a class index/);
    await rejects(labels(context, ['0.5']), 'labels-malformed', /0\.5/);
    await rejects(labels(context, ['1', '""']), 'labels-malformed', /line 3: the label is missing/);
  });
});

suite('tokenizers', () => {
  const content = 'text\nawful\n';

  test('lie beside the model or one folder above, or are named', async (context) => {
    const request = { tokenizerPath: join(models, 'sentiment', 'tokenizer.json') };
    const named = await open(context, { content, tokenizer: null, request });
    assert.equal(named.tokens!.tokenizerPath, request.tokenizerPath);
    assert.ok(
      named.readings.some(({ path }) => path === request.tokenizerPath),
      'looked at again when the run ends',
    );
    await rejects(open(context, { content, tokenizer: null }), 'data-missing', /no tokenizer\.json in .*--tokenizer/);
    const missing = { request: { tokenizerPath: join(models, 'none.json') } };
    await rejects(open(context, { content, ...missing }), 'file-not-found', /none\.json" does not exist/);
  });

  test('that are none are refused by name', async (context) => {
    const refused = (json: string, message: RegExp) =>
      rejects(
        open(context, { content, tokenizer: null, beside: { 'tokenizer.json': json } }),
        'data-malformed',
        message,
      );
    await refused('{"model":', /is not a JSON object/);
    await refused('[1]', /is not a JSON object/);
    await refused('{}', /tokenizer\.json" cannot be used: /);
    const words = { type: 'WordLevel', vocab: { great: 0 }, unk_token: '[UNK]' };
    const whole = {
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: null,
      model: words,
    };
    await refused(JSON.stringify(whole), /no id for "awful"/);
  });
});
