import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../wait-until.ts';

/** Debian puts it where only root's PATH leads. */
const programs = ['nats-server', '/usr/sbin/nats-server'];

export const natsProgram = programs.find((program) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** Why tests of the lab are left out; required where `CI` is set. */
export const skipLab =
  natsProgram === undefined && process.env['CI'] !== 'true' ? "needs Debian's package nats-server" : false;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What the server itself says that it listens at, once it does: nobody else's port is taken for its own. */
function readPort(folder: string, processId: number): number | null {
  const path = join(folder, `nats-server_${processId}.ports`);
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  // Written, but not to its end.
  if (!text.trimEnd().endsWith('}')) return null;
  const { nats } = JSON.parse(text) as { readonly nats: readonly string[] };
  return Number(new URL(nats[0]!).port);
}

export interface NatsServer {
  /** In its cluster. */
  readonly name: string;
  readonly url: string;
  readonly folder: string;
  readonly processId: () => number;
  /** Ends it as a power cut does, and keeps its files. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;

/** A real server on loopback with JetStream, in a folder of its own, at a port that is free. @param configuration more of its file. */
export async function startNats(configuration = ''): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-nats-'));
  mkdirSync(join(folder, 'jetstream'));
  const configPath = join(folder, 'nats.conf');
  /** Null until it has one, which it keeps when it is started again. */
  let port: number | null = null;
  let child: ChildProcess | null = null;
  const end = async (): Promise<void> => {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    writeFileSync(
      configPath,
      `listen: "127.0.0.1:${port ?? -1}"\nports_file_dir: "${folder}"\njetstream { store_dir: "${join(folder, 'jetstream')}" }\n${configuration}\n`,
    );
    const started = spawn(natsProgram!, ['-c', configPath], { stdio: 'ignore' });
    child = started;
    await waitUntil(
      () => {
        if (started.exitCode !== null) throw new Error(`nats-server ended with ${started.exitCode}`);
        const found = started.pid === undefined ? null : readPort(folder, started.pid);
        port ??= found;
        return found !== null;
      },
      'nats-server listens',
      startTimeoutMs,
    );
  };
  await start();
  return {
    name: /server_name: (\S+)/.exec(configuration)?.[1] ?? '',
    url: `nats://127.0.0.1:${port}`,
    folder,
    processId: () => child!.pid!,
    kill: end,
    start,
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Servers that keep one lab together. */
export async function startCluster(count: number): Promise<NatsServer[]> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const routes = ports.map((port) => `nats-route://127.0.0.1:${port}`).join(', ');
  const servers = await Promise.all(
    ports.map((port, index) =>
      startNats(`server_name: s${index + 1}\ncluster { name: lab, listen: "127.0.0.1:${port}", routes: [${routes}] }`),
    ),
  );
  return servers;
}
