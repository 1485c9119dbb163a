/**
 * Names come from model files, which strangers may have made. Control characters and those that turn the direction of
 * writing around, or that XML cannot hold, are written as codes, so that a name looks like what it is.
 */
export function makeVisible(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- these are what must not get through
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same data with every text in it visible; for what another machine wrote to be looked at. */
export function makeTextsVisible<Value>(value: Value): Value {
  if (typeof value === 'string') return makeVisible(value) as Value;
  if (Array.isArray(value)) return value.map(makeTextsVisible) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, makeTextsVisible(part as unknown)]),
  ) as Value;
}
