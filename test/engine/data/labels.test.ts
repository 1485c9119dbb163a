import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { translateEngineText } from '../../../shared/engine-texts.ts';
import { encodePng, imageInput, makeFlat, makeFolder, makeRequest, rejects, writeImage } from './fixtures.ts';

/** Images a.png, b.png and c.png, whose classes are 2, 0 and 1 in every table here: in no order that their names have. */
async function makeImages(context: TestContext, names: readonly string[] = ['a.png', 'b.png', 'c.png']) {
  const folder = await makeFolder(context);
  for (const [index, name] of names.entries()) {
    await writeImage(join(folder, 'images', name), makeFlat(4, index, 0, 0));
  }
  return folder;
}

const openWith = async (folder: string, table: string | Uint8Array, name = 'table.csv') => {
  const labelsPath = join(folder, name);
  await writeFile(labelsPath, table);
  return openDataset(makeRequest({ path: join(folder, 'images'), labelsPath }), [imageInput], { seed: 0, dims: {} });
};

test('columns are found by their usual names, in any case and order, and told', async (context) => {
  const folder = await makeImages(context);
  const headers: [file: string, label: string][] = [
    ['file', 'label'],
    ['filename', 'class'],
    ['FileName', 'Target'],
    ['file_name', 'class_id'],
    ['path', 'category'],
    ['image', 'y'],
    ['image_id', 'label'],
    ['ImageId', 'Category ID'],
    ['id', 'label'],
    ['Name', 'label'],
  ];
  for (const [file, label] of headers) {
    const dataset = await openWith(folder, `${label},other,${file}\n0,x,b.png\n1,x,c.png\n2,x,a.png\n`);
    assert.deepEqual([...dataset.labels!], [2, 0, 1], `${file},${label}`);
    const note = `column "${file}" names the images, column "${label}" holds their classes; "other" not used.`;
    assert.ok(dataset.notes[0]!.endsWith(note), dataset.notes[0]);
    assert.match(translateEngineText(dataset.notes[0]!, 'zh-CN'), /列为图像名称.*未使用 "other"/);
  }
});

test('names match without extension, with folders, as Windows and absolute paths', async (context) => {
  const folder = await makeImages(context, ['a.png', 'sub/b.png', 'c.v2.png']);
  const tables = [
    'id,label\na,2\nsub/b,0\nc.v2,1\n',
    'file,label\nimages\\a.png,2\nimages\\sub\\b.png,0\nimages\\c.v2.png,1\n',
    'file,label\nC:\\data\\images\\a.png,2\nC:\\data\\images\\sub\\b.png,0\nC:\\data\\images\\c.v2.png,1\n',
    'path,label\n/elsewhere/train/a.png,2\n/elsewhere/train/sub/b.png,0\n/elsewhere/train/c.v2.png,1\n',
    'file,label\n./a.png,2\nb.png,0\nc.v2.png,1\n',
    'a.png,2\nsub/b.png,0\nc.v2.png,1\n',
    '2;a.png\n0;sub/b.png\n1;c.v2.png\n',
    'id\tfilename\tlabel\n7\ta.png\t2\n8\tsub/b.png\t0\n9\tc.v2.png\t1\n',
    'file,class,class_id\na.png,fish,2\nsub/b.png,cat,0\nc.v2.png,dog,1\n',
  ];
  for (const table of tables) {
    const dataset = await openWith(folder, table);
    assert.deepEqual([...dataset.labels!], [2, 1, 0], table);
  }
  const dataset = await openWith(folder, tables[0]!);
  assert.match(dataset.notes[1]!, /without their extension or by the end of the path: "a" means "a\.png"/);
});

test('composed and decomposed names are one name', async (context) => {
  const names = ['é.png', 'ü.png', 'Å.png'];
  for (const [onDisk, inTable] of [
    ['NFD', 'NFC'],
    ['NFC', 'NFD'],
  ] as const) {
    const folder = await makeImages(
      context,
      names.map((name) => name.normalize(onDisk)),
    );
    const rows = names.map((name, index) => `${name.normalize(inTable)},${index}`);
    const dataset = await openWith(folder, `file,label\n${rows.join('\n')}\n`);
    const byDisk = [...names]
      .map((name, index) => [name.normalize(onDisk), index] as const)
      .sort((a, b) => (a[0] < b[0] ? -1 : 1));
    assert.deepEqual(
      [...dataset.labels!],
      byDisk.map(([, label]) => label),
    );
  }
});

