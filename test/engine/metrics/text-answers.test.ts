import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { findSpans } from '../../../electron/engine/data/token-spans.ts';
import { surfaceOf } from '../../../electron/engine/data/token-surface.ts';
import { readAnswer } from '../../../electron/engine/metrics/answer-span.ts';
import { isMatch, wordF1 } from '../../../electron/engine/metrics/answers.ts';
import { findEntities, spellEntities } from '../../../electron/engine/metrics/tag-entities.ts';
import { findRow, mainRow } from '../../../shared/metric-row.ts';
import { measure, type Figures } from './references.ts';

/* Tags of words and answers in texts, against seqeval and the evaluation script of SQuAD (`fixture/make-text-references.py`). */

type Tags = readonly (readonly number[])[];
interface References {
  readonly tagging: {
    readonly names: readonly string[];
    readonly right: Tags;
    readonly before: Tags;
    readonly after: Tags;
    readonly expected: readonly [Figures, Figures];
  };
  readonly answers: {
    readonly right: readonly (readonly string[])[];
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly scores: readonly (readonly [readonly [number, number], readonly [number, number]])[];
    readonly expected: readonly [Figures, Figures];
  };
}
const path = new URL('fixture/text-references.json', import.meta.url);
const { tagging, answers } = JSON.parse(readFileSync(path, 'utf8')) as References;
const close = (own: number | null, expected: number, what: string) =>
  assert.ok(own !== null && Math.abs(own - expected) < 1e-12, `${what}: ${own}, not ${expected}`);

const tagged = tagging.right.map((right, index) => ({
  tags: {
    pair: [Int32Array.from(tagging.before[index]!), Int32Array.from(tagging.after[index]!)] as const,
    right: Int32Array.from(right),
  },
}));
const asked = answers.right.map((targets, index) => ({
  answer: { read: [answers.before[index]!, answers.after[index]!] as const, targets },
}));

suite('tags of words', () => {
  test('have the figures of seqeval, and are judged by entities', () => {
    const rows = measure({ tagsWords: true, classNames: new Map(tagging.names.entries()) }, tagged);
    for (const metric of ['entityF1', 'tokenAccuracy']) {
      const row = findRow({ metrics: rows }, metric)!;
      close(row.before, tagging.expected[0][metric]!, metric);
      close(row.after, tagging.expected[1][metric]!, metric);
      assert.ok(row.ci95![0] < row.difference! && row.difference! < row.ci95![1] && row.test!.pValue < 0.05);
    }
    assert.equal(mainRow({ metrics: rows })!.metric, 'entityF1');
    assert.deepEqual(rows[0]!.classes.map(({ name }) => name).sort(), ['LOC', 'PER']);
  });

  test('that spell no entities, or have no names, have their accuracy alone', () => {
    const speech = new Map(['NOUN', 'VERB', 'ADJ', 'ADV', 'PRON', 'DET', 'ADP'].entries());
    for (const classNames of [speech, undefined]) {
      const rows = measure({ tagsWords: true, ...(classNames === undefined ? {} : { classNames }) }, tagged);
      assert.equal(findRow({ metrics: rows }, 'entityF1'), null);
      close(findRow({ metrics: rows }, 'tokenAccuracy')!.before, tagging.expected[0]['tokenAccuracy']!, 'accuracy');
    }
    assert.ok(spellEntities(['O', 'B', 'I']) && !spellEntities(['O']) && !spellEntities(['O', 'BAR']));
  });

  test('begin entities that no tag begins, and end them where the type changes', () => {
    const spans = (names: string) =>
      findEntities(names.split(' ')).map(({ type, first, last }) => `${type}${first}-${last}`);
    assert.deepEqual(spans('I-A I-A O I-B'), ['A0-1', 'B3-3']);
    assert.deepEqual(spans('B-A I-B B-B'), ['A0-0', 'B1-1', 'B2-2']);
    assert.deepEqual(spans('B-A I-A E-A I-A S-A E-A'), ['A0-2', 'A3-3', 'A4-4', 'A5-5']);
    // BILOU says the same by other letters, and a type may have a hyphen.
    assert.deepEqual(spans('B-A I-A L-A U-B-C O'), ['A0-2', 'B-C3-3']);
  });
});

