import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/make-deb.ts', import.meta.url));
const skip = existsSync('/usr/bin/dpkg-deb') ? false : 'dpkg-deb is missing: this is no Debian';

void test('a deb is made from what electron-builder asks of fpm', { skip }, (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-deb-test-'));
  context.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app', 'vernier'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(folder, 'entry'), '[Desktop Entry]\n');
  writeFileSync(join(folder, 'installed'), '#!/bin/bash\n', { mode: 0o600 });
  const deb = join(folder, 'made.deb');
  execFileSync(process.execPath, [
    ...[
      script,
      '-s',
      'dir',
      '--force',
      '-t',
      'deb',
      '-d',
      'libgtk-3-0',
      '-d',
      'libnss3',
      '--deb-recommends',
      'nothing',
    ],
    ...['--deb-compression', 'gzip', '--architecture', 'amd64', '--after-install', join(folder, 'installed')],
    ...['--description', 'In short.\n At some length.', '--version', '1.2.3', '--package', deb, '--name', 'vernier'],
    ...['--maintainer', 'Someone <someone@vernier.example>', '--url', 'https://vernier.example/', '--license', 'MIT'],
    ...[`${folder}/app/=/opt/Vernier`, `${folder}/entry=/usr/share/applications/vernier.desktop`],
  ]);
  const ask = (...question: string[]) => execFileSync('dpkg-deb', question, { encoding: 'utf8' });
  assert.equal(
    ask('--field', deb, 'Package', 'Version', 'Depends').trim(),
    'Package: vernier\nVersion: 1.2.3\nDepends: libgtk-3-0, libnss3',
  );
  assert.equal(ask('--field', deb, 'Description').trim(), 'In short.\n At some length.');
  assert.equal(ask('--field', deb, 'Homepage').trim(), '', 'a reserved name is no page');
  const contents = ask('--contents', deb);
  assert.match(contents, /-rwxr-xr-x root\/root .* \.\/opt\/Vernier\/vernier\n/);
  assert.match(contents, /root\/root .* \.\/usr\/share\/applications\/vernier\.desktop\n/);
  assert.match(ask('--info', deb), /\* {2}postinst/);
});
