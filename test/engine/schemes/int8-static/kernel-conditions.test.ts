import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { opEntry } from '../../../../electron/engine/2-plan/op-table.ts';
import { indexGraph } from '../../../../electron/engine/graph/graph.ts';
import { readModel } from '../../../../electron/engine/onnx/read-model.ts';
import { kernelReason } from '../../../../electron/engine/schemes/int8-static/kernel-conditions.ts';
import { buildModel, floats, integers, op } from '../../build-model.ts';
import { spreadWeights } from '../../onnx/spread-weights.ts';
import { temporaryFolder } from '../../onnx/tiny-model.ts';

suite('conditions of int8 kernels', () => {
  const folder = temporaryFolder();

  async function reasonOfPad(value: number, where: 'model' | 'file'): Promise<string> {
    const path = join(folder, `${where}.onnx`);
    const model = buildModel({
      inputs: { x: [1, 4, 4, 4] },
      outputs: 'y',
      nodes: [op('Pad', 'x pads value', 'y')],
      weights: { pads: integers([0, 0, 1, 1, 0, 0, 1, 1]), value: floats([], [value]) },
    });
    spreadWeights(model, path, ({ name }) => (where === 'file' && name === 'value' ? 'weights/values.bin' : null));
    const read = await readModel(path);
    const [node] = read.proto.graph!.node;
    const facts = { graph: indexGraph(read), shapes: new Map(), folder: read.folder };
    return kernelReason(node!, opEntry('', 'Pad')!, facts, true);
  }

  test('a Pad with zeros is one, with other values not, wherever the value is stored', async () => {
    for (const where of ['model', 'file'] as const) {
      assert.equal(await reasonOfPad(0, where), '');
      assert.equal(await reasonOfPad(1, where), 'it pads with a value other than 0');
    }
  });
});
