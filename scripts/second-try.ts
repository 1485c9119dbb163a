/**
 * Stories of browsers, servers and processes share one busy machine with each other. One that fails there is tried once more, alone,
 * and told by name. Tests of the engine, reports and database have no second try.
 */
import { existsSync, readFileSync } from 'node:fs';

export interface FailedTest {
  /** From the root of the repository. */
  readonly file: string;
  readonly name: string;
}

const mostFiles = 3;
const tried = /^test\/(cli|e2e|lab|renderer|serve|worker)\//;

export function readFailedTests(path: string): FailedTest[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as FailedTest);
}

export const filesOf = (failed: readonly FailedTest[]): string[] => [...new Set(failed.map(({ file }) => file))];

export const listTests = (failed: readonly FailedTest[]): string =>
  failed.map(({ file, name }) => `***   ${file}: ${name}`).join('\n');

export function mayTryAgain(failed: readonly FailedTest[]): boolean {
  const files = filesOf(failed);
  return files.length > 0 && files.length <= mostFiles && files.every((file) => tried.test(file));
}
