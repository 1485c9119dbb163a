/*
 * Entities that tags of words spell: "B-PER I-PER O" is one person of two words. As seqeval reads them where it is not strict, which is
 * how conlleval does: a tag that no entity can begin with begins one nevertheless.
 */

/** An entity by its type and its first and last word. */
export interface Entity {
  readonly type: string;
  readonly first: number;
  readonly last: number;
}

interface Tag {
  /** B, I, E, S, or O for no entity. */
  readonly place: string;
  readonly type: string;
}

const pattern = /^(?:O|[BIESLU](?:-.*)?)$/su;
/** BILOU's names for the last word of an entity and for one of a single word. */
const otherPlaces: Readonly<Record<string, string>> = { L: 'E', U: 'S' };

/** Whether all these are names of tags that spell entities, as parts of speech are not. */
export const spellEntities = (names: Iterable<string>): boolean => {
  const all = [...names];
  return all.every((name) => pattern.test(name)) && all.some((name) => name !== 'O');
};

function readTag(name: string): Tag {
  const place = name[0] ?? 'O';
  return { place: otherPlaces[place] ?? place, type: name.slice(2) };
}

const nothing: Tag = { place: 'O', type: '' };

function ends(own: Tag, next: Tag): boolean {
  if (own.place === 'O') return false;
  return own.place === 'E' || own.place === 'S' || 'BSO'.includes(next.place) || own.type !== next.type;
}

function starts(before: Tag, own: Tag): boolean {
  if (own.place === 'O') return false;
  return own.place === 'B' || own.place === 'S' || 'ESO'.includes(before.place) || before.type !== own.type;
}

/** @param names of the tags of the words of one text, in their order. */
export function findEntities(names: readonly string[]): Entity[] {
  const found: Entity[] = [];
  let [before, first] = [nothing, 0];
  for (let at = 0; at <= names.length; at++) {
    const own = at < names.length ? readTag(names[at]!) : nothing;
    if (ends(before, own)) found.push({ type: before.type, first, last: at - 1 });
    if (starts(before, own)) first = at;
    before = own;
  }
  return found;
}
