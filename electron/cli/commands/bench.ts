import type { Command } from 'commander';
import { basename } from 'node:path';
import { isMachineBusy } from '../../../shared/busy-machine.ts';
import { pairTimes } from '../../../shared/paired-times.ts';
import type { BenchResult } from '../../../shared/bench.ts';
import { formatBytes, formatCount, formatInterval, formatMs, formatRatio, formatShare } from '../../../shared/units.ts';
import { assertMayBeModel } from '../../engine/onnx/read-model.ts';
import { runEngineJob } from '../../worker/engine-client.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import {
  addCommonOptions,
  addDimOption,
  addLimitOptions,
  addThreadsOption,
  limitsOf,
  parseDecimal,
  resolvePath,
  type CommonOptions,
  type LimitOptions,
} from '../options.ts';
import { emphasize, printJson, printText } from '../output.ts';
import { showProgress } from '../progress.ts';
import { noteSwayedMedians } from '../swayed-medians.ts';
import { renderTable } from '../tables.ts';

interface BenchOptions extends CommonOptions, LimitOptions {
  readonly threads: number;
  readonly dim: Readonly<Record<string, number>>;
  readonly minSeconds: number;
}

export function renderBench(result: BenchResult): string {
  const baseNames = result.variants.map((variant) => basename(variant.path));
  const shortNames = new Set(baseNames).size === baseNames.length ? baseNames : [];
  const table = renderTable(
    [
      { title: 'model', fill: true },
      { title: 'size', align: 'right', leaveOut: 6 },
      { title: 'median', align: 'right' },
      { title: 'p90', align: 'right', leaveOut: 4 },
      { title: 'p95', align: 'right', leaveOut: 2 },
      { title: 'mean', align: 'right', leaveOut: 1 },
      { title: 'runs', align: 'right', leaveOut: 5 },
      { title: 'load', align: 'right', leaveOut: 3 },
      { title: 'peak memory', align: 'right' },
    ],
    result.variants.map((variant, index) => [
      shortNames[index] ?? variant.path,
      formatBytes(variant.sizeBytes),
      formatMs(variant.medianMs),
      formatMs(variant.p90Ms),
      formatMs(variant.p95Ms),
      formatMs(variant.meanMs),
      formatCount(variant.count),
      formatMs(variant.sessionLoadMs),
      formatBytes(variant.peakMemoryBytes),
    ]),
  );
  const { speedup, resolution, threads } = result;
  const lines = [
    table,
    '',
    `Second model against the first: ${emphasize(formatRatio(speedup.ratio))}, 95 % ` +
      `${formatInterval(speedup.ci95, formatRatio)} (above 1 is faster; ${threads} ${threads === 1 ? 'thread' : 'threads'}).`,
  ];
  const [first, second] = result.variants;
  if (first !== undefined && second !== undefined) {
    const { isEvened } = pairTimes(first.medianMs, second.medianMs, speedup.ratio);
    if (isEvened) lines.push(noteSwayedMedians(first.medianMs / second.medianMs));
  }
  if (resolution !== null) {
    lines.push(
      `First model against itself: ${formatRatio(resolution.ratio)} ${formatInterval(resolution.ci95, formatRatio)}. ` +
        'Smaller differences cannot be measured on this machine right now.',
    );
  }
  if (isMachineBusy(result)) {
    lines.push(
      `Other programs were running: a model got only ${formatShare(result.processorShare)} of a processor. Close them and measure again.`,
    );
  }
  return lines.join('\n');
}

async function bench(first: string, second: string, options: BenchOptions): Promise<ExitCode> {
  for (const path of [first, second]) await assertMayBeModel(resolvePath(path));
  const progress = showProgress({ quiet: options.quiet === true, stages: ['latency'] });
  try {
    const result = await withInterrupt((signal) =>
      runEngineJob(
        {
          kind: 'bench',
          request: {
            modelPaths: [resolvePath(first), resolvePath(second)],
            threads: options.threads,
            dims: { ...options.dim },
            minSeconds: options.minSeconds,
          },
        },
        { signal, onEvent: progress.onEvent, ...limitsOf(options) },
      ),
    );
    progress.stop();
    if (options.json === true) printJson(result);
    else printText(renderBench(result));
    return exitCodes.done;
  } finally {
    progress.stop();
  }
}

export function addBenchCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('bench')
    .summary('time two models against each other')
    .description(
      'Times A and B in fresh, interleaved processes with the same number of threads. Prints the speed-up of B over A with ' +
        'its 95 % interval; above 1 means B is faster. Records nothing.',
    )
    .argument('<a>', 'the .onnx file to compare with')
    .argument('<b>', 'the .onnx file to compare')
    .option('--min-seconds <s>', 'measure each model for at least this long', parseDecimal(0.1), 3);
  addThreadsOption(command);
  addLimitOptions(command, 'none');
  addDimOption(command);
  addCommonOptions(command)
    .addHelpText('after', '\nExample:\n  vernier bench model.onnx model.int8.onnx --threads 1')
    .action(async (first: string, second: string, options: BenchOptions) =>
      setExitCode(await bench(first, second, options)),
    );
}
