import { InvalidArgumentError, type Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { CancelledError, recordError } from '../../../shared/app-error.ts';
import type { CompressRequest } from '../../../shared/compress-request.ts';
import { decisionWords } from '../../../shared/decision-texts.ts';
import { decisionOf } from '../../../shared/decision.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { lookUp } from '../../../shared/look-up.ts';
import { schemeNames } from '../../../shared/schemes.ts';
import { defaultRecipeName, recipePresets, type Recipe } from '../../../shared/recipe.ts';
import { shortId } from '../../../shared/run-id.ts';
import { assertMayBeModel } from '../../engine/onnx/read-model.ts';
import { parsePlace } from '../../lab/lab-messages.ts';
import { assertReplaceable } from '../../host/record-run.ts';
import { assertWritable, type Store } from '../../store/database.ts';
import { exitCodes, UsageError, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { runOnLab, withLab } from '../lab-client.ts';
import { addLabOptions, type LabOptions } from '../lab-options.ts';
import { addCommonOptions, addDimOption, addLimitOptions, collectList, parseInteger, resolvePath } from '../options.ts';
import { printError, printJson, printNote, printText } from '../output.ts';
import {
  addDataOptions,
  addGateOptions,
  addRecipeOptions,
  buildRequest,
  presetNames,
  type RequestOptions,
} from '../run-options.ts';
import { runRecorded } from '../run-recorded.ts';
import { placeMembers, renderStudy, writeStudy, type SweptMember } from '../study-view.ts';
import { toOneLine } from '../terminal-text.ts';
import { withStore } from '../with-store.ts';

interface SweepOptions extends RequestOptions, LabOptions {
  readonly on?: string;
  readonly schemes?: readonly Recipe['scheme'][];
  readonly threads?: readonly number[];
  readonly recipe?: string;
  readonly out?: string;
  readonly force?: true;
}

const offeredSchemes: readonly Recipe['scheme'][] = [...schemeNames, 'auto'];
const defaultSchemes: readonly Recipe['scheme'][] = ['int8-static', 'int8-dynamic'];

interface Planned {
  readonly name: string;
  readonly scheme: Recipe['scheme'];
  readonly request: CompressRequest;
}

/** Each scheme with each number of threads, in the order in which they were named. */
function planMembers(model: string, options: SweepOptions): Planned[] {
  const schemes = [...new Set(options.schemes ?? defaultSchemes)];
  const threadCounts = [...new Set(options.threads ?? [1])];
  if (schemes.length * threadCounts.length < 2) {
    throw new UsageError('A sweep compares at least two runs: name several with --schemes or --threads.');
  }
  const modelPath = resolvePath(model);
  const folder = options.out === undefined ? dirname(modelPath) : resolvePath(options.out);
  return schemes.flatMap((scheme) =>
    threadCounts.map((threads) => {
      const kind = threadCounts.length === 1 ? scheme : `${scheme}.${threads}-threads`;
      const recipe = options.recipe ?? (lookUp(recipePresets, scheme) === undefined ? defaultRecipeName : scheme);
      const out = join(folder, `${basename(modelPath, extname(modelPath))}.${kind}.onnx`);
      const { schemes: _, ...shared } = options;
      const name = threadCounts.length === 1 ? scheme : `${scheme}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
      return { name, scheme, request: buildRequest(model, { ...shared, recipe, scheme, threads, out }) };
    }),
  );
}

/** One member after another: two at once would falsify each other's times. A failure is told, and the others go on. */
async function runMembers(
  store: Store,
  planned: readonly Planned[],
  tag: string,
  options: SweepOptions,
  signal: AbortSignal,
): Promise<SweptMember[]> {
  const members: SweptMember[] = [];
  const say = (text: string) => {
    if (options.quiet !== true) printNote(text);
  };
  for (const [index, { name, scheme, request }] of planned.entries()) {
    const { runId, outPath, threads } = request;
    const shared = { name, scheme, threads, runId, outPath, device: null } as const;
    if (signal.aborted) {
      members.push({ ...shared, status: 'notStarted', document: null, error: null });
      continue;
    }
    say(`${index + 1} of ${planned.length}: ${name}`);
    try {
      const { document, historyError } = await runRecorded(store, request, options, { signal, tags: [tag] });
      say(`${name}: ${decisionWords.en[decisionOf(document).decision].toLowerCase()}, run ${shortId(runId)}`);
      if (historyError !== null) {
        printError(historyError, false);
        printNote(`The model of ${name} is complete, but its run could not be added to the history.`);
      }
      members.push({ ...shared, status: 'done', document, error: historyError && recordError(historyError) });
    } catch (error) {
      const isCancelled = error instanceof CancelledError;
      const { code, message } = recordError(error);
      if (!isCancelled) printNote(`error: ${name}: ${toOneLine(message)}`);
      members.push({
        ...shared,
        status: isCancelled ? 'cancelled' : 'failed',
        document: null,
        error: isCancelled ? null : { code, message },
      });
    }
  }
  return members;
}

/** All at once: each goes to a machine that is free. */
async function runMembersOnLab(
  store: Store,
  planned: readonly Planned[],
  tag: string,
  options: SweepOptions & { readonly on: string },
  signal: AbortSignal,
): Promise<SweptMember[]> {
  const place = parsePlace(options.on);
  return withLab(options, (lab) =>
    Promise.all(
      planned.map(async ({ name, scheme, request }): Promise<SweptMember> => {
        const { runId, outPath, threads } = request;
        const shared = { name, scheme, threads, runId, outPath, device: null } as const;
        try {
          const submission = { kind: 'compress', request, place, tags: [tag] } as const;
          const { document, tags } = await runOnLab(store, lab, submission, { ...options, quiet: true }, signal);
          const device = tags.find((text) => text.startsWith('device:'))?.slice('device:'.length) ?? null;
          const words = decisionWords.en[decisionOf(document).decision].toLowerCase();
          if (options.quiet !== true) printNote(`${name}: ${words} on ${device ?? '?'}, run ${shortId(runId)}`);
          return { ...shared, device, status: 'done', document, error: null };
        } catch (error) {
          if (error instanceof CancelledError) return { ...shared, status: 'cancelled', document: null, error: null };
          const { code, message } = recordError(error);
          printNote(`error: ${name}: ${toOneLine(message)}`);
          return { ...shared, status: 'failed', document: null, error: { code, message } };
        }
      }),
    ),
  );
}

function exitCodeOfStudy(members: readonly SweptMember[]): ExitCode {
  if (members.some(({ status }) => status === 'cancelled' || status === 'notStarted')) return exitCodes.interrupted;
  if (members.some(({ error }) => error !== null)) return exitCodes.failed;
  const winner = members.find(({ runId }) => runId === placeMembers(members)[0]?.member.run.runId);
  return winner!.document!.gates.every(({ met }) => met) ? exitCodes.done : exitCodes.gateNotMet;
}

async function sweep(model: string, options: SweepOptions): Promise<ExitCode> {
  const planned = planMembers(model, options);
  const modelPath = resolvePath(model);
  await assertMayBeModel(modelPath);
  return withStore(options, async (store) => {
    assertWritable(store);
    for (const { request } of planned) {
      assertReplaceable({ path: request.outPath, modelPath, otherPath: null }, options.force === true, store, {
        what: tell('outputOption', { option: '--out' }),
        otherwise: tell('otherwiseOut'),
      });
    }
    const tag = `study:${randomUUID().slice(0, 8)}`;
    const { on } = options;
    const members = await withInterrupt((signal) =>
      on === undefined
        ? runMembers(store, planned, tag, options, signal)
        : runMembersOnLab(store, planned, tag, { ...options, on }, signal),
    );
    if (options.json === true) printJson(writeStudy(tag, modelPath, members));
    else printText(renderStudy(tag, members));
    return exitCodeOfStudy(members);
  });
}

function collectSchemes(text: string, previous?: readonly Recipe['scheme'][]): Recipe['scheme'][] {
  return collectList(text, previous).map((name) => {
    const scheme = offeredSchemes.find((known) => known === name);
    if (scheme === undefined) throw new InvalidArgumentError(`Allowed choices are ${offeredSchemes.join(', ')}.`);
    return scheme;
  });
}

const parseThreads = parseInteger(1, 256);

function collectThreads(text: string, previous: readonly number[] = []): number[] {
  return [...previous, ...collectList(text).map((count) => parseThreads(count))];
}

export function addSweepCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('sweep')
    .summary('compress a model in several ways and pick the best')
    .description(
      'Compresses MODEL once per scheme and number of threads, one run after another, and records each run as `compress` does. ' +
        'All runs get the same tag, study:…. The first line of the result names the winner and says why the others lost: ' +
        'by decision, then speed, size, and closeness to the original. Runs whose intervals overlap tie.',
    )
    .argument('<model>', 'an .onnx file')
    .optionsGroup('What to compare:')
    .option(
      '--schemes <names>',
      `of ${offeredSchemes.join(', ')}; comma-separated, repeatable (default: ${defaultSchemes.join(',')})`,
      collectSchemes,
    )
    .option('--threads <counts>', 'threads per session; comma-separated, repeatable (default: 1)', collectThreads)
    .optionsGroup('Data:');
  addDataOptions(command)
    .optionsGroup('Recipe:')
    .option(
      '--recipe <name|file>',
      `recipe for everything but the scheme: a preset (${presetNames}) or a JSON file (default: the preset of the same name)`,
    );
  addRecipeOptions(command, ['scheme']).optionsGroup('Measuring and output:');
  addLimitOptions(command, 'none');
  addDimOption(command)
    .option('--out <folder>', 'of the compressed models, called <model>.<scheme>.onnx (default: next to the model)')
    .option('--force', 'replace existing output files')
    .optionsGroup('On other machines:')
    .option('--on <place>', 'any, the name of a device, or label=KEY=VALUE: runs are spread over the free ones');
  addLabOptions(command).optionsGroup('Limits (exit code 3 if the winner does not meet them):');
  addGateOptions(command).optionsGroup('General:');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  vernier sweep model.onnx --data images/
  vernier sweep model.onnx --data images/ --schemes int8-static,int8-dynamic --threads 1,2
  vernier sweep bert.onnx --data tokens.npz --schemes int8-dynamic,int8-weights,float16-weights --json > study.json`,
    )
    .action(async (model: string, options: SweepOptions) => setExitCode(await sweep(model, options)));
}
