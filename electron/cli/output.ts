import { CancelledError, serializeError } from '../../shared/app-error.ts';
import { UsageError } from './exit-code.ts';
import { fitLines } from './wrap-text.ts';
import { applyStyle, toOneLine, toTerminal } from './terminal-text.ts';

/** Text for the person: tables and results. With --json nothing but the one document goes to stdout. */
export function printText(text: string): void {
  printDocument(fit(toTerminal(text), process.stdout));
}

/** A terminal breaks lines inside words: ours are broken before. */
function fit(text: string, { columns }: { readonly columns?: number }): string {
  return columns === undefined || columns === 0 ? text : fitLines(text, columns);
}

/** A document that was asked for as it is, such as an export to standard output. */
export function printDocument(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** For the person, beside the result: warnings and notes. */
export function printNote(text: string): void {
  process.stderr.write(`${fit(toTerminal(text), process.stderr)}\n`);
}

/** What went wrong: one sentence on stderr, and with --json also the document `{ error: { code, message, said } }`. */
export function printError(error: unknown, json: boolean): void {
  const { code, message, said, details } =
    error instanceof UsageError
      ? { code: 'usage', message: error.message, said: undefined, details: undefined }
      : serializeError(error);
  if (json) printJson({ error: { code, message, said } });
  if (error instanceof CancelledError) {
    printNote('Stopped.');
    return;
  }
  printNote(`${applyStyle('red', 'error', process.stderr)}: ${toOneLine(message)}`);
  // Only faults of ours carry a stack; everything else says what to do in its message.
  const stack = details?.['stack'];
  if (typeof stack === 'string' && process.env['VERNIER_DEBUG'] !== undefined) printNote(stack);
}

export function emphasize(text: string): string {
  return applyStyle('bold', text, process.stdout);
}

export function dim(text: string): string {
  return applyStyle('dim', text, process.stdout);
}

export function good(text: string): string {
  return applyStyle('green', text, process.stdout);
}

export function bad(text: string): string {
  return applyStyle('red', text, process.stdout);
}
