import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe, type TestContext } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { openBundle } from '../../electron/report/bundle/read-bundle.ts';
import { writeBundle } from '../../electron/report/bundle/write-bundle.ts';
import { makeDocument, makeFolder, makeRequest } from '../store/run-fixture.ts';
import { encodeZip, type ZipEntry } from './encode-zip.ts';

const document = makeDocument(makeRequest());
const { runId } = document;
const marks = { name: '', notes: '', tags: [], starred: false };
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const runContent = Buffer.from(JSON.stringify(document));
const model = Buffer.from('the compressed model');

interface Parts {
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly run?: Readonly<Record<string, unknown>>;
  readonly model?: Partial<ZipEntry>;
  readonly more?: readonly ZipEntry[];
}

/** A bundle as Vernier writes it, byte for byte under the test's control. */
function encodeBundle({ manifest = {}, run = {}, model: modelEntry = {}, more = [] }: Parts = {}): Buffer {
  const modelPath = `models/${runId}/net.onnx`;
  const described = {
    format: 'vernier-bundle',
    formatVersion: 1,
    createdBy: 'a test',
    runs: [
      {
        runId,
        path: `runs/${runId}.json`,
        sha256: sha256(runContent),
        sizeBytes: runContent.length,
        marks,
        models: [{ path: modelPath, sha256: sha256(model), sizeBytes: model.length }],
        ...run,
      },
    ],
    ...manifest,
  };
  return encodeZip([
    { name: 'manifest.json', content: Buffer.from(JSON.stringify(described)) },
    { name: `runs/${runId}.json`, content: runContent },
    { name: modelPath, content: model, ...modelEntry },
    ...more,
  ]);
}

function writeFile(context: TestContext, content: Uint8Array): { readonly path: string; readonly folder: string } {
  const folder = makeFolder(context);
  const path = join(folder, 'x.vernier');
  writeFileSync(path, content);
  return { path, folder };
}

test('a bundle opened again holds the runs, what people noted, and the models', async (context) => {
  const folder = makeFolder(context);
  const modelPath = join(folder, 'net.onnx');
  writeFileSync(modelPath, model);
  const path = join(folder, 'x.vernier');
  const noted = { name: 'Lab', notes: 'cool', tags: ['a'], starred: true };
  await writeBundle(path, [{ document, marks: noted, modelPaths: [modelPath] }], 'a test');
  const bundle = await openBundle(path);
  try {
    assert.equal(bundle.runs[0]?.runId, document.runId);
    assert.deepEqual(await bundle.readRun(document.runId), document);
    assert.deepEqual(bundle.runs[0].marks, noted);
    const target = join(folder, 'there', 'net.onnx');
    assert.equal(await bundle.unpackModel(runId, 'net.onnx', target), true);
    assert.deepEqual(readFileSync(target), model);
    assert.equal(await bundle.unpackModel(runId, 'net.onnx', target), false, 'the same file is there already');
  } finally {
    bundle.close();
  }
});

test('the same runs make the same bytes, in whatever order they were named', async (context) => {
  const folder = makeFolder(context);
  const other = makeDocument(makeRequest());
  const runs = [document, other].map((one) => ({ document: one, marks, modelPaths: [] }));
  await writeBundle(join(folder, 'a.vernier'), runs, 'a test');
  await writeBundle(join(folder, 'b.vernier'), runs.toReversed(), 'a test');
  assert.deepEqual(readFileSync(join(folder, 'a.vernier')), readFileSync(join(folder, 'b.vernier')));
  assert.deepEqual(readdirSync(folder).sort(), ['a.vernier', 'b.vernier']);
});

test('what the hostile ones below are made from is itself accepted', async (context) => {
  const bundle = await openBundle(writeFile(context, encodeBundle()).path);
  bundle.close();
  assert.equal(bundle.runs.length, 1);
});

const stray = (name: string, changes: Partial<ZipEntry> = {}): Parts => ({
  more: [{ name, content: Buffer.from('x'), ...changes }],
});
const zeros = Buffer.alloc(8_000_000);

