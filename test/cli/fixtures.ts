import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  AttributeProto_AttributeType,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type NodeProtoSchema,
  type TensorProtoSchema,
} from '../../electron/engine/onnx/proto/onnx_pb.js';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { listRuns } from '../../electron/store/run-rows.ts';
import type { RunRow } from '../../shared/contract/results.ts';
import { createRandom } from '../../electron/engine/tensor/random.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';
import type { CommandAnswer } from './command-process.ts';

export const mainPath = fileURLToPath(new URL('../../electron/cli/main.ts', import.meta.url));

/** A folder that is gone when the test is over. */
export function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-cli-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type TensorInit = MessageInitShape<typeof TensorProtoSchema>;
type NodeInit = MessageInitShape<typeof NodeProtoSchema>;

export interface TinyNet {
  /** Channels of every convolution: more make it slower and its file larger. */
  readonly channels?: number;
  readonly convolutions?: number;
  readonly imageSize?: number;
  readonly opset?: number;
  /** Weights named in this file next to the model instead of inside it. */
  readonly externalFile?: string;
  /** Weights are listed among the inputs as well, where they could be overridden. */
  readonly listsWeights?: boolean;
}

/** Image [1, 3, size, size] -> 3x3 convolutions with Relu -> global mean -> 4 classes. Seeded weights, input `x`. */
export function encodeTinyNet(net: TinyNet = {}): Uint8Array {
  const { channels = 8, convolutions = 2, imageSize = 16, opset = 13 } = net;
  const random = createRandom(7);
  const initializer: TensorInit[] = [];
  const node: NodeInit[] = [];
  const addWeight = (name: string, dims: number[], fanIn: number) => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: count }, () => (random() - 0.5) * Math.sqrt(12 / fanIn));
    initializer.push({
      name,
      dims: dims.map(BigInt),
      dataType: TensorProto_DataType.FLOAT,
      ...(net.externalFile === undefined
        ? { rawData: new Uint8Array(values.buffer) }
        : {
            dataLocation: TensorProto_DataLocation.EXTERNAL,
            externalData: [{ key: 'location', value: net.externalFile }],
          }),
    });
  };
  let value = 'x';
  for (let index = 0; index < convolutions; index += 1) {
    const inputs = index === 0 ? 3 : channels;
    addWeight(`w${index}`, [channels, inputs, 3, 3], inputs * 9);
    addWeight(`b${index}`, [channels], 10);
    node.push(
      {
        name: `conv${index}`,
        opType: 'Conv',
        input: [value, `w${index}`, `b${index}`],
        output: [`c${index}`],
        attribute: [{ name: 'pads', type: AttributeProto_AttributeType.INTS, ints: [1n, 1n, 1n, 1n] }],
      },
      { name: `relu${index}`, opType: 'Relu', input: [`c${index}`], output: [`r${index}`] },
    );
    value = `r${index}`;
  }
  addWeight('wf', [channels, 4], channels);
  addWeight('bf', [4], 10);
  node.push(
    { name: 'mean', opType: 'GlobalAveragePool', input: [value], output: ['m'] },
    { name: 'flat', opType: 'Flatten', input: ['m'], output: ['f'] },
    { name: 'classes', opType: 'Gemm', input: ['f', 'wf', 'bf'], output: ['y'] },
  );
  const tensorType = (dims: readonly number[]) => ({
    value: {
      case: 'tensorType' as const,
      value: {
        elemType: TensorProto_DataType.FLOAT,
        shape: { dim: dims.map((dim) => ({ value: { case: 'dimValue' as const, value: BigInt(dim) } })) },
      },
    },
  });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'vernier tests',
      opsetImport: [{ domain: '', version: BigInt(opset) }],
      graph: {
        name: 'tiny',
        node,
        initializer,
        input: [
          { name: 'x', type: tensorType([1, 3, imageSize, imageSize]) },
          ...(net.listsWeights === true
            ? initializer.map(({ name, dims }) => ({ name: name!, type: tensorType(dims!.map(Number)) }))
            : []),
        ],
        output: [{ name: 'y', type: tensorType([1, 4]) }],
      },
    }),
  );
}

/** Writes the model and returns its path. */
export function writeTinyNet(folder: string, net: TinyNet = {}): string {
  const path = join(folder, 'net.onnx');
  writeFileSync(path, encodeTinyNet(net));
  return path;
}

/** A folder of `x.npy` (and `labels.npy`) with seeded samples. */
export function writeSamples(
  folder: string,
  options: { readonly count?: number; readonly imageSize?: number; readonly channels?: number } = {},
): string {
  const { count = 24, imageSize = 16, channels = 3 } = options;
  const path = join(folder, `samples-${count}-${channels}x${imageSize}`);
  const random = createRandom(11);
  const length = count * channels * imageSize * imageSize;
  mkdirSync(path);
  writeFileSync(
    join(path, 'x.npy'),
    encodeNpy({
      dataType: 'float32',
      dims: [count, channels, imageSize, imageSize],
      data: Float32Array.from({ length }, () => random() * 2 - 1),
    }),
  );
  writeFileSync(
    join(path, 'labels.npy'),
    encodeNpy({
      dataType: 'int64',
      dims: [count],
      data: BigInt64Array.from({ length: count }, (_, index) => BigInt(index % 4)),
    }),
  );
  return path;
}

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when this text has appeared on stderr. */
  waitFor(text: string): Promise<void>;
}

