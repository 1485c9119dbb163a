import { appendFileSync } from 'node:fs';
import type { RunDocument } from '../../shared/run.ts';
import { renderGithubAnnotations, renderJunit, type Check } from '../report/junit.ts';
import { writeFileAtomically } from '../engine/onnx/atomic-file.ts';
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
  const annotations = renderGithubAnnotations(title, checks);
  // GitHub reads both streams; with --json the one is taken.
  if (options.json === true) printNote(annotations.trimEnd());
  else printText(annotations);
  const summaryPath = process.env['GITHUB_STEP_SUMMARY'];
  if (summaryPath !== undefined && summaryPath !== '') appendFileSync(summaryPath, markdown());
}
