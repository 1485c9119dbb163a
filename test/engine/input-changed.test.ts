import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import type { EngineEvent } from '../../shared/events.ts';
import { recipePresets } from '../../shared/recipe.ts';
import { benchModels } from '../../electron/engine/bench.ts';
import { compress } from '../../electron/engine/compress.ts';
import { openDataset } from '../../electron/engine/data/open-dataset.ts';
import { assertUnchanged } from '../../electron/engine/files/readings.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { readSourceModel } from '../../electron/engine/onnx/source-model.ts';
import { makeTensor } from '../../electron/engine/onnx/tensor-proto.ts';
import { spawnNodeChild } from '../../electron/engine/runtime/child-process.ts';
import { buildModel, noise, op } from './build-model.ts';
import { encodePng, imageInput, makeFlat, makeFolder, makeRequest } from './data/fixtures.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';
import { spreadWeights } from './onnx/spread-weights.ts';
import { toBinary } from '@bufbuild/protobuf';
import { TensorProtoSchema } from '../../electron/engine/onnx/proto/onnx_pb.js';

function makeNet(seed = 1) {
  return buildModel({
    inputs: { x: ['N', 4, 8, 8] },
    outputs: 'y',
    nodes: [op('Conv', 'x w b', 'c'), op('Relu', 'c', 'r'), op('GlobalAveragePool', 'r', 'y')],
    weights: { w: noise([8, 4, 3, 3], seed, 0.2), b: noise([8], 2, 0.1) },
  });
}

function writeNet(path: string, seed = 1): void {
  spreadWeights(makeNet(seed), path, (tensor) => (tensor.name === 'w' ? 'w.bin' : null));
}

/** Other content of the same length, and the same time of change: only what it holds tells. */
function replaceQuietly(path: string, content: Buffer): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
  utimesSync(path, atime, mtime);
}

function contextWith(onEvent: (event: EngineEvent) => void) {
  return { signal: new AbortController().signal, onEvent, spawnChild: spawnNodeChild, allowedFolders: null };
}

async function makeJob(context: TestContext): Promise<{ folder: string; request: CompressRequest }> {
  const folder = await makeFolder(context);
  writeNet(join(folder, 'net.onnx'));
  writeFileSync(join(folder, 'x.npy'), encodeNpy(noise([12, 4, 8, 8], 5)));
  const request = compressRequestSchema.parse({
    runId: 'input-changed',
    modelPath: join(folder, 'net.onnx'),
    outPath: join(folder, 'out', 'net.int8.onnx'),
    data: makeRequest({ path: join(folder, 'x.npy') }),
    recipe: recipePresets['int8-static-minmax'],
    evaluationSamples: null,
    threads: 1,
    seed: 0,
    dims: {},
    gates: { maxAccuracyDrop: null, maxDrops: {}, minSpeedup: null, maxSizeRatio: null },
  });
  await mkdir(join(folder, 'out'));
  return { folder, request };
}

