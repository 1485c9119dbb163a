import type { CompressRequest } from '../../shared/compress-request.ts';
import { recordRun, type RecordedRun } from '../host/record-run.ts';
import type { Store } from '../store/database.ts';
import { runEngineJob } from '../worker/engine-client.ts';
import { customMetricOf, type CustomMetricOptions } from './custom-metric.ts';
import { limitsOf, type CommonOptions, type LimitOptions } from './options.ts';
import { printNote } from './output.ts';
import { showProgress } from './progress.ts';
import { withStopKey } from './stop-key.ts';

/** Runs the engine with its progress on stderr, and records the run. */
export async function runRecorded(
  store: Store,
  request: CompressRequest,
  options: CommonOptions & LimitOptions & CustomMetricOptions,
  { signal, tags = [] }: { readonly signal: AbortSignal; readonly tags?: readonly string[] },
): Promise<RecordedRun> {
  const customMetric = customMetricOf(options);
  const progress = showProgress({ quiet: options.quiet === true });
  // Told when the bar is gone, which would paint over them.
  const warnings: string[] = [];
  try {
    return await recordRun(store, request, {
      marks: { tags },
      onEvent: progress.onEvent,
      onUnrecordedEnd: (error) => {
        progress.stop();
        printNote(`warning: how the run ended could not be recorded: ${error.message}`);
      },
      onWarning: ({ message }) => warnings.push(message),
      compress: (onEvent) =>
        withStopKey(options.quiet !== true, (enough) =>
          runEngineJob({ kind: 'compress', request, customMetric }, { signal, enough, onEvent, ...limitsOf(options) }),
        ),
    });
  } finally {
    progress.stop();
    for (const warning of warnings) printNote(`warning: ${warning}`);
  }
}