test('what is ambiguous is refused with the columns or the images', async (context) => {
  const folder = await makeImages(context, ['a.png', 'b.png', 'sub/a.png', 'twin.jpg', 'twin.png']);
  const refused: [table: string, ...patterns: RegExp[]][] = [
    ['file,label,class\na.png,0,1\nb.png,1,1\n', /"label", "class" may each hold the labels/],
    ['file,class,category\na.png,cat,pet\nb.png,dog,pet\n', /"class", "category" may each hold the labels/],
    ['file,path,label\na.png,b.png,0\nb.png,a.png,1\n', /"file", "path" may each name the images, but not the same/],
    ['id,label\ntwin,0\n', /line 2 names "twin", which may be "twin\.jpg" or "twin\.png"/],
    ['file,label\nother/b.png,0\nsub/b.png,1\n', /line 3 names "sub\/b\.png" a second time/],
    ['name,label\nnot there,0\n', /line 2 names "not there", which is not in/],
    ['a.png,1,2\nb.png,0,2\n', /column 2, column 3 may each hold the labels/],
  ];
  for (const [table, ...patterns] of refused) {
    await rejects(openWith(folder, table), 'labels-malformed', /table\.csv/, ...patterns);
  }
});

test('several columns that name the same images are one', async (context) => {
  const folder = await makeImages(context);
  const dataset = await openWith(folder, 'id,file,label\na,a.png,2\nb,b.png,0\nc,c.png,1\n');
  assert.deepEqual([...dataset.labels!], [2, 0, 1]);
});

test('lists that divide names from classes by one space, as ImageNet has them', async (context) => {
  const folder = await makeImages(context);
  for (const table of [
    'a.png 2\nb.png 0\nc.png 1\n',
    'c.png 1\r\na.png 2\r\nb.png 0',
    'sub/b.png 0\nc.png 1\na.png 2\n',
  ])
    assert.deepEqual([...(await openWith(folder, table)).labels!], [2, 0, 1]);
  await rejects(openWith(folder, 'a.png 2\nmy b.png 0\nc.png 1\n'), 'labels-malformed', /line 2/);
  await rejects(openWith(folder, 'a.png two\nb.png 0\nc.png 1\n'), 'labels-malformed', /"a\.png two"/);
});

test('a table without file names is read in name order only when it has one column, and says so', async (context) => {
  const folder = await makeImages(context);
  for (const table of ['2\n0\n1\n', 'label\n2\n0\n1\n']) {
    const dataset = await openWith(folder, table);
    assert.deepEqual([...dataset.labels!], [2, 0, 1]);
    assert.match(dataset.notes[0]!, /in order of file name/);
  }
  await rejects(openWith(folder, 'label,weight\n2,1\n0,1\n1,1\n'), 'labels-malformed', /none of the columns/);
});

test('UTF-16 and a byte order mark are read, other encodings and files are refused by name', async (context) => {
  const folder = await makeImages(context);
  const text = 'filename\tlabel\r\na.png\t2\r\nb.png\t0\r\nc.png\t1\r\n';
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  const readable = [
    utf16,
    Buffer.from(utf16).swap16(),
    Buffer.from(`\ufeff${text}`, 'utf8'),
    Buffer.from(`#TYPE System.Management.Automation.PSCustomObject\r\n${text}`),
  ];
  for (const bytes of readable) assert.deepEqual([...(await openWith(folder, bytes)).labels!], [2, 0, 1]);
  const refused: [bytes: Uint8Array, pattern: RegExp][] = [
    [Buffer.from(text, 'utf16le'), /UTF-16 without a byte order mark/],
    [Buffer.from('file,label\n\xe9.png,1\n', 'latin1'), /another encoding than UTF-8, such as Windows-1252/],
    [Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), utf16]), /UTF-32/],
    [Buffer.from('PK\x03\x04rest'), /Excel workbook/],
    [Buffer.from([0x1f, 0x8b, 8, 0]), /gzip/],
    [utf16.subarray(0, utf16.length - 1), /damaged/],
  ];
  for (const [bytes, pattern] of refused) await rejects(openWith(folder, bytes), 'labels-malformed', pattern);
});

