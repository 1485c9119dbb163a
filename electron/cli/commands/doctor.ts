import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { formatBytes } from '../../../shared/units.ts';
import { checkStore, type StoreHealth } from '../../store/check-store.ts';
import { runEngineJob } from '../../worker/engine-client.ts';
import type { EngineHealth } from '../../worker/protocol.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { addCommonOptions, databasePathOf, type CommonOptions } from '../options.ts';
import { bad, good, printJson, printText } from '../output.ts';

/** Below this a model of ordinary size (100 MB) and its copies do not fit. */
const comfortableFreeMemoryBytes = 1e9;

interface Health {
  readonly engine: EngineHealth | null;
  readonly database: StoreHealth;
  readonly freeMemoryBytes: number;
  /** What keeps Vernier from working, each with what to do about it. Empty: all is well. */
  readonly problems: readonly string[];
  /** What makes its results worse than they could be. */
  readonly warnings: readonly string[];
}

/** Memory that programs can have without anyone being swapped out; os.freemem() leaves the file cache out on old Nodes. */
function readAvailableMemoryBytes(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return freemem();
}

async function examine(options: CommonOptions): Promise<Health> {
  const problems: string[] = [];
  const warnings: string[] = [];

  let engine: EngineHealth | null = null;
  try {
    engine = await withInterrupt((signal) => runEngineJob({ kind: 'doctor' }, { signal, onEvent: () => undefined }));
  } catch (error) {
    problems.push(`The engine does not start: ${(error as Error).message} Install again with \`npm ci\`.`);
  }
  if (engine !== null) {
    if (engine.onnxRuntimeProblem !== null) {
      problems.push(`ONNX Runtime does not run: ${engine.onnxRuntimeProblem} Install again with \`npm ci\`.`);
    }
    if (engine.imageProblem !== null) {
      problems.push(`Images cannot be read: ${engine.imageProblem} Install again with \`npm ci\`.`);
    }
    if (engine.int8ProductsExact === false) {
      warnings.push(
        'This CPU adds int8 products up in 16 bits, which can overflow: weights are kept where they cannot ' +
          '(--reduced-range auto and safe), and int8 is less of a gain than on a CPU with VNNI.',
      );
    }
    if (engine.environment.onBattery === true) {
      warnings.push('The machine runs on battery: latencies will be higher and less steady. Plug it in to measure.');
    }
    const { governor } = engine.environment;
    if (governor === 'powersave') {
      warnings.push(
        'The CPU governor is "powersave": latencies may vary. `cpupower frequency-set -g performance` steadies them.',
      );
    }
  }

  const database = checkStore(databasePathOf(options));
  if (database.problem !== null) problems.push(database.problem);

  const freeMemoryBytes = readAvailableMemoryBytes();
  if (freeMemoryBytes < comfortableFreeMemoryBytes) {
    warnings.push(`Only ${formatBytes(freeMemoryBytes)} of memory is free: close other programs before a large model.`);
  }
  return { engine, database, freeMemoryBytes, problems, warnings };
}

function renderHealth({ engine, database, freeMemoryBytes, problems, warnings }: Health): string {
  const rows: (readonly [string, string])[] = [];
  if (engine !== null) {
    const { environment } = engine;
    const flags = environment.cpuFlags.length === 0 ? 'not told by this system' : environment.cpuFlags.join(' ');
    rows.push(
      ['Vernier', environment.vernierVersion],
      ['system', environment.os],
      ['Node', environment.nodeVersion],
      ['CPU', `${environment.cpuModel}, ${environment.cores} cores`],
      ['instructions', flags],
      [
        'int8 dot product',
        engine.hasInt8DotProduct
          ? 'yes: int8 models run on the fast kernels'
          : 'no: int8 gains less here than on CPUs with VNNI, AMX or ARM dot product',
      ],
      [
        'int8 sums',
        engine.int8ProductsExact === null
          ? 'not tested'
          : engine.int8ProductsExact
            ? 'exact (tested with ONNX Runtime)'
            : 'overflow at 16 bits (tested with ONNX Runtime)',
      ],
      ['memory', `${formatBytes(environment.totalMemoryBytes)}, ${formatBytes(freeMemoryBytes)} free`],
      [
        'ONNX Runtime',
        `${environment.onnxRuntimeVersion}, ${engine.onnxRuntimeProblem === null ? 'loads and runs' : 'does not run'}`,
      ],
      ['images', engine.imageProblem === null ? 'can be read' : 'cannot be read'],
    );
  }
  rows.push(
    ['SQLite', database.sqliteVersion],
    [
      'history',
      `${database.path}, ${database.problem === null ? `writable, ${database.runCount ?? 0} runs` : 'not usable'}`,
    ],
  );
  return [
    ...rows.map(([name, value]) => `${name.padEnd(17)} ${value}`),
    '',
    ...warnings.map((warning) => `warning: ${warning}`),
    ...problems.map((problem) => `${bad('missing')}: ${problem}`),
    ...(problems.length === 0 ? [good('Nothing is missing.')] : []),
  ].join('\n');
}

export function addDoctorCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('doctor')
    .summary('check this machine and installation')
    .description(
      'Checks the CPU, ONNX Runtime, image decoding, SQLite and the history, and says what is missing. Exit code 1 if ' +
        'something is.',
    );
  addCommonOptions(command)
    .addHelpText('after', '\nExample:\n  vernier doctor --json')
    .action(async (options: CommonOptions) => {
      const health = await examine(options);
      if (options.json === true) printJson(health);
      else printText(renderHealth(health));
      setExitCode(health.problems.length === 0 ? exitCodes.done : exitCodes.failed);
    });
}
