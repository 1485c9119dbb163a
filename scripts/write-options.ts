import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { choicesOf, recipeOptions, type RecipeOption } from '../shared/recipe-options.ts';
import { recipeSchema } from '../shared/recipe.ts';
import { schemes } from '../shared/schemes.ts';

/**
 * Writes the tables of schemes and recipe options in docs/cli.md from what the command line takes: `npm run options`. A test fails
 * when the page has others.
 */
export const pagePath = fileURLToPath(new URL('../docs/cli.md', import.meta.url));

function describeValues(option: RecipeOption, value: unknown): string {
  const choices = choicesOf(option);
  if (choices !== null) return choices.map((choice) => `\`${choice}\``).join(', ');
  return Array.isArray(value) ? 'list' : typeof value === 'boolean' ? 'true, false' : typeof value;
}

/** The page with a table in the place that is marked by its name. */
function replaceTable(page: string, name: string, header: readonly string[], rows: readonly string[][]): string {
  const [start, end] = [`<!-- ${name}: npm run options -->`, `<!-- end of ${name} -->`];
  const table = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const [before, after] = [page.slice(0, page.indexOf(start)), page.slice(page.indexOf(end))];
  return `${before}${start}\n\n${table.join('\n')}\n\n${after}`;
}

const listSchemes = (): string[][] =>
  schemes.map(({ name, row, needsData }) => [
    `\`${name}\``,
    row.weights,
    row.activations,
    needsData ? 'needed' : 'not needed',
    row.result,
  ]);

function listOptions(): string[][] {
  const defaults = recipeSchema.parse({});
  return (Object.keys(recipeOptions) as RecipeOption[]).map((option) => {
    const { flag, help } = recipeOptions[option];
    const value = defaults[option];
    const shown = Array.isArray(value) ? 'none' : `\`${String(value)}\``;
    return [`\`${option}\``, `\`${flag}\``, describeValues(option, value), shown, help];
  });
}

/** The page with both tables in their places. */
export async function renderPage(): Promise<string> {
  const page = readFileSync(pagePath, 'utf8');
  const withSchemes = replaceTable(
    page,
    'schemes',
    ['scheme', 'weights', 'activations', 'data', 'what to expect'],
    listSchemes(),
  );
  const withOptions = replaceTable(
    withSchemes,
    'options',
    ['in a recipe file', 'flag', 'values', 'default', 'what it does'],
    listOptions(),
  );
  return format(withOptions, { parser: 'markdown', printWidth: 120 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(pagePath, await renderPage());
