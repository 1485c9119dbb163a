import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { toFloat16Bits } from '../../electron/engine/tensor/float16.ts';
import {
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  ValueInfoProtoSchema,
} from '../../electron/engine/onnx/proto/onnx_pb.js';
import {
  askVernier,
  assertFailure,
  encodeTinyNet,
  makeFolder,
  parseOutput,
  readHistory,
  runVernier,
  writeSamples,
  writeTinyNet,
} from './fixtures.ts';

interface Attempt {
  readonly model: string;
  readonly data: string;
  readonly code: string;
  readonly message: RegExp;
  /** False where its first bytes say that it is no model: no run begins then, and none is recorded. */
  readonly begins?: boolean;
}

/** Compresses, and checks all that must hold when it fails: code, message, no output, and a run that began recorded as failed. */
async function assertCompressFails(context: TestContext, attempt: Attempt): Promise<void> {
  const { model, data, code, message, begins = true } = attempt;
  const folder = makeFolder(context);
  const out = join(folder, 'out.onnx');
  const common = ['--json', '--database', join(folder, 'history.db')];
  const finished = await askVernier(['compress', model, '--data', data, '--out', out, ...common]);
  const said = assertFailure(finished, code);
  assert.match(said, message);
  assert.ok(said.includes(basename(model)) || said.includes(basename(data)), `names the file: ${said}`);
  assert.equal(existsSync(out), false);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.tmp')),
    [],
  );
  const runs = readHistory(join(folder, 'history.db'));
  assert.equal(runs.length, begins ? 1 : 0);
  if (!begins) return;
  assert.equal(runs[0]?.status, 'failed');
  assert.equal(runs[0].errorCode, code);
  assert.equal(runs[0].errorMessage, said);
}

void test('a file that is no model is refused, whatever it is', async (context) => {
  const folder = makeFolder(context);
  const data = writeSamples(folder);
  const empty = join(folder, 'empty.onnx');
  writeFileSync(empty, '');
  await assertCompressFails(context, { model: empty, data, code: 'model-malformed', message: /empty/i, begins: false });

  const text = join(folder, 'text.onnx');
  writeFileSync(text, 'Dear model,\nplease be a model.\n'.repeat(100));
  await assertCompressFails(context, { model: text, data, code: 'model-malformed', message: /./, begins: false });

  const truncated = writeTinyNet(folder, { channels: 32 });
  truncateSync(truncated, 20_000);
  await assertCompressFails(context, { model: truncated, data, code: 'model-malformed', message: /./ });

  const noise = join(folder, 'noise.onnx');
  writeFileSync(noise, Buffer.alloc(5000, 0xff));
  await assertCompressFails(context, { model: noise, data, code: 'model-malformed', message: /./, begins: false });

  for (const model of [empty, text, truncated, noise]) {
    assertFailure(await askVernier(['inspect', model, '--json']), 'model-malformed');
    assertFailure(await askVernier(['bench', model, model, '--json']), 'model-malformed');
  }
});

void test('a model that is not there is not recorded as a run', async (context) => {
  const folder = makeFolder(context);
  const common = ['--json', '--database', join(folder, 'history.db')];
  const model = join(folder, 'absent.onnx');
  const finished = await askVernier(['compress', model, '--random-data', ...common]);
  assert.match(assertFailure(finished, 'file-not-found'), /absent\.onnx/);
  assertFailure(await askVernier(['compress', folder, '--random-data', ...common]), 'file-unreadable');
  assertFailure(await askVernier(['inspect', model, '--json']), 'file-not-found');
  assert.deepEqual(parseOutput(await askVernier(['history', ...common])), { total: 0, runs: [] });
});

void test('a missing external file is named', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder, { externalFile: 'weights.bin' });
  const data = writeSamples(folder);
  await assertCompressFails(context, { model, data, code: 'external-data-missing', message: /weights\.bin/ });
});

void test('external data outside the model’s folder is not read', async (context) => {
  const folder = makeFolder(context);
  const data = writeSamples(folder);
  for (const externalFile of ['../weights.bin', '/etc/passwd']) {
    const model = join(folder, 'net.onnx');
    writeFileSync(model, encodeTinyNet({ externalFile }));
    await assertCompressFails(context, { model, data, code: 'model-unsafe-path', message: /weights|passwd/ });
  }
});

void test('an opset nobody knows is refused', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder, { opset: 999 });
  const data = writeSamples(folder);
  await assertCompressFails(context, { model, data, code: 'model-unsupported', message: /opset 999.*up to \d+/ });
});

