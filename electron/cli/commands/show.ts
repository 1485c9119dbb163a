import type { Command } from 'commander';
import type { RunDocument } from '../../../shared/run.ts';
import { withoutPictures } from '../../../shared/sample-evidence.ts';
import { findRun } from '../../store/find-run.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { storedRunHelp } from '../load-runs.ts';
import { renderDecision, renderFindings } from '../decision-view.ts';
import { addCommonOptions, databasePathOf, type CommonOptions } from '../options.ts';
import { printJson, printText } from '../output.ts';
import { renderSamples } from '../samples-view.ts';
import { renderNetwork } from '../network-view.ts';
import { renderRun, renderUnfinishedRun } from '../run-view.ts';
import { renderMarks } from '../history-view.ts';
import { withStore } from '../with-store.ts';
import { withOneLineTexts } from '../terminal-text.ts';

interface ShowOptions extends CommonOptions {
  readonly layers?: true;
  readonly findings?: true;
  readonly samples?: true;
  readonly graph?: true;
}

async function showRun(reference: string, options: ShowOptions): Promise<ExitCode> {
  const { summary, document } = await withStore(options, (store) => findRun(store, reference));
  // A run that is still going has no document yet; its summary says as much.
  if (options.json === true) printJson(document === null ? summary : withoutPictures(document));
  else if (document?.status === 'done') {
    const shown = withOneLineTexts(document);
    printText(
      options.findings === true || options.samples === true || options.graph === true
        ? renderParts(shown, options)
        : renderRun(shown, { layers: options.layers === true, databasePath: databasePathOf(options) }),
    );
  } else printText(renderUnfinishedRun(withOneLineTexts(summary), withOneLineTexts(document)));
  const marks = renderMarks(summary);
  if (options.json !== true && marks !== '') printText(marks);
  return exitCodes.done;
}

/** Only what was asked for, one after the other. */
function renderParts(document: RunDocument, { findings, samples, graph }: ShowOptions): string {
  return [
    ...(findings === true ? [renderDecision(document), renderFindings(document)] : []),
    ...(samples === true ? [renderSamples(document)] : []),
    ...(graph === true ? [renderNetwork(document)] : []),
  ]
    .join('\n')
    .trimStart();
}

export function addShowCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('show')
    .summary('show everything about one run')
    .description('Prints the results of a run. With --json: its run document (docs/run-document.md).')
    .argument('<run>', storedRunHelp)
    .option('--findings', 'print only the decision, what is wrong, and how to fix it')
    .option('--samples', 'print only the samples whose answer changed, and their classes')
    .option('--graph', 'print only the layers by module, with times, errors and conversions')
    .option('--layers', 'also print the table of layers');
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  vernier show latest --findings\n  vernier show latest --samples\n  vernier show latest --graph\n  vernier show latest --layers\n  vernier show 3f9a12c4 --json',
    )
    .action(async (reference: string, options: ShowOptions) => setExitCode(await showRun(reference, options)));
}
