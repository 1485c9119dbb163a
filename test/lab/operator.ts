import { nkeys } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';

/*
 * What Synadia's `nsc` makes for a server in operator mode, made here: an operator signs accounts, an account its users, each as a JWT. Claims as
 * in https://github.com/nats-io/jwt, version 2; minus one is no limit.
 */

type Keys = ReturnType<typeof nkeys.createUser>;
const keyText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (part: Uint8Array | string): string => Buffer.from(part).toString('base64url');

function sign(signer: Keys, subject: Keys, claims: object, expires?: number): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const payload = {
    ...{ jti: randomUUID(), iat: nowSeconds, iss: signer.getPublicKey(), sub: subject.getPublicKey() },
    ...(expires === undefined ? {} : { exp: nowSeconds + expires }),
    nats: { version: 2, ...claims },
  };
  const text = `${encode(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }))}.${encode(JSON.stringify(payload))}`;
  return `${text}.${encode(signer.sign(Buffer.from(text)))}`;
}

const accountLimits = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};
const storageLimits = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

export interface Operator {
  /** For the server's configuration file. */
  readonly configuration: string;
  /**
   * A file for `--creds` of a new user of the lab's account.
   * @param expiresSeconds from now.
   * @param isStranger of an account that the server does not know.
   */
  makeCredentials(options?: { readonly expiresSeconds?: number; readonly isStranger?: boolean }): string;
}

export function makeOperator(): Operator {
  const operator = nkeys.createOperator();
  const [system, account] = [nkeys.createAccount(), nkeys.createAccount()];
  const accountToken = (keys: Keys, limits: object): string =>
    sign(operator, keys, { type: 'account', limits: { ...accountLimits, ...limits } });
  return {
    configuration: [
      `operator: ${sign(operator, operator, { type: 'operator' })}`,
      'resolver: MEMORY',
      // JetStream wants one that is not the lab's.
      `system_account: ${system.getPublicKey()}`,
      `resolver_preload: {`,
      `  ${system.getPublicKey()}: ${accountToken(system, {})}`,
      `  ${account.getPublicKey()}: ${accountToken(account, storageLimits)}`,
      '}',
    ].join('\n'),
    makeCredentials: ({ expiresSeconds, isStranger = false } = {}) => {
      const user = nkeys.createUser();
      const signer = isStranger ? nkeys.createAccount() : account;
      const token = sign(signer, user, { type: 'user', subs: -1, data: -1, payload: -1 }, expiresSeconds);
      return [
        '-----BEGIN NATS USER JWT-----',
        token,
        '------END NATS USER JWT------',
        '',
        '-----BEGIN USER NKEY SEED-----',
        keyText(user.getSeed()),
        '------END USER NKEY SEED------',
        '',
      ].join('\n');
    },
  };
}
