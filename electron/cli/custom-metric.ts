import type { Command } from 'commander';
import type { CustomMetric } from '../engine/job/engine-context.ts';
import { UsageError } from './exit-code.ts';
import { parseInteger, resolvePath } from './options.ts';

/** A metric of the user's own: said here, and nowhere that is kept. */
export interface CustomMetricOptions {
  readonly metric?: string;
  readonly metricCommand?: string;
  readonly metricTimeout?: number;
}

const defaultTimeLimitSeconds = 600;

export function addCustomMetricOptions(command: Command): Command {
  return command
    .option('--metric <file>', 'JavaScript module (.mjs) whose default export scores each sample; runs on its own')
    .option(
      '--metric-command <command>',
      'program that scores each sample, such as "python score.py"; it gets a folder of .npz files',
    )
    .option(
      '--metric-timeout <seconds>',
      `longest time for a metric of your own (default: ${defaultTimeLimitSeconds})`,
      parseInteger(1, 86_400),
    );
}

/** @throws UsageError for two metrics at once. */
export function customMetricOf({ metric, metricCommand, metricTimeout }: CustomMetricOptions): CustomMetric | null {
  if (metric !== undefined && metricCommand !== undefined)
    throw new UsageError('Use either --metric or --metric-command, not both.');
  const timeLimitSeconds = metricTimeout ?? defaultTimeLimitSeconds;
  if (metric !== undefined) return { kind: 'module', path: resolvePath(metric), timeLimitSeconds };
  return metricCommand === undefined ? null : { kind: 'command', command: metricCommand, timeLimitSeconds };
}
