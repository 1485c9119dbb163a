import { randomInt } from 'node:crypto';
import { inspect, styleText } from 'node:util';
import { makeVisible } from '../../shared/make-visible.ts';

/*
 * Names in models, data and histories come from strangers, and a terminal obeys what is in them: it clears its screen, changes its
 * title, fills the clipboard. So whatever is printed goes through here, and control characters come out as codes. Our own colours
 * must get through, and nobody else's: ours carry a number that nobody can know, as parameters that every measure of widths skips.
 */
const secret = [0, 0, 0].map(() => randomInt(1000, 9999)).join(';');
const ours = new RegExp(`\\u001b\\[(\\d+);${secret}m`);
const oursEverywhere = new RegExp(ours, 'g');

type Style = 'bold' | 'dim' | 'green' | 'red';

/** A text in a style, where the stream shows styles. */
export function applyStyle(style: Style, text: string, stream: NodeJS.WritableStream): string {
  if (styleText(style, 'x', { stream }) === 'x') return text;
  const [open, close] = inspect.colors[style]!;
  return `\u001b[${open};${secret}m${text}\u001b[${close};${secret}m`;
}

/** A text for one line of the terminal: all control characters as codes, line breaks too, but for our own styles. */
export function toOneLine(text: string): string {
  // Splitting by a pattern with a group gives what it matched as every second part.
  return text
    .split(ours)
    .map((part, index) => (index % 2 === 1 ? `\u001b[${part};${secret}m` : makeVisible(part)))
    .join('');
}

/** A text as it is written to the terminal: control characters as codes, but for line breaks and our own styles. */
export function toTerminal(text: string): string {
  return text.split('\n').map(toOneLine).join('\n').replace(oursEverywhere, '\u001b[$1m');
}

/** The same data with every text in it on one line, so that a line break in a name begins no line of ours. */
export function withOneLineTexts<Value>(value: Value): Value {
  if (typeof value === 'string') return toOneLine(value) as Value;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(withOneLineTexts) as Value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withOneLineTexts(part as unknown)]),
  ) as Value;
}
