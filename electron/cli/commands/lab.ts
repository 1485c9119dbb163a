import { Option, type Command } from 'commander';
import { formatBytes } from '../../../shared/units.ts';
import { importLabRun } from '../../host/import-lab-run.ts';
import { settleLabJob } from '../../host/settle-lab-job.ts';
import { collectLabGarbage } from '../../lab/collect-lab-garbage.ts';
import { listDevices, type SeenDevice } from '../../lab/device-list.ts';
import type { Lab } from '../../lab/connect-lab.ts';
import { cancelJob, findJob, isEnded, listJobStates, readJobState } from '../../lab/job-states.ts';
import { describePlace, jobPhases, type JobState } from '../../lab/lab-messages.ts';
import { assertWritable, type Store } from '../../store/database.ts';
import { listLabJobs } from '../../store/lab-jobs.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { assertDone, watchJob, withLab } from '../lab-client.ts';
import { addLabOptions, type LabOptions } from '../lab-options.ts';
import { addCommonOptions, parseInteger, resolvePath, type CommonOptions } from '../options.ts';
import { printJson, printNote, printText } from '../output.ts';
import { renderTable } from '../tables.ts';
import { toOneLine } from '../terminal-text.ts';
import { withStore } from '../with-store.ts';

type Options = CommonOptions & LabOptions;

/** A clock that is off by more is worth a word: times of its runs would be. */
const clockToleranceSeconds = 5;

export function renderDevices(devices: readonly SeenDevice[]): string {
  if (devices.length === 0) return 'No devices found. Start `vernier agent` on one.';
  const table = renderTable(
    [
      { title: 'device' },
      { title: 'state' },
      { title: 'CPU', fill: true, leaveOut: 2 },
      { title: 'cores', align: 'right', leaveOut: 3 },
      { title: 'dot product', leaveOut: 4 },
      { title: 'Vernier', leaveOut: 1 },
      { title: 'labels', leaveOut: 5 },
      { title: 'runs', leaveOut: 6 },
    ],
    devices.map((device) => [
      device.name,
      device.state,
      device.environment.cpuModel,
      String(device.environment.cores),
      device.hasInt8DotProduct ? 'yes' : 'no',
      device.environment.vernierVersion,
      Object.entries(device.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
      device.jobTitle ?? '',
    ]),
  );
  const notes = devices
    .filter(({ clockAheadSeconds }) => Math.abs(clockAheadSeconds) > clockToleranceSeconds)
    .map(
      ({ name, clockAheadSeconds }) =>
        `The clock of ${name} is ${Math.abs(Math.round(clockAheadSeconds))} s ${clockAheadSeconds > 0 ? 'ahead of' : 'behind'} the server's.`,
    );
  return [table, ...notes].join('\n');
}

function renderJobs(states: readonly JobState[]): string {
  if (states.length === 0) return 'The lab has no such jobs.';
  return renderTable(
    [
      { title: 'job' },
      { title: 'kind' },
      { title: 'model', fill: true },
      { title: 'on' },
      { title: 'state' },
      { title: 'device', leaveOut: 4 },
      { title: 'try', align: 'right', leaveOut: 1 },
      { title: 'submitted', leaveOut: 2 },
      { title: 'by', leaveOut: 3 },
    ],
    states.map((state) => [
      state.jobId.slice(0, 8),
      state.kind,
      state.title,
      describePlace(state.place),
      state.stage === null ? state.phase : `${state.phase}: ${state.stage}`,
      state.device ?? '',
      String(state.attempt),
      new Date(state.submittedTimestampMs).toISOString().slice(0, 16).replace('T', ' '),
      state.submittedBy,
    ]),
  );
}

export function addDevicesCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('devices')
    .summary('list the machines of a lab')
    .description('Lists the machines that run an agent, and what they are doing.');
  addCommonOptions(addLabOptions(command))
    .addHelpText('after', '\nExample:\n  vernier devices --server nats://lab.local:4222')
    .action(async (options: Options) => {
      const devices = await withLab(options, listDevices);
      if (options.json === true) printJson(devices);
      else printText(renderDevices(devices));
      setExitCode(exitCodes.done);
    });
}

async function watch(reference: string, options: Options): Promise<ExitCode> {
  return withLab(options, async (lab) => {
    const { jobId } = await findJob(lab, reference);
    const ended = await withInterrupt((signal) => watchJob(lab, jobId, options, signal));
    if (options.json === true) printJson(ended);
    assertDone(ended);
    if (options.json !== true)
      printText(
        `Job ${jobId.slice(0, 8)} is done on ${ended.device ?? '?'}. Get its result with \`vernier lab fetch ${jobId.slice(0, 8)}\`.`,
      );
    return exitCodes.done;
  });
}

/** Those that are named; else all that were submitted with this history, whose end it does not have. */
async function jobsToFetch(store: Store, lab: Lab, references: readonly string[]): Promise<JobState[]> {
  if (references.length > 0) return Promise.all(references.map((reference) => findJob(lab, reference)));
  const states = await Promise.all(listLabJobs(store).map(({ jobId }) => readJobState(lab, jobId)));
  return states.filter((state) => state !== null && isEnded(state)) as JobState[];
}

