import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { CancelledError, serializeError } from '../../../shared/app-error.ts';
import type { CompressRequest } from '../../../shared/compress-request.ts';
import { deviceMatrix, type PlacedRun } from '../../../shared/device-matrix.ts';
import { provingStages } from '../../../shared/events.ts';
import { defaultRecipeName } from '../../../shared/recipe.ts';
import { assertMayBeModel } from '../../engine/onnx/read-model.ts';
import { isAt, listDevices } from '../../lab/device-list.ts';
import type { Lab } from '../../lab/connect-lab.ts';
import { parsePlace } from '../../lab/lab-messages.ts';
import type { Place } from '../../lab/lab-names.ts';
import { assertWritable, type Store } from '../../store/database.ts';
import { importRun } from '../../store/import-runs.ts';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { withoutPictures } from '../../../shared/sample-evidence.ts';
import { renderDeviceMatrix } from '../device-matrix-view.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { runOnLab, withLab } from '../lab-client.ts';
import { addLabOptions, type LabOptions } from '../lab-options.ts';
import {
  addCommonOptions,
  addDimOption,
  addLimitOptions,
  addThreadsOption,
  limitsOf,
  resolvePath,
} from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';
import { showProgress } from '../progress.ts';
import { addDataOptions, addGateOptions, buildRequest, type RunOptions } from '../run-options.ts';
import { runEngineJob } from '../../worker/engine-client.ts';
import { withStore } from '../with-store.ts';

interface ProveOptions extends Omit<RunOptions, 'recipe'>, LabOptions {
  readonly against: string;
  readonly on?: string;
}

/** Each device by its name for `all`; else the one place. @throws AppError `lab-job` where no device is there. */
async function placesOf(lab: Lab, on: string): Promise<Place[]> {
  if (on !== 'all') {
    const place = parsePlace(on);
    if (place.kind !== 'label') return [place];
    const names = (await listDevices(lab)).filter((device) => isAt(device, place)).map(({ name }) => name);
    return names.length === 0 ? [place] : names.map((name) => ({ kind: 'device', name }));
  }
  const devices = await listDevices(lab);
  if (devices.length === 0) throw new AppError('lab-job', tell('noDeviceThere'));
  return devices.map(({ name }) => ({ kind: 'device', name }));
}

async function proveHere(
  store: Store,
  request: CompressRequest,
  options: ProveOptions,
  signal: AbortSignal,
): Promise<PlacedRun[]> {
  const progress = showProgress({
    quiet: options.quiet === true,
    stages: provingStages,
  });
  try {
    const document = await runEngineJob(
      { kind: 'prove', request },
      { signal, onEvent: progress.onEvent, ...limitsOf(options) },
    );
    importRun(store, document, { tags: ['proof'] });
    return [{ document, tags: [] }];
  } finally {
    progress.stop();
  }
}

async function proveOnLab(
  store: Store,
  request: CompressRequest,
  options: ProveOptions,
  on: string,
  signal: AbortSignal,
): Promise<PlacedRun[]> {
  return withLab(options, async (lab) => {
    const places = await placesOf(lab, on);
    const runs: PlacedRun[] = [];
    const quiet = places.length > 1 ? ({ ...options, quiet: true } as const) : options;
    // Each device has a queue of its own: all measure at once, and none waits for another.
    const endings = await Promise.allSettled(
      places.map(async (place) => {
        const own = { ...request, runId: randomUUID() };
        const run = await runOnLab(store, lab, { kind: 'prove', request: own, place, tags: ['proof'] }, quiet, signal);
        runs.push(run);
        if (options.quiet !== true)
          printNote(`${run.tags.find((tag) => tag.startsWith('device:'))?.slice(7) ?? '?'}: done`);
      }),
    );
    for (const [index, ending] of endings.entries()) {
      if (ending.status === 'fulfilled') continue;
      if (ending.reason instanceof CancelledError || runs.length === 0) throw ending.reason;
      const place = places[index]!;
      printNote(
        `error: ${place.kind === 'device' ? place.name : place.kind}: ${serializeError(ending.reason).message}`,
      );
    }
    return runs;
  });
}

async function prove(model: string, options: ProveOptions): Promise<ExitCode> {
  const against = resolvePath(options.against);
  const compressed = resolvePath(model);
  for (const path of [compressed, against]) await assertMayBeModel(path);
  const request = buildRequest(against, { ...options, recipe: defaultRecipeName, out: compressed });
  return withStore(options, async (store) => {
    assertWritable(store);
    const { on } = options;
    const runs = await withInterrupt((signal) =>
      on === undefined ? proveHere(store, request, options, signal) : proveOnLab(store, request, options, on, signal),
    );
    const rows = deviceMatrix(runs);
    if (options.json === true) printJson({ rows, runs: runs.map(({ document }) => withoutPictures(document)) });
    else printText(renderDeviceMatrix(rows));
    return runs.every(({ document }) => document.gates.every(({ met }) => met)) ? exitCodes.done : exitCodes.gateNotMet;
  });
}

export function addProveCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('prove')
    .summary('measure a compressed model against its original, here or on a lab')
    .description(
      'Measures latency, memory and accuracy of MODEL against the model it was made from, on the samples that `compress` would evaluate on ' +
        'with the same options. Writes no model. Each device adds a run to the history; one table shows all of them, worst first.',
    )
    .argument('<model>', 'the compressed .onnx file')
    .requiredOption('--against <model>', 'the .onnx file it was made from')
    .optionsGroup('Data:');
  addDataOptions(command)
    .optionsGroup('Lab:')
    .option(
      '--on <place>',
      'where to measure: all, any, the name of a device, or label=KEY=VALUE (default: this machine)',
    );
  addLabOptions(command).optionsGroup('Measuring:');
  addThreadsOption(command);
  addLimitOptions(command, 'none');
  addDimOption(command).optionsGroup('Limits (exit code 3 if one is not met on a device):');
  addGateOptions(command).optionsGroup('General:');
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  vernier prove model.int8.onnx --against model.onnx --data images/\n  vernier prove model.int8.onnx --against model.onnx --data images/ --on all',
    )
    .action(async (model: string, options: ProveOptions) => setExitCode(await prove(model, options)));
}