test('class names are numbered only by a list that says how', async (context) => {
  const folder = await makeImages(context);
  const table = 'file,label\na.png,fish\nb.png,cat\nc.png,dog\n';
  await rejects(
    openWith(folder, table),
    'labels-malformed',
    /line 2 has "fish" where a class index should be/,
    /classes\.txt/,
  );
  await writeFile(join(folder, 'classes.txt'), 'cat\ndog\nfish\n');
  const dataset = await openWith(folder, table);
  assert.deepEqual([...dataset.labels!], [2, 0, 1]);
  assert.equal(dataset.classNames!.get(2), 'fish');
  assert.match(dataset.notes[0]!, /numbered in the order of ".*classes\.txt": 0 = "cat", 1 = "dog", 2 = "fish"/);
  const before = dataset.sha256;
  await writeFile(join(folder, 'classes.txt'), 'fish\ncat\ndog\n');
  const renumbered = await openWith(folder, table);
  assert.deepEqual([...renumbered.labels!], [0, 1, 2]);
  assert.notEqual(renumbered.sha256, before, 'the list is part of the data');
  await writeFile(join(folder, 'classes.txt'), 'cat\ndog\n');
  await rejects(openWith(folder, table), 'labels-malformed', /line 2 has the class "fish", which is not in/);
  await writeFile(join(folder, 'classes.txt'), 'cat\ndog\ncat\n');
  await rejects(openWith(folder, table), 'labels-malformed', /line 3 names the class "cat" a second time/);
});

test('names of classes come from a column that says the same of a class everywhere, or from a list of their own', async (context) => {
  const folder = await makeImages(context);
  const named = await openWith(folder, 'file,label,class_name\na.png,1,cat\nb.png,0,dog\nc.png,1,cat\n');
  assert.deepEqual([...named.classNames!].sort(), [
    [0, 'dog'],
    [1, 'cat'],
  ]);
  // The names of pictures, and names that contradict each other, are none of classes.
  for (const table of [
    'name,label\na.png,1\nb.png,0\nc.png,1\n',
    'file,label,name\na.png,1,cat\nb.png,0,dog\nc.png,1,lion\n',
  ])
    assert.equal((await openWith(folder, table)).classNames, undefined);
  const labelsPath = join(folder, 'table.csv');
  const classesPath = join(folder, 'names.txt');
  // ImageNet has two classes called crane.
  await writeFile(classesPath, 'crane\r\ncrane\r\n\r\n');
  const open = (request: object) =>
    openDataset(makeRequest({ path: join(folder, 'images'), labelsPath, ...request }), [imageInput], {
      seed: 0,
      dims: {},
    });
  assert.deepEqual([...(await open({ classesPath })).classNames!.values()], ['crane', 'crane']);
  await writeFile(classesPath, '\n\n');
  await rejects(open({ classesPath }), 'labels-malformed', /the list of classes is empty/);
  await rejects(open({ classesPath: join(folder, 'none.txt') }), 'file-not-found', /none\.txt/);
});

test('a table too large to be one is refused before it takes time or memory', async (context) => {
  const folder = await makeImages(context);
  const started = performance.now();
  await rejects(openWith(folder, new Uint8Array(65 * 2 ** 20)), 'labels-malformed', /reads up to 67108864/);
  await rejects(openWith(folder, new Uint8Array(60 * 2 ** 20)), 'labels-malformed', /no text at all/);
  await rejects(openWith(folder, ','.repeat(9e6)), 'labels-malformed', /more than 2000000 lines or 8000000 cells/);
  await rejects(openWith(folder, '\n'.repeat(3e6)), 'labels-malformed', /more than 2000000 lines/);
  await rejects(openWith(folder, 'x'.repeat(20e6)), 'labels-malformed', /not well-formed CSV \(Max Record Size/);
  assert.ok(performance.now() - started < 30_000);
});

test('a bitmap is a sample like any other', async (context) => {
  const folder = await makeFolder(context);
  await mkdir(join(folder, 'images'));
  await writeFile(join(folder, 'images', 'a.png'), await encodePng(makeFlat(1, 200, 100, 50)));
  const bmp = Buffer.alloc(58);
  bmp.write('BM');
  bmp.writeUInt32LE(54, 10);
  bmp.writeUInt32LE(40, 14);
  bmp.writeInt32LE(1, 18);
  bmp.writeInt32LE(1, 22);
  bmp.writeUInt16LE(24, 28);
  bmp.set([50, 100, 200], 54);
  await writeFile(join(folder, 'images', 'b.bmp'), bmp);
  const dataset = await openWith(folder, 'file,label\na.png,0\nb.bmp,1\n');
  assert.equal(dataset.count, 2);
  assert.deepEqual((await dataset.read(1)).input!.data, (await dataset.read(0)).input!.data);
});
