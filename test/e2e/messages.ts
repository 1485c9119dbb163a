import { readFileSync } from 'node:fs';

type Messages = { readonly [key: string]: string | Messages };

function flatten(messages: Messages, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

/** The window's words in a language, by their keys. */
export function readMessages(language: 'en' | 'zh-CN'): ReadonlyMap<string, string> {
  const url = new URL(`../../renderer/i18n/${language}.json`, import.meta.url);
  return flatten(JSON.parse(readFileSync(url, 'utf8')) as Messages);
}
