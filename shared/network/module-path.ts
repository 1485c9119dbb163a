import { cutText } from '../cut-text.ts';
import { makeVisible } from '../make-visible.ts';

/*
 * Which modules a node belongs to, by what exporters leave of them in names. Names come from strangers: what is made of them is
 * bounded and visible.
 */

const deepestModule = 12;
const longestLabel = 80;
/** Nobody writes a scope longer than this, and splitting it costs. */
const longestScope = 1000;

/** "features", "features.0", "features.0.1" say "features", "0", "1": PyTorch repeats what is around. */
function withoutRepeats(segments: readonly string[]): string[] {
  return segments.map((segment, index) => {
    const around = segments[index - 1];
    return around !== undefined && segment.startsWith(`${around}.`) ? segment.slice(around.length + 1) : segment;
  });
}

/** Segments as modules: bounded in number and length, visible. */
export function toModulePath(segments: readonly string[]): string[] {
  return withoutRepeats(segments.filter((segment) => segment !== ''))
    .slice(0, deepestModule)
    .map((segment) => cutText(makeVisible(segment), longestLabel));
}

/**
 * The modules in a node's name: "/layer1/layer1.0/conv1/Conv" is in layer1, 0 and conv1.
 * @returns null where the name tells of none.
 */
export function modulePathOfName(name: string): string[] | null {
  // TensorFlow's converter joins the names of what it fused.
  const [first = ''] = name.slice(0, longestScope).split(';');
  const segments = first.split('/').filter((segment) => segment !== '');
  return segments.length < 2 ? null : toModulePath(segments.slice(0, -1));
}

/** The same of a weight's name, "encoder.layer.0.query.weight": what holds it. Null where it tells of no module. */
export function modulePathOfWeight(name: string): string[] | null {
  if (name.includes('::') || name.includes('/')) return null;
  const segments = name.slice(0, longestScope).split('.');
  return segments.length < 2 || segments.some((segment) => segment === '') ? null : toModulePath(segments.slice(0, -1));
}

/** PyTorch's exporter of today writes them beside the node: "['', 'encoder', 'encoder.layer.0', 'linear']". */
export function modulePathOfScopes(text: string): string[] {
  const segments = [...text.slice(0, longestScope).matchAll(/'([^']*)'/g)].map(([, segment]) => segment!);
  return toModulePath(segments.slice(0, -1));
}

function sharedStart(left: readonly string[], right: readonly string[]): readonly string[] {
  const length = left.findIndex((segment, index) => segment !== right[index]);
  return length === -1 ? left : left.slice(0, length);
}

/**
 * Paths of nodes in the order of the graph. What has no name of its own, as an addition between two layers, belongs to the module
 * that holds both of its neighbours.
 */
export function fillModulePaths(known: readonly (readonly string[] | null)[]): (readonly string[])[] {
  const next: (readonly string[] | null)[] = [];
  let last: readonly string[] | null = null;
  for (let index = known.length - 1; index >= 0; index--) {
    last = known[index] ?? last;
    next[index] = last;
  }
  let before: readonly string[] | null = null;
  return known.map((path, index) => {
    before = path ?? before;
    return path ?? (before === null || next[index] === null ? [] : sharedStart(before, next[index]!));
  });
}
