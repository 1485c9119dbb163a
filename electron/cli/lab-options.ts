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

export function addLabOptions(command: Command): Command {
  return command
    .option('--server <url>', 'lab server, nats://HOST:4222; comma-separated for a cluster (default: VERNIER_LAB)')
    .option('--creds <file>', 'NATS credentials file')
    .option('--user <name>', 'user name; needs --password-file')
    .option('--password-file <file>', 'file that holds the password')
    .option('--token-file <file>', 'file that holds a token')
    .option('--tls-ca <file>', "certificate of the authority that signed the server's certificate")
    .option('--tls-cert <file>', 'certificate of this machine')
    .option('--tls-key <file>', 'key of that certificate');
}

/** @throws UsageError where no server is named. */
export function labAddress(options: LabOptions): LabAddress {
  const server = options.server ?? process.env['VERNIER_LAB'];
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
