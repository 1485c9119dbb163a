export interface Objective<Item> {
  readonly value: (item: Item) => number;
  readonly better: 'lower' | 'higher';
}

/**
 * The items that no other item beats: an item is beaten by one that is at least as good in every objective and better in
 * one. Equal items stay together.
 */
export function paretoFront<Item>(items: readonly Item[], objectives: readonly Objective<Item>[]): Item[] {
  const costs = items.map((item) =>
    objectives.map(({ value, better }) => (better === 'lower' ? value(item) : -value(item))),
  );
  const beats = (left: readonly number[], right: readonly number[]): boolean =>
    left.every((cost, at) => cost <= right[at]!) && left.some((cost, at) => cost < right[at]!);
  return items.filter((_, index) => !costs.some((other) => beats(other, costs[index]!)));
}