const unsafe: Readonly<Record<string, Uint8Array>> = {
  'a way up': encodeBundle(stray('../evil.txt')),
  'a way up behind a good beginning': encodeBundle(stray(`models/${runId}/../../evil`)),
  'an absolute path': encodeBundle(stray('/etc/evil')),
  'a drive': encodeBundle(stray('C:/evil')),
  backslashes: encodeBundle(stray(`models\\${runId}\\..\\evil`)),
  'a stream of a file': encodeBundle(stray(`models/${runId}/net.onnx:hidden`)),
  'a hidden file': encodeBundle(stray(`models/${runId}/.bashrc`)),
  'a zero byte in a name': encodeBundle(stray(`models/${runId}/a\0b`)),
  'a folder': encodeBundle(stray(`models/${runId}/`)),
  'a file nobody named': encodeBundle(stray(`models/${runId}/other.onnx`)),
  'a symbolic link': encodeBundle({ model: { mode: 0o120777 } }),
  'a device': encodeBundle({ model: { mode: 0o020666 } }),
  'a name twice': encodeBundle(stray(`models/${runId}/net.onnx`)),
  'a name twice but for its case': encodeBundle(stray(`models/${runId}/NET.onnx`)),
  'a file that unpacks to a thousand times its size': encodeBundle({ model: { content: zeros, deflated: true } }),
  'a file that says it is huge': encodeBundle({ model: { claimedSize: 0xfffffff0, deflated: true } }),
  'runs that unpack to more than a gigabyte together': encodeBundle({
    more: Array.from({ length: 18 }, (_, index) => ({
      name: `runs/0000-${index}.json`,
      content: zeros,
      packed: Buffer.alloc(320_000),
      deflated: true,
      claimedSize: 60_000_000,
    })),
  }),
  'more bytes than the file has, by files that overlap': encodeBundle({
    model: { claimedCompressedSize: 50_000_000, claimedSize: 50_000_000 },
  }),
};

describe('refused before anything is unpacked', () => {
  for (const [what, content] of Object.entries(unsafe)) {
    test(what, async (context) => {
      const { path, folder } = writeFile(context, content);
      await assert.rejects(openBundle(path), { code: 'bundle-unsafe' });
      assert.deepEqual(readdirSync(folder), ['x.vernier']);
      assert.ok(!existsSync(join(folder, '..', 'evil.txt')));
    });
  }
});

const malformed: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  'a text file': [Buffer.from('hello'), /not a zip file/],
  'an empty file': [Buffer.alloc(0), /not a zip file/],
  'a bundle cut off': [encodeBundle().subarray(0, -40), /not a zip file/],
  'no manifest': [encodeZip([{ name: `runs/${runId}.json`, content: runContent }]), /no manifest/],
  'a manifest that is no JSON': [encodeZip([{ name: 'manifest.json', content: Buffer.from('{') }]), /not JSON/],
  'a newer format': [encodeBundle({ manifest: { formatVersion: 2 } }), /newer Vernier/],
  'another hash of the run': [encodeBundle({ run: { sha256: '0'.repeat(64) } }), /hash/],
  'another size of the run': [encodeBundle({ run: { sizeBytes: 5 } }), /size/],
  'a run that is not in it': [
    encodeBundle({ run: { runId: 'abcd-1234', path: 'runs/abcd-1234.json', models: [] } }),
    /missing/,
  ],
  'a run id that is a path': [encodeBundle({ run: { runId: '../../evil' } }), /manifest is wrong/],
  'a model of another run': [
    encodeBundle({
      run: { models: [{ path: 'models/abcd-1234/net.onnx', sha256: sha256(model), sizeBytes: model.length }] },
    }),
    /from elsewhere/,
  ],
  'an encrypted file': [
    encodeBundle({ model: { flags: 1, packed: Buffer.concat([Buffer.alloc(12), model]) } }),
    /encrypted/,
  ],
  'an unknown compression': [encodeBundle({ model: { method: 12 } }), /compressed in a way/],
};

describe('named as malformed', () => {
  for (const [what, [content, message]] of Object.entries(malformed)) {
    test(what, async (context) => {
      await assert.rejects(openBundle(writeFile(context, content).path), { code: 'bundle-malformed', message });
    });
  }
});

test('a model that was changed on the way does not get its name', async (context) => {
  const changed = Buffer.from('the COMPRESSED model');
  const { path, folder } = writeFile(context, encodeBundle({ model: { content: changed } }));
  const bundle = await openBundle(path);
  try {
    const target = join(folder, 'net.onnx');
    await assert.rejects(bundle.unpackModel(runId, 'net.onnx', target), { code: 'bundle-malformed', message: /hash/ });
    assert.deepEqual(readdirSync(folder), ['x.vernier']);
  } finally {
    bundle.close();
  }
});

test('a model that unpacks to more than it said ends where it should', async (context) => {
  // The sizes in the list of files are honest-looking; the packed bytes hold more.
  const more = Buffer.alloc(20_000, 'a');
  const packed = deflateRawSync(more);
  const { path, folder } = writeFile(
    context,
    encodeBundle({
      model: { packed, deflated: true, claimedSize: model.length, claimedCompressedSize: packed.length },
    }),
  );
  const bundle = await openBundle(path);
  try {
    await assert.rejects(bundle.unpackModel(runId, 'net.onnx', join(folder, 'net.onnx')));
    assert.deepEqual(readdirSync(folder), ['x.vernier']);
  } finally {
    bundle.close();
  }
});

test('another file under the name of a model is never replaced', async (context) => {
  const { path, folder } = writeFile(context, encodeBundle());
  const target = join(folder, 'net.onnx');
  writeFileSync(target, 'mine');
  const bundle = await openBundle(path);
  try {
    await assert.rejects(bundle.unpackModel(runId, 'net.onnx', target), { code: 'file-exists' });
    assert.equal(readFileSync(target, 'utf8'), 'mine');
  } finally {
    bundle.close();
  }
});
