import { Kvm, type KV } from '@nats-io/kv';
import { Objm, type ObjectStore } from '@nats-io/obj';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import {
  AuthorizationError,
  connect,
  credsAuthenticator,
  nanos,
  UserAuthenticationExpiredError,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { AppError } from '../../shared/app-error.ts';
import { tell, type Told } from '../../shared/engine-texts/tell.ts';
import {
  allJobSubjects,
  artifactBucket,
  deviceBucket,
  jobBucket,
  jobStream,
  keptDays,
  namePattern,
  usualTiming,
  type LabTiming,
} from './lab-names.ts';
import { findTlsRefusal, serverIdentityCheck, type TlsFiles } from './lab-tls.ts';

/** How to reach a lab. Secrets come from files: a command line is seen by everybody on a machine. */
export interface LabAddress {
  readonly server: string;
  readonly credsPath?: string | undefined;
  readonly user?: string | undefined;
  readonly passwordPath?: string | undefined;
  readonly tokenPath?: string | undefined;
  readonly tlsCaPath?: string | undefined;
  readonly tlsCertPath?: string | undefined;
  readonly tlsKeyPath?: string | undefined;
  /** Copies of everything that a cluster keeps; only whoever comes first decides. */
  readonly replicas?: number | undefined;
}

/** A connection, and what of the lab is on the server. */
export interface Lab {
  readonly server: string;
  readonly connection: NatsConnection;
  readonly jetStream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly devices: KV;
  readonly jobs: KV;
  readonly artifacts: ObjectStore;
  readonly timing: LabTiming;
  close(): Promise<void>;
}

const secretLimitBytes = 100_000;

/** @throws AppError `file-unreadable`. */
function readSecret(path: string, what: Told): string {
  try {
    if (statSync(path).size > secretLimitBytes) throw new Error('too large');
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError(
      'file-unreadable',
      tell('labSecretUnreadable', { what, path, reason: (error as Error).message }),
      { cause: error },
    );
  }
}

function connectionOptions(address: LabAddress, keepTrying: boolean): NodeConnectionOptions {
  const { credsPath, passwordPath, tokenPath, user, tlsCaPath, tlsCertPath } = address;
  const usesTls = tlsCaPath !== undefined || tlsCertPath !== undefined || address.server.includes('tls://');
  return {
    servers: address.server.split(',').map((server) => server.trim()),
    name: 'vernier',
    timeout: 5000,
    // An agent waits for its server as long as it takes; a client gives up.
    maxReconnectAttempts: keepTrying ? -1 : 30,
    reconnectTimeWait: 500,
    ignoreAuthErrorAbort: keepTrying,
    // A machine that went to sleep, a cable that was pulled: found within half a minute.
    pingInterval: 10_000,
    maxPingOut: 2,
    ...(credsPath === undefined
      ? {}
      : {
          authenticator: credsAuthenticator(new TextEncoder().encode(readSecret(credsPath, tell('secretCredentials')))),
        }),
    ...(user === undefined ? {} : { user }),
    // Answers come where the server can keep other users from listening.
    ...(user !== undefined && namePattern.test(user) ? { inboxPrefix: `_INBOX.${user}` } : {}),
    ...(passwordPath === undefined ? {} : { pass: readSecret(passwordPath, tell('secretPassword')).trim() }),
    ...(tokenPath === undefined ? {} : { token: readSecret(tokenPath, tell('secretToken')).trim() }),
    // Handed through to Node as it is.
    ...(usesTls
      ? { tls: { ...tlsFiles(address), checkServerIdentity: serverIdentityCheck(address.server) } as TlsFiles }
      : {}),
  };
}

function tlsFiles({ tlsCaPath, tlsCertPath, tlsKeyPath }: LabAddress): TlsFiles {
  return {
    ...(tlsCaPath === undefined ? {} : { ca: readSecret(tlsCaPath, tell('secretCaCertificate')) }),
    ...(tlsCertPath === undefined ? {} : { cert: readSecret(tlsCertPath, tell('secretCertificate')) }),
    ...(tlsKeyPath === undefined ? {} : { key: readSecret(tlsKeyPath, tell('secretKey')) }),
  };
}

function explainConnection(server: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const isAuth =
    error instanceof AuthorizationError ||
    error instanceof UserAuthenticationExpiredError ||
    /authoriz|authentic|permission|credential|nonce|nkey/i.test(message);
  if (/does not support 'tls'|not available on this server/i.test(message)) {
    return new AppError('lab-denied', tell('labWithoutTls', { server }), { cause: error });
  }
  // Not that there is none: it is there, and one side does not trust the other.
  if (/certificate|self-signed|self signed|\btls\b|\bssl\b/i.test(message)) {
    // Node adds how to start Node, which nobody does here.
    const reason = message.split(';')[0]!;
    return new AppError('lab-denied', tell('labUntrusted', { server, reason }), { cause: error });
  }
  return isAuth
    ? new AppError('lab-denied', tell('labRefused', { server, reason: message }), { cause: error })
    : new AppError('lab-unreachable', tell('labUnreachable', { server, reason: message }), { cause: error });
}

/** @throws AppError `lab-denied` where certificates cannot be read, or the server asks for one and will not have what is given. */
async function assertCertificateWanted(address: LabAddress): Promise<void> {
  const { server, tlsCertPath } = address;
  const files = tlsFiles(address);
  try {
    createSecureContext(files);
  } catch (error) {
    const reason = (error as { reason?: string }).reason ?? (error as Error).message;
    throw new AppError('lab-denied', tell('labCertificateUnusable', { reason }), { cause: error });
  }
  const reason = await findTlsRefusal(server, files);
  if (reason === null) return;
  throw new AppError(
    'lab-denied',
    tlsCertPath === undefined
      ? tell('labWantsCertificate', { server })
      : tell('labCertificateRefused', { server, reason }),
  );
}

const daysNs = (days: number): number => nanos(days * 86_400_000);

async function hasStream(manager: JetStreamManager, name: string): Promise<boolean> {
  try {
    await manager.streams.info(name);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 10059 || /stream not found/i.test((error as Error).message))
      return false;
    throw error;
  }
}

