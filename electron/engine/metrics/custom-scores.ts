import { z } from 'zod';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { MetricName, MetricRow } from '../../../shared/metric-row.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';

/** What a program of the user's gives back: a score a sample for each model, and what they are called. */
const scoresSchema = z.object({
  before: z.array(z.number().nullable()),
  after: z.array(z.number().nullable()),
  name: z.string().min(1).max(80).optional(),
  higherIsBetter: z.boolean().optional(),
});

const nameOfCustom = (label: string, source: string, higherIsBetter: boolean): MetricName => ({
  metric: 'custom',
  label,
  definition: `Mean over samples of the score that "${source}" gives each.`,
  zh: { label, definition: `“${source}”给出的各样本得分的均值。` },
  unit: '',
  higherIsBetter,
  against: 'targets',
});

const exampleScores = '{"before": [0.9, 0.8], "after": [0.9, 0.7], "name": "dice", "higherIsBetter": true}';

function parse(text: string, source: string): z.infer<typeof scoresSchema> {
  let value: unknown;
  try {
    // Python writes NaN and Infinity, which are no JSON: both become null, and null is refused below.
    value = JSON.parse(text.replaceAll(/(?<=[[,:\s])-?(?:NaN|Infinity)(?=[\],\s])/g, 'null'));
  } catch {
    value = undefined;
  }
  const parsed = scoresSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('data-malformed', tell('metricNotScores', { source, example: exampleScores }));
}

function assertScores(scores: readonly (number | null)[], model: string, count: number, source: string): void {
  if (scores.length !== count) {
    throw new AppError('data-malformed', tell('metricScoreCount', { source, found: scores.length, model, count }));
  }
  const wrong = scores.findIndex((score) => score === null || !Number.isFinite(score));
  if (wrong === -1) return;
  throw new AppError('data-malformed', tell('metricScoreNotFinite', { source, sample: wrong, model }));
}

/**
 * The row of a metric of the user's: its scores are theirs, mean, intervals and test are ours.
 * @param source the name of the file or command that gave them.
 * @throws AppError `data-malformed` for anything but one finite number a sample and model.
 */
export function rowOfScores(text: string, count: number, source: string): MetricRow {
  const { before, after, name = source, higherIsBetter = true } = parse(text, source);
  assertScores(before, 'original', count, source);
  assertScores(after, 'compressed', count, source);
  const sums = createSampleSums();
  const addition = (score: number): Addition => [
    [0, score],
    [1, 1],
  ];
  const sign = higherIsBetter ? 1 : -1;
  for (const [sample, score] of before.entries()) {
    const [mine, theirs] = [score!, after[sample]!];
    sums.add(addition(mine), addition(theirs), [sign * mine, sign * theirs]);
  }
  const row = sums.row(nameOfCustom(name, source, higherIsBetter), ([sum, size]) => sum! / size!);
  if (row !== null) return row;
  throw new AppError('data-missing', tell('metricTooFewSamples', { source, count }));
}
