import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import { CancelledError } from '../../../shared/app-error.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import {
  encodePng,
  imageInput,
  makeFlat,
  makeFolder,
  makePixels,
  makeRequest,
  rejects,
  writeImage,
} from './fixtures.ts';

const open = (path: string, inputs: readonly ValueInfo[] = [imageInput], changes: Partial<DataRequest> = {}) =>
  openDataset(makeRequest({ path, ...changes }), inputs, { seed: 0, dims: {} });

test('a folder of images without labels feeds them in the order of their names, with the defaults stated', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'b.png'), makeFlat(4, 0, 255, 51));
  await writeImage(join(folder, 'a.png'), makeFlat(4, 255, 0, 0));
  await writeFile(join(folder, '._a.png'), 'not a sample');
  const dataset = await open(folder);
  assert.equal(dataset.kind, 'images');
  assert.equal(dataset.count, 2);
  assert.equal(dataset.labels, null);
  assert.equal(dataset.fixedBatchSize, null);
  assert.match(dataset.notes.join('\n'), /No preprocessor_config\.json.*4x4.*RGB.*divided by 255/);
  const { input } = await dataset.read(1);
  assert.deepEqual(input!.dims, [1, 3, 4, 4]);
  assert.deepEqual([input!.data[0], input!.data[16], input!.data[32]], [0, 1, Math.fround(0.2)]);
});

test('labels.csv and preprocessor_config.json beside an images folder are used', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'images/x.png'), makePixels(7, 5));
  await writeImage(join(folder, 'images/y.png'), makePixels(5, 9));
  await writeFile(join(folder, 'labels.csv'), 'file,label,name\ny.png,3,"fish, gold"\nimages/x.png,1,bird\n');
  const config = { size: { shortest_edge: 4 }, resample: 3, crop_size: { height: 4, width: 4 }, do_rescale: false };
  await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify(config));
  const dataset = await open(folder);
  assert.deepEqual([...dataset.labels!], [1, 3]);
  assert.equal(dataset.notes.length, 2);
  assert.match(dataset.notes[0]!, /column "file" names the images, column "label" holds their classes\.$/);
  assert.deepEqual(
    [...dataset.classNames!],
    [
      [3, 'fish, gold'],
      [1, 'bird'],
    ],
  );
  assert.deepEqual([0, 1].map(dataset.sampleName!), ['x.png', 'y.png']);
  assert.match(
    dataset.notes[1]!,
    /\(no type given\): shorter edge resized to 4 \(bicubic\); cropped to the middle 4x4; levels unchanged; red first\.$/,
  );
  const { input } = await dataset.read(0);
  // Pillow 12.3: pattern(7, 5) resized to 5x4 with bicubic, columns 0 to 3 of the red channel.
  const red = [17, 66, 121, 188, 89, 140, 188, 150, 167, 228, 117, 43, 176, 71, 80, 135];
  assert.deepEqual([...input!.data.subarray(0, 16)], red);
  const inside = await open(join(folder, 'images'));
  assert.deepEqual([...inside.labels!], [1, 3], 'the images folder itself finds them too');
});

test('one folder per class is numbered in sorted order', async (context) => {
  const folder = await makeFolder(context);
  for (const name of ['dog', 'cat', 'ant']) await writeImage(join(folder, name, '1.png'), makeFlat(4, 1, 2, 3));
  await writeImage(join(folder, 'cat/deep/2.png'), makeFlat(4, 1, 2, 4));
  const dataset = await open(folder);
  assert.deepEqual([...dataset.labels!], [0, 1, 1, 2]);
  assert.match(dataset.notes.join('\n'), /0 = "ant", 1 = "cat", 2 = "dog"/);
});

test('class folders whose numbers are not their places are pointed out', async (context) => {
  const folder = await makeFolder(context);
  for (const name of ['2', '10', '1']) await writeImage(join(folder, name, '1.png'), makeFlat(4, 1, 2, 3));
  const dataset = await open(folder);
  assert.deepEqual([...dataset.labels!], [0, 1, 2]);
  assert.match(dataset.notes.join('\n'), /Class folder "1" became class 0/);
});

