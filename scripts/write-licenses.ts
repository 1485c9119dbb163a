import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The folder of the package that a bundled file came from; null for Vernier's own. The innermost, when packages are nested. */
function packageFolderOf(path: string): string | null {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? null;
}

/** Bundling leaves licence files behind, and most licences ask that their text goes with every copy. */
export function writeLicenses(root: string, bundledFiles: Iterable<string>, target: string): void {
  const folders = new Set([...bundledFiles].map(packageFolderOf).filter((folder) => folder !== null));
  const texts = [...folders].map((folder) => {
    const absolute = join(root, folder);
    const manifest = JSON.parse(readFileSync(join(absolute, 'package.json'), 'utf8')) as Manifest;
    const files = readdirSync(absolute).filter((name) => /^(licen[cs]e|notice)/i.test(name));
    const body = files.map((name) => readFileSync(join(absolute, name), 'utf8').trim());
    return `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})\n\n${body.join('\n\n')}\n`;
  });
  writeFileSync(target, [...new Set(texts)].sort().join(`\n${'-'.repeat(80)}\n\n`));
}
