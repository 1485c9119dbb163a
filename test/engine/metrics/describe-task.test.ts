import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { TargetKind } from '../../../shared/target-kinds.ts';
import { describeTask, targetKindOfTask } from '../../../electron/engine/metrics/describe-task.ts';
import { buildModel, inMemory, op } from '../build-model.ts';
import type { DataType } from '../../../electron/engine/tensor/tensor.ts';

/* What a model is taken for, by nothing but its outputs and the kind of its data. */

interface Case {
  readonly name: string;
  readonly output: readonly [name: string, ...dims: number[]];
  readonly beside?: readonly [name: string, ...dims: number[]];
  readonly type?: DataType;
  readonly fed: readonly number[];
  readonly data?: Partial<Dataset>;
  readonly says: RegExp;
  /** What would say how right it is; not there where the texts themselves do. */
  readonly targets?: TargetKind;
}

const images: Partial<Dataset> = { kind: 'images' };
const ofTokens = (nextTokenOutput: string | null): Partial<Dataset> => ({
  kind: 'texts',
  tokens: { nextTokenOutput } as NonNullable<Dataset['tokens']>,
});

const cases: readonly Case[] = [
  {
    name: 'a classifier',
    output: ['logits', 1, 1000],
    fed: [1, 3, 224, 224],
    data: images,
    says: /taken for a classifier: its output "logits" ranks 1,?000 classes/,
    targets: 'labels',
  },
  {
    name: 'a yes or no',
    output: ['score', 1, 1],
    fed: [1, 8],
    says: /one value of the output "score" is taken for a yes or no/,
    targets: 'labels',
  },
  {
    name: 'a class by its number',
    output: ['label', 1],
    type: 'int64',
    fed: [1, 8],
    says: /"label" is the number of a class/,
    targets: 'labels',
  },
  {
    name: 'segmentation',
    output: ['logits', 1, 21, 64, 64],
    fed: [1, 3, 64, 64],
    data: images,
    says: /taken for segmentation: its output "logits" ranks 21 classes at each of 4,?096 places/,
    targets: 'masks',
  },
  {
    name: 'lines of text',
    output: ['probs', 1, 40, 97],
    fed: [1, 3, 48, 320],
    data: images,
    says: /ranks 97 classes at each of 40 steps\. If these are characters, --characters/,
    targets: 'characters',
  },
  {
    name: 'tags of tokens',
    output: ['logits', 1, 12, 9],
    fed: [1, 12],
    data: ofTokens(null),
    says: /ranks 9 classes at each token of a text/,
    targets: 'tags',
  },
  {
    name: 'a language model',
    output: ['logits', 1, 12, 500],
    fed: [1, 12],
    data: ofTokens('logits'),
    says: /language model: its output "logits" says which token comes next/,
  },
  {
    name: 'an embedding of images',
    output: ['embeds', 1, 512],
    fed: [1, 3, 64, 64],
    data: images,
    says: /taken for an embedding: a vector of 512 values a sample/,
    targets: 'groups',
  },
  {
    name: 'an embedding of tokens',
    output: ['last_hidden_state', 1, 12, 384],
    fed: [1, 12],
    data: ofTokens(null),
    says: /taken for an embedding: the mean of the 384 values of each token/,
    targets: 'pairs',
  },
  {
    name: 'an embedding of tokens whose first counts',
    output: ['last_hidden_state', 1, 12, 384],
    fed: [1, 12],
    data: {
      kind: 'texts',
      tokens: { nextTokenOutput: null, pooling: { kind: 'cls', source: '--pooling' } } as NonNullable<
        Dataset['tokens']
      >,
    },
    says: /taken for an embedding: "cls" pooling of the 384 values of each token, as --pooling says/,
    targets: 'pairs',
  },
  {
    name: 'answers to questions',
    output: ['start_logits', 1, 12],
    beside: ['end_logits', 1, 12],
    fed: [1, 12],
    data: ofTokens(null),
    says: /answers questions: its outputs "start_logits" and "end_logits" say where/,
    targets: 'answers',
  },
  {
    name: 'words with tags',
    output: ['logits', 1, 12, 9],
    fed: [1, 12],
    data: { ...ofTokens(null), tags: { largestTag: 8, of: () => assert.fail() } },
    says: /tags words: its output "logits" ranks 9 tags/,
    targets: 'tags',
  },
  {
    name: 'a few numbers',
    output: ['estimate', 1, 3],
    type: 'float32',
    fed: [1, 3],
    says: /^No output shows that it ranks classes, finds boxes or is a vector/,
    targets: 'values',
  },
  {
    name: 'a picture',
    output: ['image', 1, 3, 192, 192],
    fed: [1, 3, 64, 64],
    data: images,
    says: /"image" is taken for a picture or a signal like the input/,
    targets: 'pictures',
  },
];

const graph = indexGraph(inMemory(buildModel({ inputs: { x: [1] }, outputs: 'y', nodes: [op('Identity', 'x', 'y')] })));

suite('what a model is taken for', () => {
  for (const { name, output, beside, type = 'float32', fed, data = {}, says, targets } of cases)
    test(name, () => {
      const dataset = { kind: 'arrays', labels: null, fixedBatchSize: 1, ...data } as Dataset;
      const all = beside === undefined ? [output] : [output, beside];
      const outputs = all.map(([own, ...dims]) => ({ name: own, dataType: type, dims }));
      const feeds = { x: { dataType: 'float32', dims: fed, data: new Float32Array(0) } } as const;
      const shapes = new Map(outputs.map(({ name: own, dims }) => [own, { dataType: type, dims }]));
      const inputs = [{ name: 'x', dataType: 'float32' as const, dims: fed }];
      const facts = { outputs, inputs, graph, shapes, dataset, feeds, task: null, detector: null };
      assert.match(describeTask(facts) ?? '', says);
      if (targets !== undefined) assert.equal(targetKindOfTask(facts), targets);
    });
});