test('folders that cannot be classes are refused', async (context) => {
  const mixed = await makeFolder(context);
  await writeImage(join(mixed, 'a.png'), makeFlat(4, 0, 0, 0));
  await writeImage(join(mixed, 'cat/b.png'), makeFlat(4, 0, 0, 1));
  await rejects(open(mixed), 'labels-malformed', /labels\.csv/);
  const empty = await makeFolder(context);
  await writeImage(join(empty, 'cat/b.png'), makeFlat(4, 0, 0, 1));
  await mkdir(join(empty, 'bird'));
  await rejects(open(empty), 'labels-malformed', /"bird".*no image/);
});

test('wrong labels are refused with their line', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'a.png'), makeFlat(4, 0, 0, 0));
  await writeImage(join(folder, 'b.png'), makeFlat(4, 0, 0, 1));
  const cases: [csv: string, pattern: RegExp][] = [
    ['file,label\na.png,0\nb.png,1\nc.png,2\n', /line 4 names "c\.png"/],
    ['file,label\na.png,0\n', /1 image has no row: "b\.png"/],
    ['file,label\na.png,0\nb.png,-1\n', /line 3 has the label -1/],
    ['file,label\na.png,0\nb.png,1.5\n', /line 3 has the label 1\.5, which is not a whole number/],
    ['file,label\na.png,0\nb.png,cat\n', /line 3 has "cat"/],
    ['file,label\na.png,0\nb.png,\n', /line 3 has ""/],
    ['file,label\na.png,0\na.png,1\nb.png,1\n', /line 3 names "a\.png" a second time/],
    ['file,label\n,0\nb.png,1\n', /line 2 names no file/],
    ['bild,klasse\na.png,0\nb.png,1\n', /first line is "bild,klasse"/],
    ['index,label\n0,0\n1,1\n', /none of the columns of "index,label" is called file/],
    ['file,number\na.png,0\nb.png,1\n', /none of the columns of "file,number" is called label/],
    ['file,label\na.png,0,x\nb.png,1\n', /CSV/],
    ['', /empty/],
    ['file,label\n', /no row/],
    ['0\n1\n2\n', /3 labels for 2 images/],
  ];
  for (const [csv, pattern] of cases) {
    await writeFile(join(folder, 'labels.csv'), csv);
    await rejects(open(folder), 'labels-malformed', pattern, /labels\.csv/);
  }
  await rejects(open(folder, [imageInput], { labelsPath: join(folder, 'none.csv') }), 'file-not-found', /none\.csv/);
});

test('a plain list labels the images in the order of their names', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'b.png'), makeFlat(4, 0, 0, 0));
  await writeImage(join(folder, 'a.png'), makeFlat(4, 0, 0, 1));
  const labelsPath = join(folder, 'classes.txt');
  await writeFile(labelsPath, '7\n9\n');
  const dataset = await open(folder, [imageInput], { labelsPath });
  assert.deepEqual([...dataset.labels!], [7, 9]);
});

test('a size that the model does not take is refused with both shapes', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'a.png'), makePixels(9, 7));
  await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify({ do_resize: false }));
  await rejects(open(folder), 'data-shape-mismatch', /"a\.png" is 9x7/, /"input" float32 \[N, 3, 4, 4\]/, /crop_size/);
});

test('a model that takes no image, or more than images, is refused', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'a.png'), makePixels(4, 4));
  const tokens: ValueInfo = { name: 'tokens', dataType: 'int64', dims: ['N', 128] };
  await rejects(
    open(folder, [tokens]),
    'data-shape-mismatch',
    /folder of images/,
    /"tokens" int64 \[N, 128\]/,
    /\.npz/,
  );
  await rejects(open(folder, [imageInput, tokens]), 'data-shape-mismatch', /the model has 2/);
});

test('a size that the model leaves open is chosen and told', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'a.png'), makePixels(30, 20));
  const fed = async (...sides: readonly (string | number)[]) => {
    const dataset = await open(folder, [{ ...imageInput, dims: ['N', 3, ...sides] }]);
    return { dims: (await dataset.read(0))['input']!.dims, notes: dataset.notes.join(' ') };
  };
  const both = await fed('H', 'W');
  assert.deepEqual(both.dims, [1, 3, 224, 224]);
  assert.match(both.notes, /takes images of any size, and 224x224 is assumed/);
  // One side says the other; a line of text keeps its shape.
  assert.deepEqual((await fed('H', 128)).dims, [1, 3, 128, 128]);
  assert.deepEqual((await fed(320, 'W')).dims, [1, 3, 320, 320]);
  const line = await fed(48, 'W');
  assert.deepEqual(line.dims, [1, 3, 48, 72]);
  assert.match(line.notes, /resized to a height of 48, keeping their shape/);
});

