import { schemeDescriptions } from '../electron/engine/schemes/descriptions.ts';
import type { SchemeDescription, Words } from './scheme-description.ts';

/** What is told of the schemes, each of which describes itself in its folder (docs/adr/0048-schemes-describe-themselves.md). */
type Description = (typeof schemeDescriptions)[number];
export type SchemeName = Description['name'];

export { schemeDescriptions };
export const schemes: readonly SchemeDescription[] = schemeDescriptions;

/** Ways to store a layer in fewer bits. */
export const schemeNames = schemeDescriptions.map(({ name }) => name) as unknown as readonly [
  SchemeName,
  ...SchemeName[],
];

export function describeScheme(name: SchemeName): SchemeDescription {
  return schemes.find((scheme) => scheme.name === name)!;
}

/** As it is offered for choice. */
export const offerOf = ({ name, offer: { en, zh } }: SchemeDescription): Words => ({
  en: `${name}: ${en}`,
  zh: `${name}：${zh}`,
});

type All<Part> = (Part extends unknown ? (part: Part) => void : never) extends (all: infer Whole) => void
  ? Whole
  : never;
const join = <Part extends object>(parts: readonly Part[]): All<Part> => Object.assign({}, ...parts) as All<Part>;

/** What single schemes say, by code. */
export const schemeTexts = join(schemeDescriptions.map(({ texts }) => texts));
/** Presets of all schemes, by name. */
export const schemePresets = join(schemeDescriptions.map(({ presets }) => presets));
/** Options of recipes that single schemes have, by name. */
export const schemeOptions = join(schemeDescriptions.map(({ options }) => options));
/** What to do about diagnostics of single schemes, by code. */
export const schemeAdvice = join<SchemeDescription['advice']>(schemes.map(({ advice }) => advice));
