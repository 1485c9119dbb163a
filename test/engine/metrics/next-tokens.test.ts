import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { MetricSample, NextTokens } from '../../../electron/engine/metrics/metric.ts';
import { findRow, type MetricRow } from '../../../shared/metric-row.ts';
import { measure } from './references.ts';

const reference = JSON.parse(readFileSync(new URL('../text-models/next-tokens.json', import.meta.url), 'utf8')) as {
  readonly vocabulary: number;
  readonly texts: readonly { readonly ids: number[]; readonly before: number[]; readonly after: number[] }[];
  readonly perplexity: readonly [number, number];
  readonly divergence: number;
  readonly same: number;
};

const { vocabulary } = reference;
const toSample = ({ ids, before, after }: (typeof reference.texts)[number]): Partial<MetricSample> => ({
  next: { ids: Int32Array.from(ids), start: 0, vocabulary, pair: [before, after] },
});
const rowsOf = (samples: readonly Partial<MetricSample>[]): MetricRow[] => measure({ predictsTokens: true }, samples);
const near = (found: number | null | undefined, wanted: number): void =>
  assert.ok(Math.abs(found! - wanted) < 1e-9, `${found} instead of ${wanted}`);

suite('what language models say comes next', () => {
  test('is what torch makes of the same scores', () => {
    const metrics = rowsOf(reference.texts.map(toSample));
    const row = findRow({ metrics }, 'perplexity')!;
    near(row.before, reference.perplexity[0]);
    near(row.after, reference.perplexity[1]);
    assert.ok(row.ci95![0] <= row.difference! && row.difference! <= row.ci95![1]);
    near(findRow({ metrics }, 'klDivergence')!.after, reference.divergence);
    near(findRow({ metrics }, 'sameNextToken')!.after, reference.same);
    assert.equal(metrics[0], row, 'a run is judged by it');
  });

  test('does not depend on what fills samples up', () => {
    const filled = reference.texts.map((text): Partial<MetricSample> => {
      const around = (scores: number[]) => [
        ...Array<number>(2 * vocabulary).fill(9),
        ...scores,
        ...Array<number>(vocabulary).fill(-3),
      ];
      const { next } = toSample(text) as { next: NextTokens };
      return { next: { ...next, start: 2, pair: [around(text.before), around(text.after)] } };
    });
    assert.deepEqual(rowsOf(filled), rowsOf(reference.texts.map(toSample)));
  });

  test('of a model and itself differs in nothing, and of one token there is nothing to say', () => {
    const alike = reference.texts.map((text) => toSample({ ...text, after: text.before }));
    const metrics = rowsOf(alike);
    near(findRow({ metrics }, 'perplexity')!.difference, 0);
    near(findRow({ metrics }, 'klDivergence')!.after, 0);
    near(findRow({ metrics }, 'sameNextToken')!.after, 1);
    const scores = new Float64Array(vocabulary);
    const single = rowsOf([{ next: { ids: Int32Array.of(1), start: 0, vocabulary, pair: [scores, scores] } }]);
    assert.ok(single.every(({ metric }) => ['sqnrDb', 'cosine'].includes(metric)));
  });

  test('an impossible token makes perplexity infinite, which is no figure', () => {
    const [first, ...others] = reference.texts;
    const hopeless = first!.after.map((score, index) => (index === first!.ids[1]! ? -Infinity : score));
    const metrics = rowsOf([{ ...first!, after: hopeless }, ...others].map(toSample));
    assert.equal(findRow({ metrics }, 'perplexity')!.count, others.length);
  });
});
