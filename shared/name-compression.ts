import { inLanguage, type TextLanguage } from './engine-texts.ts';
import { precisionOf, type LayerBits } from './precision.ts';
import { schemes } from './schemes.ts';

const compressionWord: Readonly<Record<TextLanguage, string>> = { en: 'compression', 'zh-CN': '压缩' };

/**
 * What was done to a model's layers: "int8", "4-bit weights", "int8 + dynamic int8".
 * @returns "compression" where no layer became smaller.
 */
export function nameCompression(layers: readonly LayerBits[], language: TextLanguage): string {
  const used = new Set<string>(layers.map((layer) => precisionOf(layer).scheme));
  const made = schemes.filter(({ name }) => used.has(name));
  const names = made.map(({ makes }) => inLanguage(makes, language));
  return names.length === 0 ? compressionWord[language] : names.join(' + ');
}