/** Makes what is not there yet. Two that come first at once ask for the same, which the server takes twice. */
async function openBuckets(connection: NatsConnection, timing: LabTiming, replicas: number) {
  const manager = await jetstreamManager(connection, { timeout: 10_000 });
  if (!(await hasStream(manager, jobStream))) {
    await manager.streams.add({
      name: jobStream,
      subjects: [allJobSubjects],
      retention: 'workqueue',
      storage: 'file',
      num_replicas: replicas,
      max_age: daysNs(keptDays),
    });
  }
  const kvm = new Kvm(connection);
  const openBucket = async (bucket: string, ttl: number): Promise<KV> =>
    (await hasStream(manager, `KV_${bucket}`))
      ? kvm.open(bucket)
      : kvm.create(bucket, { ttl, history: 1, replicas, storage: 'file' });
  const objm = new Objm(connection);
  const artifacts = (await hasStream(manager, `OBJ_${artifactBucket}`))
    ? await objm.open(artifactBucket)
    : await objm.create(artifactBucket, { ttl: daysNs(keptDays), replicas, storage: 'file' });
  return {
    manager,
    devices: await openBucket(deviceBucket, timing.deviceWaitMs),
    jobs: await openBucket(jobBucket, keptDays * 86_400_000),
    artifacts,
  };
}

/**
 * Connects to a server, and makes the lab there where it is the first.
 * @param options.keepTrying for an agent: a connection that breaks is made again, however long it takes.
 * @throws AppError `lab-unreachable`, `lab-denied`, `file-unreadable`.
 */
export async function connectLab(
  address: LabAddress,
  options: { readonly keepTrying?: boolean; readonly timing?: LabTiming } = {},
): Promise<Lab> {
  const timing = options.timing ?? usualTiming;
  let connection: NatsConnection;
  try {
    const given = connectionOptions(address, options.keepTrying === true);
    if (given.tls !== undefined) await assertCertificateWanted(address);
    connection = await connect(given);
  } catch (error) {
    throw explainConnection(address.server, error);
  }
  try {
    const opened = await openBuckets(connection, timing, address.replicas ?? 1);
    return {
      server: address.server,
      connection,
      jetStream: jetstream(connection),
      ...opened,
      timing,
      close: async () => {
        if (!connection.isClosed()) await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    const message = error instanceof Error ? error.message : String(error);
    if (/permissions violation.*STREAM\.CREATE/i.test(message)) {
      throw new AppError('lab-denied', tell('labNotMade', { server: address.server }), { cause: error });
    }
    if (/jetstream|no responders|503/i.test(message) && !/permission/i.test(message)) {
      throw new AppError('lab-unreachable', tell('labWithoutJobs', { server: address.server, reason: message }), {
        cause: error,
      });
    }
    throw explainConnection(address.server, error);
  }
}
