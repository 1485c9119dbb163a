import { create, toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { ftruncateSync, closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import { decodeModel, readModel } from '../../../electron/engine/onnx/read-model.ts';
import { writeModel } from '../../../electron/engine/onnx/write-model.ts';
import {
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  SparseTensorProtoSchema,
  TensorProtoSchema,
  type GraphProto,
  type ModelProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { fullModel, node, nodeWithGraph, temporaryFolder, tinyModel, valueInfo } from './tiny-model.ts';

const folder = temporaryFolder();
const path = join(folder, 'model.onnx');

async function refusal(bytes: Uint8Array | string): Promise<AppError> {
  writeFileSync(path, bytes);
  try {
    await readModel(path);
  } catch (error) {
    assert.ok(error instanceof AppError, `not an AppError: ${String(error)}`);
    assert.ok(error.message.includes(path), error.message);
    return error;
  }
  return assert.fail('it was read');
}

/** The tiny model after a change, as bytes. */
function changed(change: (model: ModelProto, graph: GraphProto) => void): Uint8Array {
  const model = tinyModel();
  change(model, model.graph!);
  return toBinary(ModelProtoSchema, model);
}

/** mulberry32: small, seeded, good enough to choose bytes. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('files that are no models are named', () => {
  const cases: [string, Uint8Array | string, RegExp][] = [
    ['empty', '', /empty/],
    ['text', 'Hello, this is a readme.\n', /text file/],
    ['JSON', '{"model": 1}', /JSON/],
    ['HTML', '\n<!DOCTYPE html><html><body>404</body></html>', /web page/],
    ['XML', '<?xml version="1.0"?><net name="x"/>', /XML/],
    ['Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123\n', /git lfs pull/],
    ['zip', Buffer.from('PK\x03\x04\x14\0\0\0\0\0model.onnx', 'latin1'), /zip archive/],
    ['PyTorch', Buffer.from('PK\x03\x04\0\0\x08\x08\0\0archive/data.pkl', 'latin1'), /PyTorch/],
    ['pickle', Buffer.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc]), /pickle/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), /gzip/],
    ['PNG', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), /PNG/],
    ['TFLite', Buffer.from('\x1c\0\0\0TFL3\x14\0', 'latin1'), /TensorFlow Lite/],
    [
      'safetensors',
      Buffer.concat([Buffer.from([20, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"a":{"dtype":"F32"}}')]),
      /safetensors/,
    ],
    ['HDF5', Buffer.from('\x89HDF\r\n\x1a\n\0', 'latin1'), /Keras/],
    ['zeros', new Uint8Array(5000), /zeros/],
  ];
  for (const [name, bytes, pattern] of cases) {
    test(name, async () => {
      const error = await refusal(bytes);
      assert.equal(error.code, 'model-malformed');
      assert.match(error.message, pattern);
    });
  }
  test('random bytes', async () => {
    const random = createRandom(1);
    for (let round = 0; round < 20; round++) {
      const error = await refusal(Uint8Array.from({ length: 2000 }, () => random() * 256));
      assert.equal(error.code, 'model-malformed');
    }
  });
});

test('what is not a file is told as such', async () => {
  await assert.rejects(readModel(join(folder, 'none.onnx')), { code: 'file-not-found' });
  await assert.rejects(readModel(folder), { code: 'file-unreadable', message: /folder/ });
});

test('a pipe does not hang the reader', { skip: process.platform === 'win32' }, async () => {
  const pipe = join(folder, 'pipe.onnx');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(readModel(pipe), { code: 'file-unreadable' });
});

test('a file beyond the 2 GiB of protobuf is refused unread, with the way out', async () => {
  const large = join(folder, 'large.onnx');
  const descriptor = openSync(large, 'w');
  writeFileSync(descriptor, toBinary(ModelProtoSchema, tinyModel()));
  ftruncateSync(descriptor, 2 ** 31);
  closeSync(descriptor);
  await assert.rejects(readModel(large), { code: 'model-unsupported', message: /2 GiB.*external data/s });
});

describe('models that decode but are not whole', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ['no graph', changed((model) => delete (model as Partial<ModelProto>).graph), /no graph/],
    ['an empty graph', changed((_, graph) => Object.assign(graph, { node: [], output: [] })), /empty/],
    ['no operator sets', changed((model) => (model.opsetImport = [])), /opset_import/],
    ['no IR version', changed((model) => (model.irVersion = 0n)), /IR version/],
    ['an absurd IR version', changed((model) => (model.irVersion = 123456n)), /IR version/],
    ['a short tensor', changed((_, graph) => (graph.initializer[0]!.rawData = new Uint8Array(47))), /"w".*48.*47/],
    ['a tensor without data', changed((_, graph) => (graph.initializer[0]!.rawData = new Uint8Array(0))), /"w"/],
    ['no element type', changed((_, graph) => (graph.initializer[0]!.dataType = 0)), /"w".*element type/],
    ['a negative dimension', changed((_, graph) => (graph.initializer[0]!.dims = [-3n, -4n])), /negative/],
    ['dimensions of 2^40', changed((_, graph) => (graph.initializer[0]!.dims = [2n ** 40n])), /"w"/],
    ['dimensions beyond 2^53', changed((_, graph) => (graph.initializer[0]!.dims = [2n ** 31n, 2n ** 31n])), /"w"/],
    [
      'many dimensions',
      changed((_, graph) => (graph.initializer[0]!.dims = Array<bigint>(5000).fill(2n ** 62n))),
      /"w"/,
    ],
    ['data twice', changed((_, graph) => (graph.initializer[0]!.floatData = [1])), /twice/],
    ['an unknown input', changed((_, graph) => (graph.node[1]!.input[1] = 'gone')), /"gone", which nothing/],
    ['an output nothing makes', changed((_, graph) => graph.output.push(valueInfo('gone'))), /"gone"/],
    [
      'nodes in a circle',
      changed((_, graph) => (graph.node[1]!.input[0] = 'y')),
      /in a circle: (?=.*Gemm node "Gemm_h").*Relu node "Relu_y"/,
    ],
    ['a value defined twice', changed((_, graph) => graph.node.push(node('Relu', ['x'], ['y']))), /twice/],
    ['a node that makes an input', changed((_, graph) => graph.node.push(node('Relu', ['y'], ['x']))), /twice/],
    ['an initializer twice', changed((_, graph) => graph.initializer.push(graph.initializer[0]!)), /twice/],
    ['a node without operator', changed((_, graph) => (graph.node[2]!.opType = '')), /operator type/],
  ];
  for (const [name, bytes, pattern] of cases) {
    test(name, async () => {
      const error = await refusal(bytes);
      assert.equal(error.code, 'model-malformed');
      assert.match(error.message, pattern);
    });
  }
});

describe('models that are unusual but whole', () => {
  const cases: [string, Uint8Array][] = [
    ['initializers listed as inputs', changed((_, graph) => graph.input.push(valueInfo('w', [3, 4])))],
    ['optional inputs left empty', changed((_, graph) => graph.node.push(node('Clip', ['y', '', ''], ['z'])))],
    ['optional outputs left empty', changed((_, graph) => graph.node.push(node('Dropout', ['y'], ['z', ''])))],
    ['no nodes', changed((_, graph) => Object.assign(graph, { node: [], output: [valueInfo('x')] }))],
    [
      'an empty tensor',
      changed((_, graph) =>
        graph.initializer.push(create(TensorProtoSchema, { name: 'e', dataType: 1, dims: [0n, 5n] })),
      ),
    ],
    [
      'a subgraph that reads from around it',
      changed((_, graph) =>
        graph.node.push(
          nodeWithGraph(
            'If',
            ['y'],
            ['z'],
            create(GraphProtoSchema, { node: [node('Add', ['y', 'w'], ['s'])], output: [valueInfo('s')] }),
          ),
        ),
      ),
    ],
  ];
  for (const [name, bytes] of cases) test(name, () => assert.ok(decodeModel(bytes)));
});

function nested(depth: number): Uint8Array {
  let inner = create(GraphProtoSchema, { node: [node('Relu', ['x'], ['deep'])], output: [valueInfo('deep')] });
  for (let level = 1; level < depth; level++) {
    inner = create(GraphProtoSchema, { node: [nodeWithGraph('If', ['x'], ['v'], inner)], output: [valueInfo('v')] });
  }
  return changed((_, graph) => graph.node.push(nodeWithGraph('If', ['x'], ['top'], inner)));
}

test('subgraphs may nest 64 deep and no deeper', async () => {
  assert.ok(decodeModel(nested(64)));
  assert.match((await refusal(nested(65))).message, /nested/);
});

test('messages within messages without end do not overflow the stack', async () => {
  // GraphProto.node > NodeProto.attribute > AttributeProto.g > …, written by hand from the inside out.
  const pieces: Buffer[] = [];
  let length = 0;
  const prefix = (tag: number): void => {
    const bytes: number[] = [tag];
    let rest = length;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
    pieces.push(Buffer.from(bytes));
    length += bytes.length;
  };
  for (let level = 0; level < 20_000; level++) [0x32, 0x2a, 0x0a].forEach(prefix);
  prefix(0x3a);
  const error = await refusal(Buffer.concat(pieces.reverse()));
  assert.match(error.message, /too deep/);
  // The same with groups of an unknown field, which take a byte a level.
  assert.match(
    (await refusal(Buffer.concat([Buffer.from([8, 8]), Buffer.alloc(1_000_000, 0x7b)]))).message,
    /too deep/,
  );
});

test('a few bytes that claim many are refused without allocating', async () => {
  const before = process.memoryUsage.rss();
  // ir_version, then a graph of 2^31 bytes, an initializer of 2^60, a field number out of range.
  for (const hex of [
    '08083affffffff07',
    '08083a0a2a80808080808080801000',
    '0808f8ffffff7f01',
    '0808ffffffffffffffffffff01',
  ]) {
    assert.equal((await refusal(Buffer.from(hex, 'hex'))).code, 'model-malformed');
  }
  assert.ok(process.memoryUsage.rss() - before < 50e6);
});

test('a sparse tensor that claims more zeros than memory holds is refused before ONNX Runtime writes it out', async () => {
  const withSparse = (dims: bigint[]) =>
    changed((_, graph) => {
      const indices = { name: 'at', dims: [1n], dataType: 7, int64Data: [3n] };
      const values = { name: 'sparse', dims: [1n], dataType: 1, floatData: [1] };
      graph.sparseInitializer.push(create(SparseTensorProtoSchema, { values, indices, dims }));
    });
  writeFileSync(path, withSparse([1024n, 1024n]));
  await readModel(path);
  const error = await refusal(withSparse([1n << 25n, 1n << 20n]));
  assert.equal(error.code, 'model-unsupported');
  assert.match(error.message, /"sparse".*33554432 x 1048576.*memory/);
  assert.equal((await refusal(withSparse([-1n]))).code, 'model-malformed');
  // Forty of a size that one may have.
  const many = changed((_, graph) => {
    for (let index = 0; index < 40; index++) {
      const indices = { name: `at${index}`, dims: [1n], dataType: 7, int64Data: [3n] };
      const values = { name: `sparse${index}`, dims: [1n], dataType: 1, floatData: [1] };
      graph.sparseInitializer.push(create(SparseTensorProtoSchema, { values, indices, dims: [1n << 22n] }));
    }
  });
  assert.match((await refusal(many)).message, /"sparse16".*would have more than 67108864 elements/);
});

test('many tiny parts that would fill the memory are refused before they are decoded', async () => {
  // Two bytes a node, some 500 bytes in memory each: 7 MB of file, 1.6 GB of objects.
  const count = 3_500_000;
  const nodes = Buffer.alloc(2 * count);
  for (let index = 0; index < count; index++) nodes[2 * index] = 0x0a;
  const length = Buffer.from([
    0x3a,
    0x80 | (nodes.length & 0x7f),
    0x80 | ((nodes.length >> 7) & 0x7f),
    0x80 | ((nodes.length >> 14) & 0x7f),
    nodes.length >> 21,
  ]);
  const error = await refusal(Buffer.concat([Buffer.from([8, 8]), length, nodes]));
  assert.equal(error.code, 'model-unsupported');
  assert.match(error.message, /memory/);
});

test('functions that multiply or call themselves are refused', async () => {
  const functionOf = (name: string, calls: string[]) =>
    create(FunctionProtoSchema, {
      name,
      domain: 'local',
      input: ['a'],
      output: ['c0'],
      node: calls.map((call, index) => node(call, ['a'], [`c${index}`], call.startsWith('F') ? 'local' : '')),
    });
  const bomb = changed((model, graph) => {
    for (let level = 0; level < 40; level++) {
      const inner = level === 0 ? 'Relu' : `F${level - 1}`;
      model.functions.push(functionOf(`F${level}`, [inner, inner]));
    }
    graph.node.push(node('F39', ['y'], ['z'], 'local'));
  });
  assert.match((await refusal(bomb)).message, /more than 20000 nodes/);
  const wide = changed((model, graph) => {
    const calls = (call: string) => Array.from({ length: 150 }, () => call);
    model.functions.push(functionOf('F0', calls('Relu')), functionOf('F1', calls('F0')));
    graph.node.push(node('F1', ['y'], ['z'], 'local'));
  });
  assert.match((await refusal(wide)).message, /more than 20000 nodes/, 'few levels, many calls');
  const many = changed((model, graph) => {
    model.functions.push(
      functionOf(
        'F0',
        Array.from({ length: 100 }, () => 'Relu'),
      ),
    );
    for (let index = 0; index < 250; index++) graph.node.push(node('F0', ['y'], [`z${index}`], 'local'));
  });
  assert.match((await refusal(many)).message, /more than 20000 nodes/, 'one level, called from many nodes');
  const long = changed((_, graph) => {
    for (let index = 0; index < 25_000; index++) graph.node.push(node('Relu', ['y'], [`z${index}`]));
  });
  writeFileSync(path, long);
  await readModel(path);
  const circle = changed((model) => model.functions.push(functionOf('F0', ['F1']), functionOf('F1', ['F0'])));
  assert.match((await refusal(circle)).message, /calls itself/);
});

test('invalid UTF-8 is refused, since it could not be written back', async () => {
  const bytes = Buffer.from(toBinary(ModelProtoSchema, tinyModel()));
  bytes[bytes.indexOf('tiny')] = 0xff;
  assert.match((await refusal(bytes)).message, /UTF-8/);
});

test('every truncation and 1500 mutations of a model either read or give one AppError', () => {
  const original = toBinary(ModelProtoSchema, fullModel());
  const random = createRandom(20_240_607);
  let refused = 0;
  // Processor time, which neighbours on the machine do not add to.
  let slowestMs = 0;
  const attempt = (bytes: Uint8Array): boolean => {
    const start = process.cpuUsage();
    try {
      decodeModel(bytes);
      return true;
    } catch (error) {
      assert.ok(error instanceof AppError, `${String(error)}\n${error instanceof Error ? (error.stack ?? '') : ''}`);
      assert.ok(error.code === 'model-malformed' || error.code === 'model-unsupported', error.code);
      assert.ok(error.message.length > 20 && error.message.length < 1000);
      refused++;
      return false;
    } finally {
      const { user, system } = process.cpuUsage(start);
      slowestMs = Math.max(slowestMs, (user + system) / 1000);
    }
  };
  // What follows the graph in the file is operator sets, metadata, functions: a cut there may leave a sound model.
  const graphEnd = original.length - 400;
  for (let length = 1; length < original.length; length++) {
    if (attempt(original.subarray(0, length))) assert.ok(length > graphEnd, `cut at ${length} of ${original.length}`);
  }
  for (let round = 0; round < 1500; round++) {
    const bytes = Uint8Array.from(original);
    const changes = 1 + Math.floor(random() * 4);
    for (let change = 0; change < changes; change++) {
      const at = Math.floor(random() * bytes.length);
      const kind = random();
      if (kind < 0.4) bytes[at] = Math.floor(random() * 256);
      else if (kind < 0.6) bytes[at]! ^= 1 << Math.floor(random() * 8);
      else if (kind < 0.75) bytes.fill(0xff, at, at + 6);
      else if (kind < 0.9)
        bytes.copyWithin(at, Math.floor(random() * bytes.length), Math.floor(random() * bytes.length));
      else bytes.fill(0, at, at + 4);
    }
    attempt(bytes);
  }
  assert.ok(refused > 1000, `${refused} were refused`);
  assert.ok(slowestMs < 500, `${slowestMs} ms`);
});

test('a file cut anywhere on its way to the disk is refused through readModel too', async () => {
  await writeModel(tinyModel(), path, { externalData: 'inline' });
  const bytes = toBinary(ModelProtoSchema, tinyModel());
  for (let length = 0; length < bytes.length; length += 7) {
    assert.equal((await refusal(bytes.subarray(0, length))).code, 'model-malformed');
  }
});
