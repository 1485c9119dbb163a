import { InvalidArgumentError, Option, type Command } from 'commander';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { formatBytes } from '../../../shared/units.ts';
import { makeOwnFolder } from '../../store/private-files.ts';
import { defaultDatabasePath } from '../../store/places.ts';
import { runAgent } from '../../lab/agent.ts';
import { connectLab } from '../../lab/connect-lab.ts';
import { namePattern, reservedNames } from '../../lab/lab-names.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { addLabOptions, labAddress, type LabOptions } from '../lab-options.ts';
import { addLimitOptions, limitsOf, parseInteger, resolvePath, type LimitOptions } from '../options.ts';
import { printNote } from '../output.ts';
import { startLean } from '../start-lean.ts';

interface AgentCommandOptions extends LabOptions, LimitOptions {
  readonly name: string;
  readonly label: Readonly<Record<string, string>>;
  readonly cacheSize: number;
  readonly folder?: string;
  readonly replicas: number;
}

function parseDeviceName(text: string): string {
  if (reservedNames.has(text)) throw new InvalidArgumentError(`"${text}" means devices of every name.`);
  return parseName(text);
}

function parseName(text: string): string {
  if (namePattern.test(text)) return text;
  throw new InvalidArgumentError('Expected letters, digits, - and _, at most 48, the first a letter or digit.');
}

function collectLabels(text: string, previous: Readonly<Record<string, string>>): Record<string, string> {
  const [, key, value] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (key === undefined || value === undefined || Object.keys(previous).length >= 16) {
    throw new InvalidArgumentError('Expected KEY=VALUE, at most 16 times.');
  }
  return { ...previous, [parseName(key)]: parseName(value) };
}

/** "500MB" or "20GB", in bytes. */
function parseSize(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(MB|GB|TB)$/i.exec(text) ?? [];
  const bytes = Number(amount) * { MB: 1e6, GB: 1e9, TB: 1e12 }[(unit ?? 'MB').toUpperCase() as 'MB'];
  if (!(bytes > 0)) throw new InvalidArgumentError('Expected a size like 500MB or 20GB.');
  return Math.round(bytes);
}

/** This machine's name as a lab can have it. */
function ownName(): string {
  const name = hostname()
    .split('.')[0]!
    .replaceAll(/[^A-Za-z0-9_-]/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 48);
  return name === '' || reservedNames.has(name) ? 'device' : name;
}

async function startAgent(options: AgentCommandOptions): Promise<ExitCode> {
  const { name, label, cacheSize, replicas } = options;
  const base = options.folder === undefined ? join(dirname(defaultDatabasePath()), 'lab') : resolvePath(options.folder);
  const folder = join(base, name);
  makeOwnFolder(folder);
  startLean(['agent', '--help'], join(folder, 'compiled'));
  const lab = await connectLab({ ...labAddress(options), replicas }, { keepTrying: true });
  const log = (line: string) => printNote(`${new Date().toISOString().slice(0, 19)}Z ${line}`);
  try {
    await withInterrupt(async (signal) => {
      log(`${name} takes jobs from ${lab.server}; files in ${folder}, up to ${formatBytes(cacheSize)} kept`);
      await runAgent(lab, {
        name,
        labels: label,
        folder,
        cacheBytes: cacheSize,
        memoryMb: limitsOf(options).memoryMb,
        timeLimitSeconds: limitsOf(options).timeLimitSeconds,
        signal,
        onLog: log,
      });
      log('stopped');
    });
    return exitCodes.done;
  } finally {
    await lab.close();
  }
}

export function addAgentCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('agent')
    .summary('let a lab use this machine')
    .description(
      'Registers this machine with a lab server and runs its jobs, one at a time, until you stop it. It runs only known kinds of jobs, in a ' +
        'confined engine process. Anyone who may write to the server can use this machine: docs/lab.md explains accounts and TLS.',
    );
  addLabOptions(command)
    .option('--name <name>', 'name of this device; each name can have one agent', parseDeviceName, ownName())
    .addOption(
      new Option('--label <key=value>', 'label to choose this device by; repeatable')
        .argParser(collectLabels)
        .default({}, 'none'),
    )
    .addOption(
      new Option('--cache-size <size>', 'space for models and data, such as 20GB')
        .argParser(parseSize)
        .default(20e9, '20GB'),
    )
    .option('--folder <folder>', 'folder for job files (default: beside the history)')
    .option('--replicas <n>', 'copies that a cluster keeps; the first agent decides', parseInteger(1, 5), 1);
  addLimitOptions(command, 'none')
    .addHelpText(
      'after',
      '\nExample:\n  vernier agent --server nats://lab.local:4222 --name pi4 --label arch=arm64 --cache-size 20GB',
    )
    .action(async (options: AgentCommandOptions) => setExitCode(await startAgent(options)));
}
