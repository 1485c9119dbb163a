/**
 * Why a layer was left in float or what became of it, as the engine says it in English. Known sentences have a key under
 * which the window's language is found; unknown ones are shown as they came.
 */
export type ReasonKey =
  | 'removed'
  | 'foldedInto'
  | 'foldedIntoRange'
  | 'unknownOp'
  | 'inputsFloat'
  | 'nothingBehind'
  | 'nothingBehindExact'
  | 'moveFloat'
  | 'noRange'
  | 'operandsFloat';

const patterns: readonly (readonly [ReasonKey, RegExp])[] = [
  ['removed', /^folded into a constant or removed$/],
  ['foldedIntoRange', /^folded into the range of (?<name>.+)$/],
  ['foldedInto', /^folded into (?<name>.+)$/],
  ['unknownOp', /^Vernier's op table has no entry for (?<name>.+)$/],
  ['inputsFloat', /^its inputs are float; converting them would cost more than it saves$/],
  ['nothingBehindExact', /^nothing behind it is int8; in float it costs nothing and is exact$/],
  ['nothingBehind', /^nothing behind it is int8$/],
  ['moveFloat', /^its input is float; moving float values needs no conversion$/],
  ['noRange', /^the layer before it is not int8, so there is no range to fold it into$/],
  ['operandsFloat', /^both its operands are computed in float$/],
];

export function recognizeReason(reason: string): { readonly key: ReasonKey; readonly name: string } | null {
  for (const [key, pattern] of patterns) {
    const match = pattern.exec(reason);
    if (match !== null) return { key, name: match.groups?.['name'] ?? '' };
  }
  return null;
}
