import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assertAllowed, type AllowedFolders } from '../../files/allowed-folders.ts';
import { say } from '../../../../shared/engine-texts/say.ts';
import { tell } from '../../../../shared/engine-texts/tell.ts';
import { readFiles } from '../content-hash.ts';
import { readClassNames } from '../labels.ts';
import { readTextFile } from '../read-text-file.ts';
import type { TrueBox } from './box.ts';
import { filesByImage, type AnnotationKind } from './annotation-kind.ts';
import { malformedBoxes, type AnnotatedImage, type BoxTargets, type ReadBoxes } from './box-targets.ts';
import { readCocoBoxes } from './coco.ts';
import { parseVocBoxes } from './pascal-voc.ts';
import { parseYoloBoxes } from './yolo.ts';

/** Annotations of one image. */
const largestFileBytes = 16 * 2 ** 20;

/** Names of classes in the order of the model's outputs, of a list that was named or lies with the annotations. */
async function readNames(
  folder: string,
  classesPath: string | null,
  allowed: AllowedFolders,
): Promise<{ names: ReadonlyMap<number, string>; path: string } | null> {
  const path = classesPath ?? join(folder, 'classes.txt');
  assertAllowed(path, allowed);
  const isThere =
    classesPath !== null ||
    (await stat(path).then(
      () => true,
      () => false,
    ));
  return isThere ? { names: await readClassNames(path), path } : null;
}

async function readFolder(
  path: string,
  kind: 'yolo' | 'voc',
  images: readonly AnnotatedImage[],
  classesPath: string | null,
  allowed: AllowedFolders,
): Promise<ReadBoxes> {
  const extension = kind === 'yolo' ? '.txt' : '.xml';
  const files = await filesByImage(
    path,
    extension,
    images.map(({ name }) => name),
  );
  const there = files.filter((file) => file !== null);
  const missing = files.indexOf(null);
  if (there.length === 0 || (kind === 'voc' && missing !== -1)) {
    const { name } = images[Math.max(0, missing)]!;
    throw malformedBoxes(
      path,
      tell('annotationFilesMissing', { count: files.length - there.length, all: files.length, extension, name }),
    );
  }
  for (const file of there) assertAllowed(file, allowed);
  const named = await readNames(path, classesPath, allowed);
  const readings = await readFiles([...there, ...(named === null ? [] : [named.path])]);
  const notes =
    there.length < files.length
      ? [say('imagesWithoutBoxes', { count: files.length - there.length, images: files.length, path })]
      : [];
  const readText: ReadText = async (index) => {
    const file = files[index] ?? null;
    return file === null ? '' : readTextFile(file, largestFileBytes);
  };
  const source = { readText, files, images };
  const targets: Pick<BoxTargets, 'ofSample' | 'classNames'> =
    kind === 'yolo'
      ? await numberYolo(source, named?.names ?? new Map())
      : await numberVoc(source, named?.names ?? null, path);
  return { targets: { path, areModelClasses: true, ...targets }, readings, notes };
}

type ReadText = (sample: number) => Promise<string>;

interface FolderSource {
  readonly readText: ReadText;
  readonly files: readonly (string | null)[];
  readonly images: readonly AnnotatedImage[];
}

async function numberYolo(
  { readText, files, images }: FolderSource,
  names: ReadonlyMap<number, string>,
): Promise<Pick<BoxTargets, 'ofSample' | 'classNames'>> {
  const ofSample: TrueBox[][] = [];
  for (const [index, image] of images.entries())
    ofSample.push(parseYoloBoxes(await readText(index), image, files[index] ?? ''));
  const found = new Set(ofSample.flat().map(({ classId }) => classId));
  return {
    ofSample,
    classNames: new Map([...new Set([...names.keys(), ...found])].map((one) => [one, names.get(one) ?? null])),
  };
}

async function numberVoc(
  { readText, files, images }: FolderSource,
  names: ReadonlyMap<number, string> | null,
  path: string,
): Promise<Pick<BoxTargets, 'ofSample' | 'classNames'>> {
  if (names === null) {
    throw malformedBoxes(path, tell('boxClassesUnnumbered'));
  }
  const numbers = new Map([...names].map(([index, name]) => [name, index]));
  const ofSample: TrueBox[][] = [];
  for (const [index, image] of images.entries()) {
    const boxes = parseVocBoxes(await readText(index), image, files[index]!);
    ofSample.push(
      boxes.map(({ className, ...box }) => {
        const classId = numbers.get(className);
        if (classId === undefined) throw malformedBoxes(files[index]!, tell('boxClassUnknown', { name: className }));
        return { ...box, classId };
      }),
    );
  }
  return { ofSample, classNames: names };
}

/**
 * What boxes are right in each image.
 * @param images the samples.
 * @throws AppError `labels-malformed` with what, where and what to do.
 */
export async function readBoxes(
  path: string,
  kind: Exclude<AnnotationKind, 'masks'>,
  images: readonly AnnotatedImage[],
  classesPath: string | null,
  allowed: AllowedFolders,
): Promise<ReadBoxes> {
  const read =
    kind === 'coco'
      ? { readings: await readFiles([path]), targets: await readCocoBoxes(path, images), notes: [] }
      : await readFolder(path, kind, images, classesPath, allowed);
  const count = read.targets.ofSample.reduce((sum, boxes) => sum + boxes.length, 0);
  if (count === 0) throw malformedBoxes(path, tell('noImageHasBox', { count: images.length }));
  const format = { coco: 'COCO', yolo: 'YOLO', voc: 'Pascal VOC' }[kind];
  return {
    ...read,
    notes: [say('boxesThere', { path, format, count, images: images.length }), ...read.notes],
  };
}