/** @returns what to say of a job that did not end well; null for one whose result was fetched. */
async function fetchOne(
  store: Store,
  lab: Lab,
  state: JobState,
  out: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  const run = isEnded(state)
    ? await settleLabJob(store, lab, state, signal)
    : await importLabRun(store, lab, state, null, signal);
  if (run === null) {
    return state.phase === 'cancelled' ? 'cancelled' : (state.error?.message ?? 'failed');
  }
  // Fetched before, it costs nothing again.
  if (out !== null) await importLabRun(store, lab, state, out, signal);
  return null;
}

async function fetch(references: readonly string[], options: Options & { readonly out?: string }): Promise<ExitCode> {
  return withLab(options, async (lab) =>
    withStore(options, async (store) => {
      assertWritable(store);
      const states = await jobsToFetch(store, lab, references);
      const out = options.out === undefined || states.length !== 1 ? null : resolvePath(options.out);
      const fetched: { jobId: string; runId: string; device: string | null; problem: string | null }[] = [];
      for (const state of states) {
        const problem = await withInterrupt((signal) => fetchOne(store, lab, state, out, signal));
        fetched.push({ jobId: state.jobId, runId: state.runId, device: state.device, problem });
      }
      if (options.json === true) printJson(fetched);
      else if (fetched.length === 0) printText('No more jobs of this history have finished.');
      else
        printText(
          fetched
            .map(({ jobId, runId, device, problem }) =>
              problem === null
                ? `Run ${runId.slice(0, 8)} from ${device ?? '?'} is in the history.`
                : `Job ${jobId.slice(0, 8)} brought no result: ${toOneLine(problem)}`,
            )
            .join('\n'),
        );
      return fetched.some(({ problem }) => problem !== null) ? exitCodes.failed : exitCodes.done;
    }),
  );
}

export function addLabCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const lab = program
    .command('lab')
    .summary('work with the jobs of a lab: list, watch, cancel, fetch, clean up')
    .description('Jobs on other machines (docs/lab.md).');
  const add = (name: string, summary: string) => lab.command(name).summary(summary).description(summary);
  addCommonOptions(
    addLabOptions(add('jobs', 'list the jobs, newest first'))
      .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobPhases))
      .option('--limit <n>', 'at most this many', parseInteger(1), 100),
  ).action(async (options: Options & { state?: JobState['phase']; limit: number }) => {
    const all = await withLab(options, listJobStates);
    const found = all.filter(({ phase }) => options.state === undefined || phase === options.state);
    const shown = found.slice(0, options.limit);
    if (options.json === true) printJson(shown);
    else printText(renderJobs(shown));
    if (options.json !== true && shown.length < found.length)
      printNote(`${shown.length} of ${found.length} jobs; --limit shows more, --state fewer kinds.`);
    setExitCode(exitCodes.done);
  });
  const id = 'a job id, or its first characters';
  addCommonOptions(addLabOptions(add('watch', 'follow a job until it has ended').argument('<job>', id))).action(
    async (reference: string, options: Options) => setExitCode(await watch(reference, options)),
  );
  addCommonOptions(addLabOptions(add('cancel', 'cancel a job, even a running one').argument('<job>', id))).action(
    async (reference: string, options: Options) => {
      const { jobId, isCancelled } = await withLab(options, async (open) => {
        const state = await findJob(open, reference);
        return { jobId: state.jobId, isCancelled: await cancelJob(open, state.jobId) };
      });
      if (options.json === true) printJson({ jobId, isCancelled });
      else
        printText(
          isCancelled ? `Job ${jobId.slice(0, 8)} is cancelled.` : `Job ${jobId.slice(0, 8)} had already ended.`,
        );
      setExitCode(exitCodes.done);
    },
  );
  addCommonOptions(
    addLabOptions(
      add('fetch', 'import results into the history; safe to repeat').argument(
        '[job...]',
        `${id}; without any: all finished jobs of this history`,
      ),
    ).option('--out <file>', 'also write the compressed model of a single job to this file'),
  ).action(async (references: string[], options: Options & { out?: string }) =>
    setExitCode(await fetch(references, options)),
  );
  addCommonOptions(
    addLabOptions(add('gc', 'remove old jobs, and files on the server that nothing needs'))
      .option(
        '--older-than <days>',
        'only finished jobs that were submitted more than this many days ago',
        parseInteger(0, 3650),
        7,
      )
      .option('--dry-run', 'only say what would be removed'),
  ).action(async (options: Options & { olderThan: number; dryRun?: true }) => {
    const before = Date.now() - options.olderThan * 86_400_000;
    const found = await withLab(options, (open) => collectLabGarbage(open, before, options.dryRun === true));
    const what = `${found.jobs} ${found.jobs === 1 ? 'job' : 'jobs'} and ${found.objects} files of ${formatBytes(found.sizeBytes)}`;
    if (options.json === true) printJson({ ...found, isDryRun: options.dryRun === true });
    else printText(options.dryRun === true ? `Would remove ${what}.` : `Removed ${what}.`);
    setExitCode(exitCodes.done);
  });
}