test('a damaged image is refused when the folder is opened', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'a.png'), makePixels(4, 4));
  await writeFile(join(folder, 'b.jpg'), 'not an image');
  await rejects(open(folder), 'data-malformed', /b\.jpg"/);
});

test('an image damaged behind its head is refused when it is read', async (context) => {
  const folder = await makeFolder(context);
  const png = await encodePng(makePixels(64, 64));
  await writeFile(join(folder, 'cut.png'), png.subarray(0, png.length / 2));
  const dataset = await open(folder);
  await rejects(dataset.read(0), 'data-malformed', /cut\.png"/, /Replace the file/);
});

test('opening a large folder can be cancelled', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'a.png'), makePixels(4, 4));
  const options = { seed: 0, dims: {}, signal: AbortSignal.abort() };
  await assert.rejects(openDataset(makeRequest({ path: folder }), [imageInput], options), CancelledError);
});

test('images of other kinds are left out with a note, or refused when there is nothing else', async (context) => {
  const folder = await makeFolder(context);
  await writeFile(join(folder, 'scan.heic'), 'no pixels');
  await rejects(open(folder), 'data-malformed', /scan\.heic/, /PNG or JPEG/);
  await writeImage(join(folder, 'a.png'), makePixels(4, 4));
  assert.match((await open(folder)).notes.join('\n'), /1 image .* left out: .*scan\.heic/);
});

test('what other readers would show differently is noted: an EXIF orientation, 16-bit grey', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'plain.png'), makePixels(4, 4));
  assert.doesNotMatch((await open(folder)).notes.join('\n'), /EXIF|16-bit/);
  const raw = { width: 4, height: 4, channels: 3 } as const;
  await sharp(makePixels(4, 4).data, { raw })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(join(folder, 'turned.jpg'));
  await sharp(
    Uint16Array.from({ length: 16 }, (_, index) => 4000 * index),
    { raw: { ...raw, channels: 1 } },
  )
    .toColourspace('grey16')
    .png()
    .toFile(join(folder, 'x-ray.png'));
  const notes = (await open(folder)).notes.join('\n');
  assert.match(notes, /1 image carries an EXIF orientation\. Pixels are used as stored/);
  assert.match(notes, /1 image is 16-bit grey\. It is scaled to 8 bits/);
});

test('a fixed batch, an open size and a fixed dimension decide how many samples a run takes', async (context) => {
  const folder = await makeFolder(context);
  await writeImage(join(folder, 'a.png'), makePixels(9, 7));
  await writeImage(join(folder, 'b.png'), makePixels(7, 7));
  assert.equal((await open(folder, [{ ...imageInput, dims: [8, 3, 4, 4] }])).fixedBatchSize, 8);
  assert.equal((await open(folder, [{ ...imageInput, dims: [3, 4, 4] }])).fixedBatchSize, 1);
  const bound = await openDataset(makeRequest({ path: folder }), [imageInput], { seed: 0, dims: { N: 2 } });
  assert.equal(bound.fixedBatchSize, 2);
  await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify({ do_resize: false }));
  const ragged = await open(folder, [{ ...imageInput, dims: ['N', 3, 'H', 'W'] }]);
  assert.equal(ragged.fixedBatchSize, 1);
  assert.match(ragged.notes.join('\n'), /one at a time/);
});

test('the hash depends on contents, labels and configuration, not on where the folder lies', async (context) => {
  const make = async (label: number, blue: number) => {
    const folder = await makeFolder(context);
    await writeImage(join(folder, 'images/a.png'), makeFlat(4, 0, 0, blue));
    await writeFile(join(folder, 'labels.csv'), `file,label\na.png,${label}\n`);
    const dataset = await open(folder);
    return [dataset.sha256, await dataset.sampleSha256(0)];
  };
  const first = await make(1, 2);
  assert.deepEqual(await make(1, 2), first);
  const otherLabel = await make(2, 2);
  assert.notEqual(otherLabel[0], first[0]);
  assert.equal(otherLabel[1], first[1]);
  assert.notEqual((await make(1, 3))[1], first[1]);
});
