/**
 * Which of two files an error is about: the one it names. Both are named by what is about neither alone.
 * @returns null where it names none, or both lie at the same place.
 */
export function faultyFile(error: Error | null, paths: readonly [string | null, string | null]): 0 | 1 | null {
  if (error === null) return null;
  const named = paths.map((path) => path !== null && path !== '' && error.message.includes(path));
  if (named[0] === true && named[1] === true) {
    // One path may be the beginning of the other: then the longer one is meant.
    const [first, second] = paths as readonly [string, string];
    return first === second ? null : first.length > second.length ? 0 : 1;
  }
  return named[0] === true ? 0 : named[1] === true ? 1 : null;
}
