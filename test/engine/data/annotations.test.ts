import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import type { BoxTargets } from '../../../electron/engine/data/boxes/box-targets.ts';
import { findAnnotationKind } from '../../../electron/engine/data/boxes/annotation-kind.ts';
import { readBoxes } from '../../../electron/engine/data/boxes/read-boxes.ts';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { imageInput, makeFlat, makeFolder, makeRequest, rejects, writeImage } from './fixtures.ts';

const images = [
  { name: 'a.png', width: 100, height: 50 },
  { name: 'sub/b.png', width: 80, height: 40 },
];
/** The boxes that all three formats below say. */
const wanted = [
  [{ box: [10, 5, 20, 10], classId: 0, isCrowd: false, isLeftOut: false }],
  [{ box: [0, 0, 40, 20], classId: 1, isCrowd: false, isLeftOut: true }],
];

const coco = {
  images: [
    { id: 9, file_name: 'a.png', width: 100, height: 50 },
    { id: 4, file_name: 'val\\sub\\b.png' },
    { id: 5, file_name: 'elsewhere.png' },
  ],
  categories: [
    { id: 1, name: 'disc' },
    { id: 0, name: 'square' },
  ],
  annotations: [
    { id: 1, image_id: 9, category_id: 0, bbox: [10, 5, 20, 10] },
    { id: 2, image_id: 4, category_id: 1, bbox: [0, 0, 40, 20], iscrowd: 1 },
    { id: 3, image_id: 5, category_id: 1, bbox: [0, 0, 999, 999] },
  ],
};
const voc = (size: string, object: string) =>
  `<annotation><filename>x</filename><size>${size}</size>${object}</annotation>`;
const vocFiles = {
  'a.xml': voc(
    '<width>100</width><height>50</height>',
    '<object><name>square</name><bndbox><xmin>11</xmin><ymin>6</ymin><xmax>30</xmax><ymax>15</ymax></bndbox></object>',
  ),
  'sub/b.xml': voc(
    '<width>80</width><height>40</height>',
    '<object>\n<name>disc &amp; ring</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>40</xmax><ymax>20</ymax></bndbox></object>',
  ),
  'classes.txt': 'square\ndisc & ring\n',
};
const yoloFiles = {
  'a.txt': '0 0.2 0.2 0.2 0.2\n\n',
  'b.txt': '1 0 0 0.5 0 0.5 0.5 0 0.5\n',
  'classes.txt': 'square\n',
};

async function kindAt(path: string) {
  const kind = await findAnnotationKind(path);
  assert.notEqual(kind, 'masks');
  return kind as Exclude<typeof kind, 'masks'>;
}

async function read(context: TestContext, files: Readonly<Record<string, string>>): Promise<BoxTargets> {
  const folder = await makeFolder(context);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const path = 'coco.json' in files ? join(folder, 'coco.json') : folder;
  return (await readBoxes(path, await kindAt(path), images, null, null)).targets;
}
const readCoco = (context: TestContext, changes: object) =>
  read(context, { 'coco.json': JSON.stringify({ ...coco, ...changes }) });

suite('boxes that are right', () => {
  test('of COCO, whatever else its file has', async (context) => {
    const { ofSample, classNames, areModelClasses } = await readCoco(context, {});
    assert.deepEqual(ofSample, [wanted[0], [{ ...wanted[1]![0], isCrowd: true }]]);
    assert.deepEqual(
      [...classNames],
      [
        [0, 'square'],
        [1, 'disc'],
      ],
    );
    assert.equal(areModelClasses, false);
  });

  test('of Pascal VOC, numbered by the list of classes, difficult ones left out', async (context) => {
    assert.deepEqual((await read(context, vocFiles)).ofSample, wanted);
  });

  test('of Pascal VOC, as other tools write it: attributes, comments, CDATA, parts of objects', async (context) => {
    const object =
      '<object><part><name>head</name></part><name><![CDATA[square]]></name><bndbox><xmin>11.0</xmin><ymin> 6 </ymin><xmax>30</xmax><ymax>15</ymax></bndbox></object>';
    const file = `<?xml version="1.0"?>\n<annotation verified="yes"><!-- <object> --><size/>${object}</annotation>`;
    assert.deepEqual((await read(context, { ...vocFiles, 'a.xml': file })).ofSample, wanted);
  });

  test('of YOLO, outlines as the boxes around them', async (context) => {
    const { ofSample, classNames } = await read(context, yoloFiles);
    const rounded = ofSample.map((boxes) =>
      boxes.map(({ box, classId }) => [classId, box.map((value) => +value.toFixed(9))]),
    );
    assert.deepEqual(rounded, [[[0, [10, 5, 20, 10]]], [[1, [0, 0, 40, 20]]]]);
    assert.deepEqual(
      [...classNames],
      [
        [0, 'square'],
        [1, null],
      ],
    );
  });

  test('of a folder of images are found beside them, and say where pixels went', async (context) => {
    const folder = await makeFolder(context);
    for (const name of ['images/train/one.png', 'images/train/two.png'])
      await writeImage(join(folder, name), makeFlat(8, 9, 9, 9));
    await mkdir(join(folder, 'labels/train'), { recursive: true });
    await writeFile(join(folder, 'labels/train/one.txt'), '1 0.5 0.5 0.25 0.25');
    const dataset = await openDataset(makeRequest({ path: folder }), [imageInput], { seed: 0, dims: {} });
    assert.deepEqual(dataset.boxes!.ofSample, [
      [{ box: [3, 3, 2, 2], classId: 1, isCrowd: false, isLeftOut: false }],
      [],
    ]);
    assert.equal(dataset.labels, null);
    const { scaleX, offsetX, image, fed } = dataset.placement!(0);
    assert.deepEqual([scaleX, offsetX, image.width, fed.width], [0.5, 0, 8, 4]);
    assert.ok(dataset.notes.some((note) => note.includes('1 of 2 images have no file')));
  });
});