suite('an input that changes while it is measured', () => {
  for (const [what, change] of [
    ['weights', (folder: string) => replaceQuietly(join(folder, 'w.bin'), Buffer.alloc(8 * 4 * 9 * 4 + 16, 1))],
    ['x.npy', (folder: string) => rmSync(join(folder, 'x.npy'))],
  ] as const) {
    test(`compressing fails and leaves nothing: ${what}`, async (context) => {
      const { folder, request } = await makeJob(context);
      let changed = false;
      const run = compress(
        request,
        contextWith((event) => {
          if (changed || event.type !== 'progress' || event.stage !== 'profile') return;
          changed = true;
          change(folder);
        }),
      );
      await assert.rejects(run, { code: 'input-changed', message: /(w\.bin|x\.npy)".*/ });
      assert.ok(changed);
      assert.deepEqual(readdirSync(join(folder, 'out')), []);
    });
  }

  test('timing fails', async (context) => {
    const folder = await makeFolder(context);
    const paths = ['a', 'b'].map((name) => join(folder, `${name}.onnx`)) as [string, string];
    for (const path of paths) writeFileSync(path, encodeModel(makeNet()));
    let changed = false;
    const run = benchModels(
      { modelPaths: paths, threads: 1, dims: {}, minSeconds: 0.1 },
      contextWith((event) => {
        if (changed || event.type !== 'latency') return;
        changed = true;
        writeFileSync(paths[1], encodeModel(makeNet(3)));
      }),
    );
    await assert.rejects(run, { code: 'input-changed', message: /b\.onnx" changed while it was measured/ });
  });
});

suite('files are told by what they hold', () => {
  const assertNamed = (lists: Parameters<typeof assertUnchanged>[0], name: RegExp) =>
    assert.rejects(assertUnchanged(lists), { code: 'input-changed', message: name });

  test('the model and each of its data files', async (context) => {
    const folder = await makeFolder(context);
    const path = join(folder, 'net.onnx');
    writeNet(path);
    const { readings } = await readSourceModel(path);
    await assertUnchanged([readings]);
    utimesSync(path, new Date(), new Date());
    await assertUnchanged([readings]);
    appendFileSync(join(folder, 'w.bin'), 'x');
    await assertNamed([readings], /w\.bin"/);
    writeNet(path);
    await assertUnchanged([readings]);
    writeFileSync(path, encodeModel(makeNet()));
    await assertNamed([readings], /net\.onnx"/);
    rmSync(path);
    await assertNamed([readings], /net\.onnx"/);
  });

  test('a folder of images: every image, labels, and what says how they are prepared', async (context) => {
    const folder = await makeFolder(context);
    const config = { do_resize: false, do_normalize: false, do_rescale: true };
    for (const [index, name] of ['a', 'b'].entries())
      writeFileSync(join(folder, `${name}.png`), await encodePng(makeFlat(4, index, 9, 9)));
    writeFileSync(join(folder, 'labels.csv'), 'file,label\na.png,0\nb.png,1\n');
    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(config));
    const dataset = await openDataset(makeRequest({ path: folder }), [imageInput], { seed: 0, dims: {} });
    context.after(() => dataset.close());
    const lists = dataset.readings.map((reading) => [reading]);
    await assertUnchanged(lists);
    // What joined it later was not used.
    writeFileSync(join(folder, 'c.png'), await encodePng(makeFlat(4, 7, 9, 9)));
    await assertUnchanged(lists);
    rmSync(join(folder, 'c.png'));
    for (const [name, content] of [
      ['b.png', await encodePng(makeFlat(4, 8, 9, 9))],
      ['labels.csv', 'file,label\na.png,1\nb.png,0\n'],
      ['preprocessor_config.json', '{}'],
    ] as const) {
      const fresh = await openDataset(makeRequest({ path: folder }), [imageInput], { seed: 0, dims: {} });
      writeFileSync(join(folder, name), content);
      await assertNamed(
        fresh.readings.map((reading) => [reading]),
        new RegExp(name.replace('.', '\\.')),
      );
      await fresh.close();
    }
  });

  test('a folder of arrays with a table of labels, and ONNX test data', async (context) => {
    const folder = await makeFolder(context);
    writeFileSync(join(folder, 'x.npy'), encodeNpy(noise([3, 2], 1)));
    const labels = join(folder, 'labels.txt');
    writeFileSync(labels, '0\n1\n0\n');
    const inputs = [{ name: 'x', dataType: 'float32' as const, dims: ['N', 2] }];
    const arrays = await openDataset(makeRequest({ path: folder, labelsPath: labels }), inputs, { seed: 0, dims: {} });
    await assertUnchanged(arrays.readings.map((reading) => [reading]));
    writeFileSync(labels, '1\n1\n0\n');
    await assertNamed(
      arrays.readings.map((reading) => [reading]),
      /labels\.txt/,
    );
    await arrays.close();

    const sets = join(folder, 'sets', 'test_data_set_0');
    await mkdir(sets, { recursive: true });
    const path = join(sets, 'input_0.pb');
    const write = (seed: number) =>
      writeFileSync(path, toBinary(TensorProtoSchema, makeTensor('x', noise([1, 2], seed))));
    write(1);
    const dataset = await openDataset(makeRequest({ path: join(folder, 'sets') }), inputs, { seed: 0, dims: {} });
    assert.ok(existsSync(path));
    write(2);
    await assertNamed(
      dataset.readings.map((reading) => [reading]),
      /input_0\.pb/,
    );
    // Told by its content: the first again is no change.
    write(1);
    await assertUnchanged(dataset.readings.map((reading) => [reading]));
    await dataset.close();
  });
});

test('no output replaces what the model is made of', async (context) => {
  const { folder, request } = await makeJob(context);
  const asWeights = compress(
    { ...request, outPath: join(folder, 'w.bin') },
    contextWith(() => undefined),
  );
  await assert.rejects(asWeights, { code: 'options-invalid', message: /w\.bin/ });
  renameSync(join(folder, 'w.bin'), join(folder, 'small.onnx.data'));
  spreadWeights(makeNet(), request.modelPath, () => 'small.onnx.data');
  const beside = compress(
    { ...request, outPath: join(folder, 'small.onnx') },
    contextWith(() => undefined),
  );
  await assert.rejects(beside, { code: 'options-invalid', message: /would replace .*small\.onnx\.data/ });
});
