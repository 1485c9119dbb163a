#!/usr/bin/env node
/**
 * Stands in for fpm, which electron-builder would fetch, where Debian's own dpkg-deb is: takes the arguments electron-builder
 * gives it (`-s dir -t deb … SOURCE=DESTINATION …`) and makes the same package. `npm run package -- deb` calls it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { ...text, short: 's' },
    t: { ...text, short: 't' },
    depends: { ...text, short: 'd', multiple: true },
    'deb-recommends': { ...text, multiple: true },
    force: { type: 'boolean' },
    'deb-compression': text,
    'deb-priority': text,
    architecture: text,
    'after-install': text,
    'after-remove': text,
    description: text,
    version: text,
    package: text,
    name: text,
    maintainer: text,
    vendor: text,
    url: text,
    license: text,
  },
});
if (values.t !== 'deb') throw new Error(`Only a deb can be made, not "${values.t}".`);

const stage = mkdtempSync(join(tmpdir(), 'vernier-deb-'));
try {
  for (const pair of positionals) {
    const [source, destination] = pair.split('=') as [string, string];
    const target = join(stage, destination);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target, { recursive: true, verbatimSymlinks: true });
  }
  const sizeKb = execFileSync('du', ['--summarize', '--block-size=1K', stage], { encoding: 'utf8' }).split('\t')[0]!;
  const [synopsis, ...lines] = values.description!.trim().split('\n');
  const fields = {
    Package: values.name,
    Version: values.version,
    Architecture: values.architecture,
    Maintainer: values.maintainer,
    'Installed-Size': sizeKb,
    Depends: values.depends?.join(', '),
    Recommends: values['deb-recommends']?.join(', '),
    Section: 'devel',
    Priority: values['deb-priority'],
    // electron-builder wants a page even where there is none: a reserved name (RFC 2606) is not worth following.
    Homepage: values.url !== undefined && new URL(values.url).hostname.endsWith('.example') ? undefined : values.url,
    Description: [synopsis, ...lines.map((line) => ` ${line.trim()}`)].join('\n'),
  };
  const control = join(stage, 'DEBIAN');
  mkdirSync(control);
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  writeFileSync(join(control, 'control'), known.map(([name, value]) => `${name}: ${value}\n`).join(''));
  for (const [script, name] of [
    [values['after-install'], 'postinst'],
    [values['after-remove'], 'postrm'],
  ] as const) {
    if (script === undefined) continue;
    cpSync(script, join(control, name));
    execFileSync('chmod', ['755', join(control, name)]);
  }
  execFileSync('dpkg-deb', [
    '--root-owner-group',
    `-Z${values['deb-compression'] ?? 'xz'}`,
    '--build',
    stage,
    values.package!,
  ]);
} finally {
  rmSync(stage, { recursive: true, force: true });
}
