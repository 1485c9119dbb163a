import type { TextLanguage } from './engine-texts.ts';
import { precisionOf, schemeNames, type SchemeName } from './precision.ts';
import type { Layer } from './run.ts';

/** What a scheme makes of a model, as sentences call it. */
const schemeWords: Readonly<Record<TextLanguage, Readonly<Record<SchemeName, string>>>> = {
  en: {
    'int8-static': 'int8',
    'int8-dynamic': 'dynamic int8',
    'int8-weights': '8-bit weights',
    'int4-weights': '4-bit weights',
    'int2-weights': '2-bit weights',
    'float16-weights': 'float16 weights',
  },
  'zh-CN': {
    'int8-static': 'int8',
    'int8-dynamic': '动态 int8',
    'int8-weights': '8 位权重',
    'int4-weights': '4 位权重',
    'int2-weights': '2 位权重',
    'float16-weights': 'float16 权重',
  },
};

const compressionWord: Readonly<Record<TextLanguage, string>> = { en: 'compression', 'zh-CN': '压缩' };

type NamedLayer = Pick<Layer, 'precision' | 'quantized' | 'parameters' | 'weightBits' | 'activationBits'>;

/**
 * What was done to a model's layers: "int8", "4-bit weights", "int8 + dynamic int8".
 * @returns "compression" where no layer became smaller.
 */
export function nameCompression(layers: readonly NamedLayer[], language: TextLanguage): string {
  const used = new Set(layers.map((layer) => precisionOf(layer).scheme));
  const names = schemeNames.filter((name) => used.has(name)).map((name) => schemeWords[language][name]);
  return names.length === 0 ? compressionWord[language] : names.join(' + ');
}
