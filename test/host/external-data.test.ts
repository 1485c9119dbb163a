import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { createAppHost, type AppHost } from '../../electron/host/app-host.ts';
import { desktopAccess, restrictedAccess, type FileAccess } from '../../electron/host/file-access.ts';
import { isExternal } from '../../electron/engine/onnx/external-data.ts';
import type { TensorProto } from '../../electron/engine/onnx/proto/onnx_pb.js';
import { readModel } from '../../electron/engine/onnx/read-model.ts';
import { tensorsOf } from '../../electron/engine/onnx/tensors-of.ts';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import { launchNodeEngine } from '../../electron/worker/launch-engine.ts';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import type { RequestInput, RequestName } from '../../shared/contract/requests.ts';
import type { RequestResults } from '../../shared/contract/results.ts';
import { buildModel, noise, op } from '../engine/build-model.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';
import { spreadWeights } from '../engine/onnx/spread-weights.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';

const root = realpathSync(temporaryFolder());
// Settings and lists of files go where nobody else's are.
process.env['XDG_DATA_HOME'] = join(root, 'home');

type Ask = <Name extends RequestName>(name: Name, parameters: RequestInput<Name>) => Promise<RequestResults[Name]>;

function startHost(folder: string, files: FileAccess): { readonly host: AppHost; readonly ask: Ask } {
  const host = createAppHost(
    {
      host: files.allowedFolders === null ? 'electron' : 'browser',
      version: '0',
      versions: {},
      files,
      sampleFolder: null,
      launchEngine: launchNodeEngine,
      isOnBattery: () => null,
      pickFiles: () => Promise.resolve(null),
      deliverExport: () => Promise.reject(new Error('every export here names its place')),
      revealFile: () => false,
    },
    join(folder, 'vernier.db'),
  );
  const ask: Ask = async (name, parameters) => {
    const reply = await host.handle(name, parameters);
    if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
    return reply.value as never;
  };
  return { host, ask };
}

function ended(host: AppHost, runId: string): Promise<string> {
  return new Promise((resolve) => {
    host.onEvent(({ name, payload }) => {
      if (name === 'run.changed' && payload.runId === runId && !['queued', 'running'].includes(payload.status))
        resolve(payload.status);
    });
  });
}

/** As a default export of PyTorch: every weight outside, IR 10, and its data. */
function writeFiles(folder: string, place: (tensor: TensorProto) => string | null) {
  mkdirSync(folder, { recursive: true });
  const model = buildModel({
    inputs: { x: ['batch', 4, 6, 6] },
    outputs: 'y',
    opset: 20,
    nodes: [
      op('Conv', 'x w b', 'a'),
      op('Relu', 'a', 'r'),
      op('Reshape', 'r shape', 'f'),
      op('Gemm', 'f k', 'y', { transB: 1 }),
    ],
    weights: {
      w: noise([8, 4, 3, 3], 1, 0.2),
      b: noise([8], 2),
      shape: { dataType: 'int64', dims: [2], data: BigInt64Array.of(-1n, 128n) },
      k: noise([10, 128], 6, 0.1),
    },
  });
  model.irVersion = 10n;
  const modelPath = join(folder, 'model.onnx');
  spreadWeights(model, modelPath, place);
  const dataPath = join(folder, 'data.npy');
  writeFileSync(dataPath, encodeNpy(noise([24, 4, 6, 6], 9)));
  return { modelPath, dataPath };
}

const layouts: Readonly<Record<string, (tensor: TensorProto) => string | null>> = {
  'in model.onnx.data': () => 'model.onnx.data',
  'some of them, in a folder below': ({ dims, name }) => (dims.length > 1 ? `权重/${name}.bin` : null),
};

