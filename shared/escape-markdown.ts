/** Names come from model files: nothing in them may become a link, a mention, HTML or a table border. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\\`*_[\]<>|~$&]/g, (character) =>
        character === '<' ? '&lt;' : character === '>' ? '&gt;' : character === '&' ? '&amp;' : `\\${character}`,
      )
      .replace(/\s+/g, ' ')
      // A zero-width space keeps "@name" from calling somebody, "#1" from naming an issue and "://" from becoming a link.
      .replace(/[@#](?=\w)/g, '$&\u200b')
      .replace(/:\/\//g, ':\u200b//')
  );
}

/** A table of cells that are escaped already. @param isNumeric of each column: figures are aligned at the end. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  isNumeric: readonly boolean[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(isNumeric.map((numeric) => (numeric ? '---:' : '---'))), ...rows.map(line)].join('\n');
}
