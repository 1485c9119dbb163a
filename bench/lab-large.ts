import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodeModel } from '../electron/engine/onnx/encode-model.ts';
import { connectLab } from '../electron/lab/connect-lab.ts';
import { recipePresets, recipeSchema } from '../shared/recipe.ts';
import { buildModel, noise, op } from '../test/engine/build-model.ts';
import { temporaryFolder } from '../test/engine/onnx/tiny-model.ts';
import { makeLabRequest, quick, startAgent, stopAgents, submit, waitForJob } from '../test/lab/lab-fixture.ts';
import { skipLab, startNats } from '../test/lab/nats-server.ts';

const sizeBytes = 500_000_000;
const entryPath = fileURLToPath(new URL('../test/lab/lab-engine.ts', import.meta.url));

void test(
  'a model of 500 MB goes to a device, every byte of it',
  { skip: skipLab, timeout: 300_000 },
  async (context) => {
    const folder = temporaryFolder();
    const server = await startNats();
    const lab = await connectLab({ server: server.url }, { keepTrying: true, timing: quick });
    context.after(async () => {
      await stopAgents();
      await lab.close();
      await server.stop();
    });
    const recipe = recipeSchema.parse({ ...recipePresets['int8-static-minmax'], name: 'done' });
    const request = makeLabRequest(join(folder, 'in'), { recipe });
    const rows = sizeBytes / 4 / 1000;
    const model = buildModel({
      inputs: { x: ['N', rows] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: noise([1, 1], 1) },
    });
    const [weight] = model.graph!.initializer;
    Object.assign(weight!, { dims: [BigInt(rows), 1000n], floatData: [], rawData: new Uint8Array(), dataLocation: 1 });
    weight!.externalData = [{ $typeName: 'onnx.StringStringEntryProto', key: 'location', value: 'weights.bin' }];
    writeFileSync(request.modelPath, encodeModel(model));
    const dataPath = join(folder, 'in', 'weights.bin');
    writeFileSync(dataPath, 'the beginning');
    truncateSync(dataPath, sizeBytes);
    const agent = await startAgent(server.url, folder, { name: 'large', entryPath });
    const state = await submit(lab, { kind: 'compress', request, place: { kind: 'any' }, tags: [] });
    const ended = await waitForJob(lab, state.jobId, undefined, 200_000);
    // What the device wrote was held against the hashes of whole files before its engine was started.
    assert.equal(ended.phase, 'done', JSON.stringify({ ended, log: agent.log }));
  },
);
