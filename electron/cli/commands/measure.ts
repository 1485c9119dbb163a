import { withoutPictures } from '../../../shared/sample-evidence.ts';
import type { Command } from 'commander';
import { measureRunAgain, prepareMeasuring } from '../../host/measure-again.ts';
import { runEngineJob } from '../../worker/engine-client.ts';
import { renderDecision } from '../decision-view.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { storedRunHelp } from '../load-runs.ts';
import { addCommonOptions, addLimitOptions, limitsOf, type CommonOptions, type LimitOptions } from '../options.ts';
import { printJson, printText } from '../output.ts';
import { showProgress } from '../progress.ts';
import { withStore } from '../with-store.ts';
import { withOneLineTexts } from '../terminal-text.ts';

type MeasureOptions = CommonOptions & LimitOptions;

async function measure(reference: string, options: MeasureOptions): Promise<ExitCode> {
  return withStore(options, async (store) => {
    const remeasurable = await prepareMeasuring(store, reference);
    const progress = showProgress({ quiet: options.quiet === true, stages: ['prepare', 'data', 'latency'] });
    try {
      const document = await withInterrupt((signal) =>
        measureRunAgain(store, remeasurable, (job) =>
          runEngineJob(job, { signal, onEvent: progress.onEvent, ...limitsOf(options) }),
        ),
      );
      progress.stop();
      const shown = withOneLineTexts(document);
      if (options.json === true) printJson(withoutPictures(document));
      else printText(renderDecision(shown).trimStart());
      return document.gates.every(({ met }) => met) ? exitCodes.done : exitCodes.gateNotMet;
    } finally {
      progress.stop();
    }
  });
}

export function addMeasureCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('measure')
    .summary('time the models of a run again and keep the result with the run')
    .description(
      'Times both models of a finished run again, in the same way. The latest measurement that other programs did not disturb counts. ' +
        'Both models and the data must be where they were, and the processor must be the same.',
    )
    .argument('<run>', storedRunHelp);
  addLimitOptions(command, 'none');
  addCommonOptions(command)
    .addHelpText('after', '\nExample:\n  vernier measure latest')
    .action(async (reference: string, options: MeasureOptions) => setExitCode(await measure(reference, options)));
}
