import type { ClassFigure, MetricName } from '../../../shared/metric-row.ts';
import type { Metric, WordTags } from './metric.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';
import { findEntities, spellEntities } from './tag-entities.ts';

const shared = { unit: 'share', higherIsBetter: true, against: 'targets' } as const;

export const entityF1: MetricName = {
  ...shared,
  metric: 'entityF1',
  label: 'entity F1',
  definition:
    'F1 of the entities of all texts, 2 TP / (2 TP + FP + FN). An entity is right if its first word, its last word and its type are, as seqeval counts them.',
  zh: {
    label: '实体 F1',
    definition: '全部文本中实体的 2 TP / (2 TP + FP + FN)。首词、末词与类型都正确的实体才算正确，计法与 seqeval 相同。',
  },
};

export const tokenAccuracy: MetricName = {
  ...shared,
  metric: 'tokenAccuracy',
  label: 'token accuracy',
  definition: 'Share of words whose tag is right. The first piece of a word decides its tag.',
  zh: { label: '词元准确率', definition: '标签正确的词的比例。词的标签由其第一个词元决定。' },
};

/** Of each type of entity: those both right and given, those given, those right. */
const sumsPerType = 3;

const f1Of = (sums: Float64Array, at: number): number | null => {
  const size = (sums[at + 1] ?? 0) + (sums[at + 2] ?? 0);
  return size === 0 ? null : (2 * sums[at]!) / size;
};

/** F1 over the entities of all types. */
export function microF1(sums: Float64Array): number {
  let [both, size] = [0, 0];
  for (let at = 0; at < sums.length; at += sumsPerType) {
    both += sums[at]!;
    size += (sums[at + 1] ?? 0) + (sums[at + 2] ?? 0);
  }
  return size === 0 ? NaN : (2 * both) / size;
}

const keyOf = ({ type, first, last }: { type: string; first: number; last: number }) => `${first} ${last} ${type}`;

/** Types of entities by the order in which they are met. */
function createTypes() {
  const slots = new Map<string, number>();
  const slotOf = (type: string): number => {
    const known = slots.get(type) ?? sumsPerType * slots.size;
    slots.set(type, known);
    return known;
  };
  return {
    slots,
    additionOf: (given: readonly string[], right: readonly string[]): Addition => {
      const [found, wanted] = [findEntities(given), findEntities(right)];
      const keys = new Set(wanted.map(keyOf));
      const both = found.filter((entity) => keys.has(keyOf(entity)));
      return [
        ...both.map(({ type }) => [slotOf(type), 1] as const),
        ...found.map(({ type }) => [slotOf(type) + 1, 1] as const),
        ...wanted.map(({ type }) => [slotOf(type) + 2, 1] as const),
      ];
    },
  };
}

const countRight = (given: Int32Array, right: Int32Array): number =>
  given.reduce((count, tag, at) => count + Number(tag === right[at]), 0);

/** Tags of the words of texts: names, parts of speech. */
export const tagging: Metric = {
  names: [entityF1, tokenAccuracy],
  accepts: ({ tagsWords = false }) => tagsWords,
  start: ({ classNames }) => {
    const [entities, words] = [createSampleSums(), createSampleSums()];
    const types = createTypes();
    const countsEntities = classNames !== undefined && spellEntities(classNames.values());
    const namesOf = (tags: Int32Array): string[] => Array.from(tags, (tag) => classNames?.get(tag) ?? 'O');
    const add = ({ pair, right }: WordTags): void => {
      const counts = pair.map((given) => countRight(given, right)) as [number, number];
      const addition = (count: number): Addition => [
        [0, count],
        [1, right.length],
      ];
      words.add(addition(counts[0]), addition(counts[1]), counts);
      if (!countsEntities) return;
      const additions = pair.map((given) => types.additionOf(namesOf(given), namesOf(right))) as [Addition, Addition];
      const scores = additions.map((made) => microF1(totalOf(made, types.slots.size))) as [number, number];
      entities.add(...additions, scores);
    };
    return {
      add: ({ tags = null }) => {
        if (tags !== null && tags.right.length > 0) add(tags);
      },
      report: () => {
        const [own, accuracy] = [
          countsEntities ? entities.row(entityF1, microF1) : null,
          words.row(tokenAccuracy, ([right, count]) => right! / count!),
        ];
        const rows = own === null ? [] : [{ ...own, classes: figuresOfTypes(entities.totals(), types.slots) }];
        return accuracy === null ? rows : [...rows, accuracy];
      },
    };
  },
};

/** The sums of one text alone. */
function totalOf(addition: Addition, types: number): Float64Array {
  const sums = new Float64Array(sumsPerType * types);
  for (const [slot, amount] of addition) sums[slot] = sums[slot]! + amount;
  return sums;
}

function figuresOfTypes(
  [before, after]: readonly [Float64Array, Float64Array],
  slots: ReadonlyMap<string, number>,
): ClassFigure[] {
  return [...slots].map(([type, at]) => ({
    class: at / sumsPerType,
    name: type,
    before: f1Of(before, at),
    after: f1Of(after, at),
    count: before[at + 2] ?? 0,
  }));
}