suite('a model with its weights beside it, as windows ask for it', () => {
  for (const [index, [layout, place]] of Object.entries(layouts).entries()) {
    const isBrowser = index % 2 === 0;
    test(`${layout}, ${isBrowser ? 'in a browser' : 'on the desktop'}`, async () => {
      const folder = join(root, `case-${index}`);
      const { modelPath, dataPath } = writeFiles(join(folder, 'models'), place);
      const history = join(folder, 'history');
      mkdirSync(join(history, 'models'), { recursive: true });
      const desktop = desktopAccess();
      desktop.remember('folder', [folder]);
      const access = isBrowser ? restrictedAccess([join(folder, 'models')], [join(history, 'models')]) : desktop;
      const { host, ask } = startHost(history, access);
      try {
        const inspection = await ask('model.inspect', { modelPath });
        assert.equal(inspection.totals.parameters, 288 + 8 + 1280);
        const data = { path: dataPath, labelsPath: null, preprocessorPath: null };
        assert.equal((await ask('data.preview', { modelPath, data })).count, 24);
        const recipe = recipeSchema.parse(recipePresets['int8-static-minmax']);
        const request = { modelPath, data, recipe, threads: 1 };
        const plan = await ask('plan.preview', { request });
        assert.deepEqual(plan.map(({ opType, precision, foldedInto }) => `${opType} ${foldedInto === null ? precision.scheme : 'folded'}`), ['Conv int8-static', 'Relu folded', 'Reshape int8-static', 'Gemm int8-static']); // prettier-ignore

        const { runId } = await ask('run.start', { request });
        assert.equal(await ended(host, runId), 'done');
        const { document, artifacts, request: again } = await ask('runs.get', { runId });
        assert.ok(document?.status === 'done');
        assert.ok(document.accuracy.agreement.sqnrDb! > 20);
        assert.equal(again.modelPath, modelPath, 'the model is opened again from the history');
        // What was written stands by itself.
        const exported = join(folder, 'models', 'exported.onnx');
        await ask('runs.export', { runIds: [runId], format: 'onnx', path: exported });
        await ask('runs.export', { runIds: [runId], format: 'html', path: join(folder, 'models', 'report.html') });
        renameSync(join(folder, 'models', 'model.onnx'), join(folder, 'models', 'gone.onnx'));
        const { proto, sizeBytes } = await readModel(exported);
        assert.deepEqual([...tensorsOf(proto)].filter(isExternal), []);
        assert.equal(sizeBytes, document.model.compressed.sizeBytes);

        const bundle = join(folder, 'models', 'run.vernier');
        const marks = { name: '', notes: '', tags: [], starred: false };
        await writeBundle(bundle, [{ document, marks, modelPaths: artifacts.map(({ path }) => path) }], 'a test');
        const elsewhere = join(folder, 'elsewhere');
        mkdirSync(join(elsewhere, 'models'), { recursive: true });
        const other = startHost(elsewhere, isBrowser ? restrictedAccess([dirname(bundle)]) : desktopAccess());
        try {
          const [imported] = await other.ask('runs.import', { path: bundle });
          assert.equal(imported?.outcome, 'added');
          const there = await other.ask('runs.get', { runId });
          assert.deepEqual(there.artifacts.map(({ present }) => present), [true]); // prettier-ignore
        } finally {
          await other.host.close();
        }
      } finally {
        await host.close();
      }
    });
  }

  test('a data file that is missing is named, in both hosts', async () => {
    const folder = join(root, 'missing');
    const { modelPath } = writeFiles(join(folder, 'models'), () => 'model.onnx.data');
    renameSync(`${modelPath}.data`, `${modelPath}.away`);
    for (const access of [desktopAccess(), restrictedAccess([join(folder, 'models')])]) {
      const { host, ask } = startHost(join(folder, access.allowedFolders === null ? 'desktop' : 'browser'), access);
      try {
        await assert.rejects(
          ask('model.inspect', { modelPath }),
          /is stored in "model\.onnx\.data", which is not in .* Copy that file beside the model/,
        );
      } finally {
        await host.close();
      }
    }
  });
});