suite('annotations are refused with what is wrong', () => {
  const [first, ...others] = coco.annotations;
  const cases: readonly (readonly [what: string, changes: object, message: RegExp])[] = [
    [
      'a box outside',
      { annotations: [{ ...first, bbox: [90, 5, 20, 10] }, ...others] },
      /annotation 1 lies outside its image: \[90, 5, 20, 10\].*"a\.png" of 100x50/,
    ],
    ['corners taken for sizes', { annotations: [{ ...first, bbox: [60, 30, 70, 45] }] }, /lies outside/],
    ['a size below 0', { annotations: [{ ...first, bbox: [10, 5, -2, 10] }] }, /width and height at least 0/],
    ['no box', { annotations: [{ ...first, bbox: undefined }] }, /no "bbox" of four numbers/],
    [
      'an image id that is there twice',
      { images: [...coco.images, { id: 9, file_name: 'c.png' }] },
      /two images have the id 9; the second is "c\.png"/,
    ],
    [
      'an image that is there twice',
      { images: [...coco.images, { id: 8, file_name: './a.png' }] },
      /"a\.png" and "\.\/a\.png" are the same image/,
    ],
    [
      'an image of another size',
      { images: [{ ...coco.images[0], width: 50, height: 100 }, coco.images[1]] },
      /is 50x100 there, but the image is 100x50/,
    ],
    [
      'an image that is missing',
      { images: [coco.images[0]], annotations: [first] },
      /1 of 2 images are not among its "images", such as "sub\/b\.png"/,
    ],
    ['an unknown image', { annotations: [{ ...first, image_id: 77 }] }, /belongs to image 77, which is not in/],
    ['an unknown category', { annotations: [{ ...first, category_id: 2 }] }, /belongs to category 2, which is not in/],
    ['a category that is there twice', { categories: [...coco.categories, { id: 1 }] }, /two categories have the id 1/],
    ['no box at all', { annotations: [] }, /none of the 2 images has a box/],
    ['another format', { images: undefined }, /"images" is missing or of another type/],
  ];
  for (const [what, changes, message] of cases)
    test(`COCO: ${what}`, (context) => rejects(readCoco(context, changes), 'labels-malformed', message));

  test('COCO: NaN', (context) =>
    rejects(
      read(context, { 'coco.json': JSON.stringify(coco).replace('20,10', 'NaN,10') }),
      'labels-malformed',
      /NaN and Infinity/,
    ));

  for (const [what, line, message] of [
    ['pixels', '0 50 25 10 10', /line 1 has 50, but YOLO's boxes are shares/],
    ['half a box', '0 0.5 0.5 0.1', /line 1 is "0 0\.5 0\.5 0\.1"/],
    ['a class below 0', '-1 0.5 0.5 0.1 0.1', /a class, counted from 0,/],
    ['a name', 'cat 0.5 0.5 0.1 0.1', /a class, counted from 0,/],
    ['NaN', '0 nan 0.5 0.1 0.1', /and four numbers:/],
    ['a box outside', '0 0.05 0.5 0.5 0.1', /lies outside/],
  ] as const)
    test(`YOLO: ${what}`, (context) => rejects(read(context, { 'a.txt': line }), 'labels-malformed', message));

  for (const [what, file, message] of [
    [
      'an image of another size',
      vocFiles['a.xml'].replace('<width>100', '<width>50'),
      /describes an image of 50x50, but "a\.png" is 100x50/,
    ],
    ['no XML', vocFiles['a.xml'].replace('</object>', ''), /not well-formed XML \(Unexpected close tag/],
    ['a class that is in no list', vocFiles['a.xml'].replace('square', 'ring'), /"ring" is not in the list of classes/],
    ['no number', vocFiles['a.xml'].replace('<xmin>11', '<xmin>left'), /finite numbers/],
    ['no annotation', '<html>', /no <annotation>/],
  ] as const)
    test(`Pascal VOC: ${what}`, (context) =>
      rejects(read(context, { ...vocFiles, 'a.xml': file }), 'labels-malformed', message));

  test('Pascal VOC: no list of classes, or no file for an image', async (context) => {
    const { 'classes.txt': _, ...unnumbered } = vocFiles;
    await rejects(read(context, unnumbered), 'labels-malformed', /Give a list of the classes with --classes/);
    const { 'sub/b.xml': __, ...missing } = vocFiles;
    await rejects(read(context, missing), 'labels-malformed', /1 of 2 images have no \.xml file.*"sub\/b\.png"/);
  });

  test('a folder of something else, and data that is no images', async (context) => {
    await rejects(read(context, { 'a.md': '' }), 'labels-malformed', /holds no \.txt/);
    await rejects(findAnnotationKind('/nowhere/x.json'), 'file-not-found', /nowhere/);
    const noise = openDataset(makeRequest({ random: true, annotationsPath: '/x.json' }), [imageInput], {
      seed: 0,
      dims: { N: 1 },
    });
    await rejects(noise, 'options-invalid', /not a folder of images/);
  });
});
