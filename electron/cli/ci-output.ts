import { appendFileSync } from 'node:fs';
import type { RunDocument } from '../../shared/run.ts';
import { renderGithubAnnotations, renderJunit, renderJunitError, type Check } from '../report/formats/junit.ts';
import { writeFileAtomically } from '../engine/files/atomic-file.ts';
import { resolvePath, type CommonOptions } from './options.ts';
import { printNote, printText } from './output.ts';

export interface CiOptions extends CommonOptions {
  readonly junit?: string;
  readonly github?: true;
}

/** Tells the build system what was checked, in the ways that were asked for. */
export function reportChecks(
  document: RunDocument,
  checks: readonly Check[],
  title: string,
  markdown: () => string,
  options: CiOptions,
): void {
  if (options.junit !== undefined) writeFileAtomically(resolvePath(options.junit), renderJunit(document, checks));
  if (options.github !== true) return;
  printAnnotations(renderGithubAnnotations(title, checks), options);
  const summaryPath = process.env['GITHUB_STEP_SUMMARY'];
  if (summaryPath !== undefined && summaryPath !== '') appendFileSync(summaryPath, markdown());
}

/** Tells the build system that there is no result, and why. The error itself is the caller's to throw on. */
export function reportFailure(modelPath: string, error: Error, title: string, options: CiOptions): void {
  if (options.github === true) {
    const check = { name: 'no result', passed: false, message: error.message };
    printAnnotations(renderGithubAnnotations(title, [check]), options);
  }
  if (options.junit === undefined) return;
  try {
    writeFileAtomically(resolvePath(options.junit), renderJunitError(modelPath, error.message));
  } catch (writeError) {
    printNote(`warning: ${(writeError as Error).message}`);
  }
}

/** GitHub reads both streams; with --json the one is taken. */
function printAnnotations(annotations: string, options: CiOptions): void {
  if (options.json === true) printNote(annotations.trimEnd());
  else printText(annotations);
}