const longestWaitMs = 240_000;

function testEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: '1', VERNIER_DATABASE: '/nowhere/tests-name-their-own.db' };
}

/** Starts a command line in a process of its own. Without --database it gets none of the user's. */
export function startVernier(
  parameters: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly launcher?: readonly string[];
    /** Where it is started. */
    readonly folder?: string;
  } = {},
): Started {
  const [program, ...rest] = [...(options.launcher ?? []), process.execPath, mainPath, ...parameters];
  const child = spawn(program!, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.folder,
    env: { ...testEnvironment(), ...options.environment },
  });
  let stdout = '';
  let stderr = '';
  let check: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    check();
  });
  const finished = new Promise<Finished>((resolve) =>
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr })),
  );
  return {
    child,
    finished,
    waitFor: (text) =>
      new Promise((resolve, reject) => {
        const tooLate = setTimeout(
          () => reject(new Error(`"${text}" did not appear within ${longestWaitMs} ms:\n${stdout}\n${stderr}`)),
          longestWaitMs,
        );
        check = () => {
          if (!stderr.includes(text)) return;
          clearTimeout(tooLate);
          resolve();
        };
        check();
        void finished.then(() => clearTimeout(tooLate));
        void finished.then(() => reject(new Error(`It ended before "${text}" appeared:\n${stdout}\n${stderr}`)));
      }),
  };
}

export async function runVernier(
  parameters: readonly string[],
  options: Parameters<typeof startVernier>[1] = {},
): Promise<Finished> {
  return startVernier(parameters, options).finished;
}

let commandProcess: ChildProcess | null = null;
let lastAnswer: Promise<unknown> = Promise.resolve();

/**
 * As `runVernier`, in one process for all command lines of a test file: most of a short one is the start of its process. Not for what is
 * about the process itself: signals, streams that break, its environment.
 */
export function askVernier(parameters: readonly string[]): Promise<Finished> {
  const answer = lastAnswer.then(() => askInTurn(parameters));
  lastAnswer = answer.catch(() => undefined);
  return answer;
}

async function askInTurn(parameters: readonly string[]): Promise<Finished> {
  commandProcess ??= fork(fileURLToPath(new URL('./command-process.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: testEnvironment(),
  });
  const child = commandProcess;
  // The file may end while it waits for more, but not while it works.
  child.ref();
  child.channel?.ref();
  const answered = once(child, 'message', { signal: AbortSignal.timeout(longestWaitMs) });
  child.send(parameters);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The process of vernier ${parameters.join(' ')} ended.`);
  });
  ended.catch(() => undefined);
  const [answer] = (await Promise.race([answered, ended])) as [CommandAnswer];
  child.removeAllListeners('exit');
  child.unref();
  child.channel?.unref();
  return { ...answer, signal: null };
}

/** The one JSON document that stdout must be. */
export function parseOutput(finished: Finished): Record<string, unknown> {
  try {
    return JSON.parse(finished.stdout) as Record<string, unknown>;
  } catch {
    return assert.fail(`stdout is not one JSON document:\n${finished.stdout}\nstderr:\n${finished.stderr}`);
  }
}

/** What the history holds, newest first, read as commands read it and without the second that one takes to start. */
export function readHistory(databasePath: string): readonly RunRow[] {
  const store = openStore(databasePath);
  try {
    return listRuns(store);
  } finally {
    closeStore(store);
  }
}

/** Checks that a command failed with this code, as text and as JSON, and returns its message. */
export function assertFailure(finished: Finished, code: string, exitCode = 1): string {
  const { error } = parseOutput(finished) as { error?: { code: string; message: string } };
  assert.ok(error !== undefined, `no error document:\n${finished.stdout}`);
  assert.equal(error.code, code, error.message);
  assert.equal(finished.exitCode, exitCode, finished.stderr);
  assert.ok(finished.stderr.includes(error.message), 'stderr carries the message too');
  assert.doesNotMatch(finished.stderr, /\n {4}at /, 'no stack trace');
  return error.message;
}

/** Live processes whose command line or environment mentions the text (Linux only; elsewhere none are seen). */
export function findProcesses(text: string): number[] {
  const found: number[] = [];
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  for (const name of names) {
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
      const status = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (environment.includes(text) && !/\) Z /.test(status)) found.push(Number(name));
    } catch {
      // Ended in the meantime, or not ours to read.
    }
  }
  return found;
}
