import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { labAddress, type LabOptions } from '../../electron/cli/lab-options.ts';

const environment = {
  VERNIER_LAB: 'nats://lab:4222',
  VERNIER_LAB_USER: 'client',
  VERNIER_LAB_PASSWORD_FILE: '/home/a/.password',
  VERNIER_LAB_TLS_CA: '/home/a/ca.crt',
  VERNIER_LAB_TLS_CERT: '',
};

void test('how to reach a lab comes from the command line, else from the environment, never mixed', () => {
  const cases: readonly (readonly [LabOptions, object])[] = [
    [{}, { server: 'nats://lab:4222', user: 'client', passwordPath: '/home/a/.password', tlsCaPath: '/home/a/ca.crt' }],
    [
      { server: 'tls://other:4222', user: 'agent', passwordFile: '/etc/password' },
      { server: 'tls://other:4222', user: 'agent', passwordPath: '/etc/password', tlsCaPath: '/home/a/ca.crt' },
    ],
    // A file of credentials, and not the user of the environment besides.
    [{ creds: '/a.creds' }, { server: 'nats://lab:4222', credsPath: '/a.creds', tlsCaPath: '/home/a/ca.crt' }],
    [{ tokenFile: '/token' }, { server: 'nats://lab:4222', tokenPath: '/token', tlsCaPath: '/home/a/ca.crt' }],
    [
      { tlsCa: '/ca', tlsCert: '/cert', tlsKey: '/key' },
      {
        ...{ server: 'nats://lab:4222', user: 'client', passwordPath: '/home/a/.password' },
        ...{ tlsCaPath: '/ca', tlsCertPath: '/cert', tlsKeyPath: '/key' },
      },
    ],
  ];
  for (const [options, expected] of cases) {
    const found = Object.entries(labAddress(options, environment)).filter(([, value]) => value !== undefined);
    const resolved = Object.entries(expected as Record<string, string>).map(([name, value]) => [
      name,
      name.endsWith('Path') ? resolve(value) : value,
    ]);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(resolved), JSON.stringify(options));
  }
  assert.throws(() => labAddress({}, {}), /Name the lab server/);
  assert.throws(() => labAddress({}, { VERNIER_LAB: '' }), /Name the lab server/);
});
