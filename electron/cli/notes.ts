import type { Diagnostic } from '../../shared/run.ts';
import { makeVisible } from '../../shared/make-visible.ts';
import { bad, dim } from './output.ts';
import { renderTitle } from './tables.ts';
import { textWidth, wrapText } from './wrap-text.ts';

/** What needs an answer first, what is only to be known last. */
const severities = ['error', 'warning', 'info'] as const;
const words: Readonly<Record<Diagnostic['severity'], string>> = { error: 'error', warning: 'warning', info: 'note' };
const indent = '         ';

function renderNote({ severity, message, node }: Diagnostic): string {
  const text = makeVisible(`${message}${node === null ? '' : ` (${node})`}`);
  const word = words[severity].padEnd(indent.length);
  const wrapped = wrapText(text, textWidth() - indent.length).replaceAll('\n', `\n${indent}`);
  return `${severity === 'error' ? bad(word) : severity === 'info' ? dim(word) : word}${wrapped}`;
}

/** Everything that was noticed, under one heading, errors and warnings first; no lines where there is nothing. */
export function renderNotes(diagnostics: readonly Diagnostic[]): string[] {
  if (diagnostics.length === 0) return [];
  const ordered = severities.flatMap((severity) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity),
  );
  return [renderTitle('Notes'), ...ordered.map(renderNote)];
}
