import type { Command } from 'commander';
import type { LabAddress } from '../lab/connect-lab.ts';
import { UsageError } from './exit-code.ts';
import { resolvePath } from './options.ts';

export interface LabOptions {
  readonly server?: string;
  readonly creds?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

type Name = Exclude<keyof LabOptions, 'server'>;

/** Options that belong together: where one of them is given, the environment says nothing of the others. */
const groups: readonly (readonly Name[])[] = [
  ['creds', 'user', 'passwordFile', 'tokenFile'],
  ['tlsCa'],
  ['tlsCert', 'tlsKey'],
];

/** `passwordFile` is VERNIER_LAB_PASSWORD_FILE: a file's path, never a secret. */
function variableOf(name: Name): string {
  return `VERNIER_LAB_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export function addLabOptions(command: Command): Command {
  const add = (flags: string, name: Name, text: string) =>
    command.option(flags, `${text} (default: ${variableOf(name)})`);
  command.option(
    '--server <url>',
    'lab server, nats://HOST:4222; comma-separated for a cluster (default: VERNIER_LAB)',
  );
  add('--creds <file>', 'creds', 'NATS credentials file');
  add('--user <name>', 'user', 'user name; needs --password-file');
  add('--password-file <file>', 'passwordFile', 'file that holds the password');
  add('--token-file <file>', 'tokenFile', 'file that holds a token');
  add('--tls-ca <file>', 'tlsCa', "certificate of the authority that signed the server's certificate");
  add('--tls-cert <file>', 'tlsCert', 'certificate of this machine');
  return add('--tls-key <file>', 'tlsKey', 'key of that certificate');
}

type Environment = Readonly<Record<string, string | undefined>>;

function withEnvironment(options: LabOptions, environment: Environment): LabOptions {
  const names = groups.filter((group) => group.every((name) => options[name] === undefined)).flat();
  // An empty variable is none.
  return { ...options, ...Object.fromEntries(names.map((name) => [name, environment[variableOf(name)] || undefined])) };
}

/** @throws UsageError where no server is named. */
export function labAddress(given: LabOptions, environment: Environment = process.env): LabAddress {
  const options = withEnvironment(given, environment);
  const server = options.server ?? environment['VERNIER_LAB'];
  if (server === undefined || server === '') {
    throw new UsageError('Name the lab server with --server nats://HOST:4222, or in VERNIER_LAB (docs/lab.md).');
  }
  const file = (path: string | undefined) => (path === undefined ? undefined : resolvePath(path));
  return {
    server,
    credsPath: file(options.creds),
    user: options.user,
    passwordPath: file(options.passwordFile),
    tokenPath: file(options.tokenFile),
    tlsCaPath: file(options.tlsCa),
    tlsCertPath: file(options.tlsCert),
    tlsKeyPath: file(options.tlsKey),
  };
}
