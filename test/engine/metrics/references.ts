import { readFileSync } from 'node:fs';
import type { MetricRow } from '../../../shared/metric-row.ts';
import { metrics } from '../../../electron/engine/metrics/all.ts';
import type { Metric, MetricFacts, MetricSample } from '../../../electron/engine/metrics/metric.ts';

export type Figures = Readonly<Record<string, number>>;
export type Nested = number | readonly Nested[];

/** Outputs of both models over samples, and what a reference implementation makes of them (`fixture/make-references.py`). */
export interface Reference {
  readonly before: readonly Nested[];
  readonly after: readonly Nested[];
  readonly target?: readonly Nested[];
  readonly labels?: readonly number[];
  readonly expected: readonly [Figures, Figures];
}

export function readReference(name: string): Reference {
  const path = new URL('fixture/references.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as Record<string, Reference>)[name]!;
}

export const flatten = (value: Nested): number[] => (typeof value === 'number' ? [value] : value.flatMap(flatten));
export const dimsOf = (value: Nested): number[] =>
  typeof value === 'number' ? [] : [value.length, ...dimsOf(value[0]!)];

const nothing: MetricFacts = {
  classOutput: null,
  vectorOutput: null,
  readsTexts: false,
  predictsTokens: false,
  labelled: false,
  partCount: 1,
  targetName: null,
  task: null,
};

/** The rows that metrics make of samples. */
export function measure(
  facts: Partial<MetricFacts>,
  samples: readonly Partial<MetricSample>[],
  among: readonly Metric[] = metrics,
): MetricRow[] {
  const all = { ...nothing, ...facts };
  const running = among.filter((metric) => metric.accepts(all)).map((metric) => metric.start(all));
  for (const [index, sample] of samples.entries()) {
    const values = [sample.target?.outputs ?? sample.scores?.pair ?? [[0], [0]]] as const;
    const full = {
      index,
      scores: null,
      vector: null,
      text: null,
      next: null,
      values,
      isFinite: true,
      label: null,
      target: null,
      ...sample,
    };
    for (const metric of running) metric.add(full);
  }
  return running.flatMap((metric) => metric.report());
}

/** The samples of a reference that has targets. */
export function withTargets({ before, after, target }: Reference): Partial<MetricSample>[] {
  return before.map((output, index) => ({
    target: {
      values: flatten(target![index]!),
      dims: dimsOf(target![index]!),
      outputs: [flatten(output), flatten(after[index]!)],
      outputDims: dimsOf(output),
    },
  }));
}
