import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { encodeNpy } from '../../../electron/engine/onnx/encode-npy.ts';
import { makeFolder, makeRequest, rejects } from './fixtures.ts';

async function open(context: TestContext, texts: string | Uint8Array | null, characters: string | null) {
  const folder = await makeFolder(context);
  const write = async (name: string, content: string | Uint8Array | null) => {
    if (content !== null) await writeFile(join(folder, name), content);
    return content === null ? null : join(folder, name);
  };
  const path = (await write('x.npy', encodeNpy({ dataType: 'float32', dims: [3, 2], data: new Float32Array(6) })))!;
  const request = {
    path,
    textsPath: await write('texts.txt', texts),
    charactersPath: await write('characters.txt', characters),
  };
  const dataset = await openDataset(makeRequest(request), [{ name: 'x', dataType: 'float32', dims: ['N', 2] }], {
    seed: 0,
    dims: {},
  });
  context.after(() => dataset.close());
  return dataset;
}

suite('texts beside the data', () => {
  test('are one a sample, with their characters; spaces and empty texts count', async (context) => {
    const dataset = await open(context, 'ab c\r\n\r\n u\u0308 \r\n', 'a\nb\nc\n \n字\n');
    assert.deepEqual(dataset.texts, { targets: ['ab c', '', ' ü '], characters: ['a', 'b', 'c', ' ', '字'] });
    assert.ok(dataset.notes.some((note) => note.includes('5 characters in "characters.txt"; class 0 is the blank')));
    assert.equal(dataset.readings.length, 3, 'they are looked at again when the run ends');
  });

  test('may be left out: then both models are compared by what they read', async (context) => {
    assert.deepEqual((await open(context, null, 'a\nb\n')).texts, { targets: null, characters: ['a', 'b'] });
    assert.equal((await open(context, null, null)).texts ?? null, null);
  });

  test('that cannot be used are refused with what is wrong', async (context) => {
    await rejects(open(context, 'a\nb\n', 'a\nb\n'), 'labels-malformed', /has 2 lines for 3 samples/);
    await rejects(
      open(context, 'a\nb\nc\n', 'a\n\nb\n'),
      'labels-malformed',
      /Line 2 of the list of characters .* is empty/,
    );
    await rejects(open(context, 'a\nb\nc\n', ''), 'labels-malformed', /Line 1 of the list of characters .* is empty/);
    await rejects(open(context, 'a\nb\nc\n', null), 'options-invalid', /--characters/);
    await rejects(open(context, Uint8Array.of(0x50, 0x4b, 3, 4), 'a\n'), 'data-malformed', /zip archive/);
  });
});
