/*
 * Which characters of a text each of its tokens covers. Tokenizers here say no offsets, so tokens are found again in the text, both without
 * case, accents and spaces; what is not found (an unknown word) covers what lies between its neighbours.
 */

/** Tokens that were lost are looked for no further than this many characters ahead. */
const furthest = 64;

const fold = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s/g, '');

/** A text without case, accents and spaces, and where each of its characters comes from. */
function foldText(text: string) {
  let folded = '';
  const from: number[] = [];
  const to: number[] = [];
  let at = 0;
  for (const character of text) {
    const plain = fold(character);
    folded += plain;
    for (let index = 0; index < plain.length; index++) {
      from.push(at);
      to.push(at + character.length);
    }
    at += character.length;
  }
  return { folded, from, to };
}

/**
 * @param surfaces of the tokens in their order: what each spells, null where that is not known.
 * @returns first character and the one behind the last of each; -1 for a token that covers none.
 */
export function findSpans(text: string, surfaces: readonly (string | null)[]): Int32Array {
  const { folded, from, to } = foldText(text);
  const spans = new Int32Array(2 * surfaces.length).fill(-1);
  let place = 0;
  let unknown: number[] = [];
  const cover = (until: number): void => {
    for (const token of unknown) if (until > place) spans.set([from[place]!, to[until - 1]!], 2 * token);
    unknown = [];
  };
  for (const [token, surface] of surfaces.entries()) {
    const own = surface === null ? '' : fold(surface);
    // A space of its own.
    if (own === '' && surface !== null) continue;
    const found = own === '' ? -1 : folded.slice(place, place + furthest + own.length).indexOf(own);
    if (found === -1) {
      unknown.push(token);
      continue;
    }
    cover(place + found);
    place += found;
    spans.set([from[place]!, to[place + own.length - 1]!], 2 * token);
    place += own.length;
  }
  // Much that is left was cut off.
  if (folded.length - place <= furthest) cover(folded.length);
  return spans;
}
