import { say, type Reason } from '../../../shared/engine-texts/say.ts';
import { RE2JS } from 're2js';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { quantizableOpTypes } from './op-table.ts';
import type { Graph } from '../graph/graph.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';

/** Longer than anyone writes by hand. Compiling costs more than the length where repeats are counted. */
const longestPattern = 1000;

/**
 * A regular expression of the user's, or of a recipe from somewhere, matched in time linear in the name (ADR 29): JavaScript's own
 * takes minutes for /^(a+)+$/ and a name of thirty letters.
 */
function compilePattern(selector: string): (name: string) => boolean {
  const source = selector.slice(1, -1);
  if (source.length > longestPattern) {
    throw new AppError('recipe-invalid', tell('selectorTooLong', { length: source.length, most: longestPattern }));
  }
  try {
    const pattern = RE2JS.compile(RE2JS.translateRegExp(source));
    return (name) => pattern.test(name);
  } catch (error) {
    throw new AppError('recipe-invalid', tell('selectorWrong', { selector, reason: reasonOf(error) }), {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
}

export function compileSelectors(selectors: readonly string[]): (name: string) => boolean {
  const tests = selectors.map((selector) =>
    selector.length > 2 && selector.startsWith('/') && selector.endsWith('/')
      ? compilePattern(selector)
      : (name: string) => name === selector,
  );
  return (name) => tests.some((test) => test(name));
}

/** A selector that names this node alone, also where its name looks like a pattern. */
export function selectorOf(name: string): string {
  const isPattern = name.length > 2 && name.startsWith('/') && name.endsWith('/');
  return isPattern ? `/^${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/` : name;
}

/** Node selectors of a recipe that no node answers to: most likely a slip of the pen. */
export function findIdleSelectors(recipe: Recipe, graph: Graph): string[] {
  const named = recipe.overrides.flatMap(({ nodes }) => nodes);
  return [...recipe.includeNodes, ...recipe.excludeNodes, ...named].filter((selector) => {
    const matches = compileSelectors([selector]);
    return !graph.nodes.some((node) => matches(node.name));
  });
}

/** Why a recipe leaves a node in float; empty where it lets it become int8. */
export function exclusionReason(recipe: Recipe): (node: NodeProto) => Reason {
  for (const opType of [...recipe.includeOpTypes, ...recipe.excludeOpTypes]) {
    if (!quantizableOpTypes.includes(opType)) {
      throw new AppError('recipe-invalid', tell('opTypeUnknown', { opType, known: quantizableOpTypes.join(', ') }));
    }
  }
  const included = compileSelectors(recipe.includeNodes);
  const excluded = compileSelectors(recipe.excludeNodes);
  return (node) => {
    if (recipe.includeOpTypes.length > 0 && !recipe.includeOpTypes.includes(node.opType)) {
      return say('typeNotIncluded', { op: node.opType });
    }
    if (recipe.excludeOpTypes.includes(node.opType)) return say('typeExcluded', { op: node.opType });
    if (recipe.includeNodes.length > 0 && !included(node.name)) return say('notIncluded');
    if (excluded(node.name)) return say('excluded');
    return '';
  };
}
