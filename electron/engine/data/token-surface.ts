/** Printable stand-ins of bytes, as GPT-2's tokenizer has them: 33 to 126, 161 to 172 and 174 to 255 for themselves, the others from 256 on. */
function bytesByCharacter(): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const isItself = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    bytes.set(String.fromCharCode(isItself ? byte : next++), byte);
  }
  return bytes;
}
const byteOf = bytesByCharacter();

/** Whether texts are spelled in bytes, by the `pre_tokenizer` of a `tokenizer.json`. */
export function hasByteLevel(preTokenizer: unknown): boolean {
  if (typeof preTokenizer !== 'object' || preTokenizer === null) return false;
  const { type, pretokenizers } = preTokenizer as { readonly type?: unknown; readonly pretokenizers?: unknown };
  return type === 'ByteLevel' || (Array.isArray(pretokenizers) && pretokenizers.some(hasByteLevel));
}

/** What a token spells; null where it is a part of a character, or stands for something else. */
export function surfaceOf(token: string, spellsBytes: boolean): string | null {
  if (spellsBytes) {
    const bytes = Array.from(token, (character) => byteOf.get(character) ?? -1);
    const text = bytes.includes(-1) ? '\ufffd' : new TextDecoder().decode(Uint8Array.from(bytes));
    return text.includes('\ufffd') ? null : text;
  }
  if (/^(<.*>|\[[A-Z]+\])$/.test(token)) return null;
  return token
    .replace(/^##(?=.)/, '')
    .replaceAll('▁', ' ')
    .replace(/<\/w>$/, '');
}