suite('answers', () => {
  test('have the scores of SQuAD, one by one and all together', () => {
    for (const [index, targets] of answers.right.entries()) {
      if (targets.length !== 1 || targets[0] === '...') continue;
      for (const [model, own] of [answers.before[index]!, answers.after[index]!].entries()) {
        const [exact, f1] = answers.scores[index]![model]!;
        assert.equal(Number(isMatch(own, targets[0]!)), exact, own);
        close(wordF1(own, targets[0]!), f1, own);
      }
    }
    const rows = measure({ findsAnswers: true }, asked);
    for (const metric of ['answerF1', 'answerMatch']) {
      close(findRow({ metrics: rows }, metric)!.before, answers.expected[0][metric]!, metric);
      close(findRow({ metrics: rows }, metric)!.after, answers.expected[1][metric]!, metric);
    }
    assert.equal(mainRow({ metrics: rows })!.metric, 'answerF1');
    assert.equal(findRow({ metrics: rows }, 'sameAnswer')!.after, 0);
  });

  test('without right ones are compared with each other', () => {
    const rows = measure(
      { findsAnswers: true },
      asked.map(({ answer }) => ({ answer: { ...answer, targets: null } })),
    );
    assert.deepEqual(rows.filter(({ metric }) => /nswer/.test(metric)).map(({ against }) => against), ['original']); // prettier-ignore
  });

  test('are the most probable piece of the text, none where that is more probable', () => {
    // Of tokens 2, 3 and 4, which cover the letters.
    const places = { text: 'a b c', spans: Int32Array.of(-1, -1, -1, -1, 0, 1, 2, 3, 4, 5), none: null };
    const read = (start: number[], end: number[], none: number | null = null) =>
      readAnswer(start, end, { ...places, none });
    assert.equal(read([9, 9, 0, 5, 0], [9, 9, 0, 0, 5]), 'b c');
    // No end lies before its start.
    assert.equal(read([0, 0, 0, 0, 5], [0, 0, 5, 0, 1]), 'c');
    assert.equal(read([9, 9, 0, 5, 0], [9, 9, 0, 0, 5], 0), '');
    assert.equal(read([1, 9, 0, 5, 0], [1, 9, 0, 0, 5], 0), 'b c');
  });
});

suite('the characters of a token', () => {
  const covered = (text: string, surfaces: readonly (string | null)[]) => {
    const spans = findSpans(text, surfaces);
    return surfaces.map((_, token) =>
      spans[2 * token]! < 0 ? null : text.slice(spans[2 * token], spans[2 * token + 1]),
    );
  };
  test('are found without case and accents, behind spaces, and in pieces of words', () => {
    assert.deepEqual(covered('Café  in\nZürich!', ['cafe', 'in', 'zur', 'ich', '!']), [
      'Café',
      'in',
      'Zür',
      'ich',
      '!',
    ]);
    assert.deepEqual(covered('The the', ['The', ' the']), ['The', 'the']);
    assert.deepEqual(covered('中文字', ['中', '文', '字']), ['中', '文', '字']);
  });
  test('of unknown words are those between their neighbours', () => {
    assert.deepEqual(covered('a ☃☃ b', ['a', null, 'b']), ['a', '☃☃', 'b']);
    assert.deepEqual(covered('a 𝒳', ['a', null]), ['a', '𝒳']);
    // What was cut off is nobody's.
    assert.deepEqual(covered(`a ${'x '.repeat(200)}`, ['a', null]), ['a', null]);
    assert.deepEqual(covered('a b', ['a', ' ', 'b']), ['a', null, 'b']);
  });
  test('are spelled by each kind of tokenizer in its own way', () => {
    assert.deepEqual([surfaceOf('##ing', false), surfaceOf('▁the', false), surfaceOf('[UNK]', false), surfaceOf('##', false)], ['ing', ' the', null, '##']); // prettier-ignore
    assert.deepEqual([surfaceOf('Ġthe', true), surfaceOf('Ã©', true), surfaceOf('Ã', true)], [' the', 'é', null]);
  });
});
