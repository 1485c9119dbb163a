import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { choicesOf, recipeOptions, type RecipeOption } from '../shared/recipe-options.ts';
import { recipeSchema } from '../shared/recipe.ts';

/**
 * Writes the table of recipe options in docs/cli.md from what the command line takes: `npm run options`. A test fails when the page
 * has another.
 */
export const pagePath = fileURLToPath(new URL('../docs/cli.md', import.meta.url));
const [start, end] = ['<!-- options: npm run options -->', '<!-- end of options -->'];

function describeValues(option: RecipeOption, value: unknown): string {
  const choices = choicesOf(option);
  if (choices !== null) return choices.map((choice) => `\`${choice}\``).join(', ');
  return Array.isArray(value) ? 'list' : typeof value === 'boolean' ? 'true, false' : typeof value;
}

/** The page with the table in its place. */
export async function renderPage(): Promise<string> {
  const page = readFileSync(pagePath, 'utf8');
  const defaults = recipeSchema.parse({});
  const rows = (Object.keys(recipeOptions) as RecipeOption[]).map((option) => {
    const { flag, help } = recipeOptions[option];
    const value = defaults[option];
    const shown = Array.isArray(value) ? 'none' : `\`${String(value)}\``;
    return `| \`${option}\` | \`${flag}\` | ${describeValues(option, value)} | ${shown} | ${help} |`;
  });
  const table = [
    '| in a recipe file | flag | values | default | what it does |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
  const [before, after] = [page.slice(0, page.indexOf(start)), page.slice(page.indexOf(end))];
  return format(`${before}${start}\n\n${table.join('\n')}\n\n${after}`, { parser: 'markdown', printWidth: 120 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(pagePath, await renderPage());
