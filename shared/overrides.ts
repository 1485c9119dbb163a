import { tell } from './engine-texts/tell.ts';
import { AppError } from './app-error.ts';
import { schemeNames } from './schemes.ts';
import type { Recipe } from './recipe.ts';

export type Override = Recipe['overrides'][number];

/**
 * "NAME=SCHEME" or "/REGEX/=SCHEME" for nodes, "op:TYPE=SCHEME" for all nodes of a type; `float` keeps them as they are.
 * @throws AppError `options-invalid`.
 */
export function parseOverride(text: string): Override {
  const at = text.lastIndexOf('=');
  const [selector, name] = [text.slice(0, at), text.slice(at + 1)];
  const scheme = [...schemeNames, 'float' as const].find((known) => known === name);
  if (at < 1 || scheme === undefined || selector === 'op:') {
    throw new AppError(
      'options-invalid',
      tell('overrideUnclear', { text, schemes: [...schemeNames, 'float'].join(', ') }),
    );
  }
  return selector.startsWith('op:')
    ? { scheme, nodes: [], opTypes: [selector.slice(3)] }
    : { scheme, nodes: [selector], opTypes: [] };
}

/** An override as it is typed; several where it names several things. */
export function writeOverride({ scheme, nodes, opTypes }: Override): string[] {
  return [...nodes.map((node) => `${node}=${scheme}`), ...opTypes.map((opType) => `op:${opType}=${scheme}`)];
}
