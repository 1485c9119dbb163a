import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

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

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
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

/** A real server on loopback with JetStream, in a folder of its own. @param configuration more of its file. */
export async function startNats(configuration = '', port?: number): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-nats-'));
  const chosen = port ?? (await freePort());
  mkdirSync(join(folder, 'jetstream'));
  const configPath = join(folder, 'nats.conf');
  writeFileSync(
    configPath,
    `listen: "127.0.0.1:${chosen}"\njetstream { store_dir: "${join(folder, 'jetstream')}" }\n${configuration}\n`,
  );
  let child: ChildProcess | null = null;
  const end = async (): Promise<void> => {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill('SIGKILL');
    await gone;
  };
  const server: NatsServer = {
    name: /server_name: (\S+)/.exec(configuration)?.[1] ?? '',
    url: `nats://127.0.0.1:${chosen}`,
    folder,
    processId: () => child!.pid!,
    kill: end,
    start: async () => {
      child = spawn(natsProgram!, ['-c', configPath], { stdio: 'ignore' });
      while (!(await isListening(chosen))) {
        if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`);
        await wait(10);
      }
    },
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
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

export { freePort };
