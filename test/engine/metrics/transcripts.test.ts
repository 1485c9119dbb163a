import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { findRow, lossOf, mainRow } from '../../../shared/metric-row.ts';
import { decodeGreedily, editDistance, findTextOutput } from '../../../electron/engine/metrics/ctc.ts';
import { measure, type Figures } from './references.ts';

interface Texts {
  readonly targets: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly expected: readonly [Figures, Figures];
}

const path = new URL('fixture/references.json', import.meta.url);
const { texts } = JSON.parse(readFileSync(path, 'utf8')) as { texts: Texts };
const samples = texts.targets.map((target, index) => ({
  text: { read: [texts.before[index]!, texts.after[index]!] as const, target },
}));

suite('texts', () => {
  test('have the error rates of the reference, and are judged by that of characters', () => {
    const rows = measure({ readsTexts: true }, samples);
    for (const metric of ['cer', 'wer', 'exactMatch']) {
      const row = findRow({ metrics: rows }, metric)!;
      assert.ok(Math.abs(row.before! - texts.expected[0][metric]!) < 1e-12, metric);
      assert.ok(Math.abs(row.after! - texts.expected[1][metric]!) < 1e-12, metric);
      assert.ok(lossOf(row)! > 0, 'more errors are a loss');
    }
    assert.equal(mainRow({ metrics: rows })!.metric, 'cer');
    assert.equal(findRow({ metrics: rows }, 'sameText')!.after, 1 / 6);
  });

  test('that never differ leave open that others do, by as many samples as there are', () => {
    const alike = samples.map(({ text }) => ({ text: { ...text, read: [text.read[0], text.read[0]] as const } }));
    const few = findRow({ metrics: measure({ readsTexts: true }, alike) }, 'cer')!;
    const many = findRow(
      { metrics: measure({ readsTexts: true }, Array.from({ length: 50 }, () => alike).flat()) },
      'cer',
    )!;
    assert.deepEqual([few.difference, few.ci95![0]], [0, -few.ci95![1]]);
    assert.ok(few.ci95![1] > 0.3 && many.ci95![1] < 0.02 && many.ci95![1] > 0);
  });

  test('without right ones are compared with each other, said to be agreement', () => {
    const rows = measure(
      { readsTexts: true },
      samples.map(({ text }) => ({ text: { ...text, target: null } })),
    );
    assert.equal(mainRow({ metrics: rows }), null);
    assert.deepEqual(
      rows.filter(({ metric }) => metric === 'sameText').map(({ against, after }) => [against, after]),
      [['original', 1 / 6]],
    );
  });
});

suite('CTC', () => {
  /** One step a class, the best by one. */
  const scoresOf = (classes: readonly number[], count: number) =>
    classes.flatMap((best) => Array.from({ length: count }, (_, index) => Number(index === best)));

  for (const [classes, text] of [
    [[1, 1, 2, 2], 'ab'],
    [[1, 0, 1], 'aa'],
    [[0, 0, 0], ''],
    [[2, 1, 1, 0, 3, 3, 0, 3], 'bacc'],
    [[], ''],
  ] as const) {
    test(`reads ${JSON.stringify(classes)} as "${text}"`, () => {
      assert.equal(decodeGreedily(scoresOf(classes, 4), ['a', 'b', 'c']), text);
    });
  }

  test('takes the first of equal scores, and nothing for NaN', () => {
    assert.equal(decodeGreedily([0, 1, 1, 0], ['a', 'b', 'c']), 'a');
    assert.equal(decodeGreedily([NaN, NaN, NaN, NaN], ['a', 'b', 'c']), '');
  });

  test('finds the output with a class for each character and the blank, and a space behind them', () => {
    const output = (name: string, ...dims: number[]) => ({ name, dataType: 'float32', dims });
    const outputs = [output('features', 40, 64), output('scores', 40, 4)];
    assert.deepEqual(findTextOutput(['a', 'b', 'c'], outputs), { name: 'scores', characters: ['a', 'b', 'c'] });
    assert.deepEqual(findTextOutput(['a', 'b'], outputs), { name: 'scores', characters: ['a', 'b', ' '] });
    for (const characters of [['a', ' '], ['a'], ['a', 'b', 'c', 'd', 'e']])
      assert.throws(() => findTextOutput(characters, outputs), {
        code: 'data-shape-mismatch',
        message: /"scores" \[40, 4\]/,
      });
  });

  test('counts the fewest edits', () => {
    for (const [left, right, edits] of [
      ['kitten', 'sitting', 3],
      ['', 'abc', 3],
      ['abc', '', 3],
      ['abc', 'abc', 0],
      ['ab', 'ba', 2],
    ] as const)
      assert.equal(editDistance(Array.from(left), Array.from(right)), edits, `${left} ${right}`);
  });
});
