import { InvalidArgumentError, Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { defaultDatabasePath } from '../store/places.ts';

/** Options every command takes. */
export interface CommonOptions {
  readonly json?: true;
  readonly database?: string;
  readonly quiet?: true;
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document to stdout, and nothing else')
    .option('--database <file>', "history file (default: the platform's folder for user data, or VERNIER_DATABASE)")
    .option('--quiet', 'no progress on stderr; notes about a run are still printed');
}

/** npm changes to the package's folder before it runs a script; paths are meant from where the user stood. */
export function resolvePath(path: string): string {
  const startedByNpm = process.env['npm_lifecycle_event'] === 'vernier';
  const base = startedByNpm ? (process.env['INIT_CWD'] ?? process.cwd()) : process.cwd();
  return resolve(base, path);
}

export function databasePathOf(options: CommonOptions): string {
  return options.database === undefined ? defaultDatabasePath() : resolvePath(options.database);
}

export function parseInteger(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text.trim()) || value < minimum || value > maximum) {
      const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    }
    return value;
  };
}

export function parseDecimal(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < minimum) {
      throw new InvalidArgumentError(
        Number.isFinite(minimum) ? `Expected a number of at least ${minimum}.` : 'Expected a number.',
      );
    }
    return value;
  };
}

/** "30s", "5m" or "none", in seconds; null for none. */
export function parseBudget(text: string): number | null {
  if (text === 'none') return null;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(s|m)$/.exec(text) ?? [];
  const seconds = Number(amount) * (unit === 'm' ? 60 : 1);
  if (!(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError('Expected a time like 30s or 5m, or none.');
  return seconds;
}

/** A day or a time, in UTC unless it says otherwise. */
export function parseDate(text: string): number {
  const timestampMs = Date.parse(
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/.test(text) ? `${text.replace(' ', 'T')}Z` : text,
  );
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(timestampMs)) {
    throw new InvalidArgumentError('Expected a date like 2026-11-26 or 2026-11-26T14:30.');
  }
  return timestampMs;
}

/** `--dim N=1`, repeatable. */
function collectDims(text: string, previous: Readonly<Record<string, number>> = {}): Record<string, number> {
  const match = /^(.+)=(\d+)$/.exec(text);
  const value = Number(match?.[2]);
  if (match === null || value < 1) {
    throw new InvalidArgumentError('Expected NAME=NUMBER with a number of at least 1, like batch=1.');
  }
  return { ...previous, [match[1]!]: value };
}

/** METRIC=VALUE of `--max-drop`, repeatable. */
export function collectDrops(text: string, previous: Readonly<Record<string, number>> = {}): Record<string, number> {
  const match = /^([A-Za-z][A-Za-z0-9]*)=(-?\d+(?:\.\d+)?(?:e-?\d+)?)$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected METRIC=NUMBER, like mae=0.01.');
  return { ...previous, [match[1]!]: Number(match[2]) };
}

/** Comma-separated and repeatable: op types hold no commas. */
export function collectList(text: string, previous: readonly string[] = []): string[] {
  return [
    ...previous,
    ...text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ];
}

/** Repeatable only: node names and regular expressions may hold commas. */
export function collectOne(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}

export function addThreadsOption(command: Command): Command {
  return command.option('--threads <n>', 'threads per session', parseInteger(1, 256), 1);
}

/** What an engine may take; the usual limits where nothing is said (worker/engine-limits.ts). */
export interface LimitOptions {
  readonly memoryLimit?: number;
  readonly timeLimit?: number;
}

export function addLimitOptions(command: Command, usualTime: string): Command {
  return command
    .option(
      '--memory-limit <mb>',
      "memory limit of the engine, in units of 10^6 bytes (default: a share of this machine's)",
      parseInteger(256, 1_000_000),
    )
    .option('--time-limit <s>', `time limit in seconds (default: ${usualTime})`, parseInteger(1, 86_400 * 7));
}

export function limitsOf(options: LimitOptions): { memoryMb: number | null; timeLimitSeconds: number | null } {
  return { memoryMb: options.memoryLimit ?? null, timeLimitSeconds: options.timeLimit ?? null };
}

export function addDimOption(command: Command): Command {
  return command.addOption(
    new Option('--dim <name=n>', 'value of a symbolic dimension, called INPUT.AXIS where it has no name; repeatable')
      .argParser(collectDims)
      .default({}, 'none'),
  );
}