void test('data of a wrong shape, missing data and data that is none are told apart', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const wrongSize = writeSamples(folder, { imageSize: 8 });
  await assertCompressFails(context, { model, data: wrongSize, code: 'data-shape-mismatch', message: /16.*8|8.*16/ });
  const wrongChannels = writeSamples(folder, { channels: 1 });
  await assertCompressFails(context, { model, data: wrongChannels, code: 'data-shape-mismatch', message: /3/ });
  await assertCompressFails(context, {
    model,
    data: join(folder, 'nowhere'),
    code: 'file-not-found',
    message: /nowhere/,
  });
  const text = join(folder, 'data.npz');
  writeFileSync(text, 'not a zip');
  await assertCompressFails(context, { model, data: text, code: 'data-malformed', message: /data\.npz/ });
});

void test('a model of which nothing can be quantized says so before any work', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const data = writeSamples(folder);
  const quick = ['--recipe', 'int8-static-minmax', '--database', join(folder, 'history.db'), '--json', '--quiet'];
  const out = join(folder, 'twin.onnx');
  const made = await askVernier(['compress', model, '--data', data, '--out', out, ...quick]);
  assert.equal(made.exitCode, 0, made.stderr);
  await assertCompressFails(context, {
    model: out,
    data,
    code: 'quantization-failed',
    message: /quantized already.*DequantizeLinear/,
  });
});

void test('a float16 model with sequences, which stays float16, is refused with the way out: the float32 one', async (context) => {
  const folder = makeFolder(context);
  const proto = fromBinary(ModelProtoSchema, encodeTinyNet());
  for (const tensor of proto.graph!.initializer) {
    const values = new Float32Array(tensor.rawData.slice().buffer);
    tensor.dataType = TensorProto_DataType.FLOAT16;
    tensor.rawData = new Uint8Array(Uint16Array.from(values, toFloat16Bits).buffer);
  }
  for (const { type } of [...proto.graph!.input, ...proto.graph!.output]) {
    if (type?.value.case === 'tensorType') type.value.value.elemType = TensorProto_DataType.FLOAT16;
  }
  const [given] = proto.graph!.output;
  const sequence = create(ValueInfoProtoSchema, {
    name: 'sequence',
    type: { value: { case: 'sequenceType', value: { elemType: given!.type } } },
  });
  proto.graph!.node.push(
    create(NodeProtoSchema, { opType: 'SequenceConstruct', input: [given!.name], output: ['sequence'] }),
  );
  proto.graph!.output.push(sequence);
  const model = join(folder, 'half.onnx');
  writeFileSync(model, toBinary(ModelProtoSchema, proto));
  await assertCompressFails(context, {
    model,
    data: writeSamples(folder),
    code: 'quantization-failed',
    message: /its weights are float16\. Give the float32 model/,
  });
});

void test(
  'labels from a pipe are refused instead of waited for',
  { skip: process.platform === 'win32' },
  async (context) => {
    const folder = makeFolder(context);
    const labels = join(folder, 'labels.csv');
    execFileSync('mkfifo', [labels]);
    const options = ['--data', writeSamples(folder), '--labels', labels, '--plan', '--json'];
    const finished = await runVernier(['compress', writeTinyNet(folder), ...options]);
    assert.match(assertFailure(finished, 'file-unreadable'), /labels\.csv" is not a regular file/);
  },
);

void test('a size for a dimension that the model does not have is no size', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  for (const parameters of [
    ['inspect', model],
    ['bench', model, model],
    ['compress', model, '--random-data', '--plan'],
  ]) {
    const finished = await askVernier([...parameters, '--dim', 'N=1', '--json']);
    assert.match(assertFailure(finished, 'options-invalid', 2), /no open dimension "N".*fixed/);
  }
});

void test('the output never replaces the model or a file of somebody else', async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const common = ['--random-data', '--json', '--database', join(folder, 'history.db')];
  assert.match(
    assertFailure(await askVernier(['compress', model, '--out', model, '--force', ...common]), 'options-invalid', 2),
    /the model itself/,
  );
  const other = join(folder, 'other.txt');
  writeFileSync(other, 'precious');
  assert.match(
    assertFailure(await askVernier(['compress', model, '--out', other, ...common]), 'file-exists'),
    /--force/,
  );
  assertFailure(await askVernier(['compress', model, '--out', folder, ...common]), 'options-invalid', 2);
});

void test('what cannot be written is told before any work', { skip: process.platform !== 'linux' }, async (context) => {
  const folder = makeFolder(context);
  const model = writeTinyNet(folder);
  const common = ['compress', model, '--random-data', '--json', '--database', join(folder, 'history.db')];
  const out = join(folder, 'out.onnx');
  for (const options of [
    ['--out', '/proc/no-such-folder/out.onnx'],
    ['--out', '/proc/out.onnx'],
    ['--out', out, '--junit', '/proc/gates.xml'],
  ]) {
    assert.match(assertFailure(await askVernier([...common, ...options]), 'write-failed'), /Cannot write "\/proc\//);
  }
  assert.equal(existsSync(out), false);
});
