/** Where nobody tells how wide the output is: a pipe, a file, a log. */
const defaultWidth = 120;
const widestText = 160;

/** How wide running text and tables may be. */
export function textWidth(): number {
  return Math.min(process.stdout.columns || defaultWidth, widestText);
}

/** A terminal says how wide it is; what does not is a pipe, a file or a log, and gets everything. */
export function isTerminal(): boolean {
  return Boolean(process.stdout.columns);
}

export function visibleLength(text: string): number {
  // eslint-disable-next-line no-control-regex -- the escape character is what a colour sequence begins with
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}

/** Breaks at spaces, and inside a word (a long layer name or path) only when it fits no line. */
export function wrapText(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && visibleLength(last) + 1 + visibleLength(word) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
      continue;
    }
    // Colours are no place to break: whoever colours a word keeps it short.
    if (word.includes('\u001b')) {
      lines.push(word);
      continue;
    }
    let start = 0;
    for (let rest = word.length; rest > width; rest -= width) lines.push(word.slice(start, (start += width)));
    lines.push(word.slice(start));
  }
  return lines.join('\n');
}

/**
 * Text for a terminal of this width: lines that do not fit are broken at spaces, and go on below where their first word began. A word
 * that fits no line, as a path, stays whole to be copied.
 */
export function fitLines(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      if (visibleLength(line) <= width) return line;
      const indent = /^(?:\w+ {2,}| +)?/.exec(line)![0].length;
      const lines: string[] = [];
      for (const word of line.slice(indent).split(' ')) {
        const last = lines.at(-1);
        const fits = last !== undefined && visibleLength(last) + 1 + visibleLength(word) <= width - indent;
        if (fits) lines[lines.length - 1] = `${last} ${word}`;
        else lines.push(word);
      }
      return line.slice(0, indent) + lines.join(`\n${' '.repeat(indent)}`);
    })
    .join('\n');
}
