import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { tell } from '../../../../shared/engine-texts/tell.ts';
import { readFailure } from '../../files/file-errors.ts';
import { malformedBoxes, withoutExtension } from './box-targets.ts';

const mostDepth = 8;

/** A file of COCO's, or a folder with a file for each image: `.txt` of YOLO's, `.xml` of Pascal VOC's, or a mask as `.png`. */
export type AnnotationKind = 'coco' | 'yolo' | 'voc' | 'masks';

const kindOfExtension: Readonly<Record<string, Exclude<AnnotationKind, 'coco'>>> = {
  '.txt': 'yolo',
  '.xml': 'voc',
  '.png': 'masks',
};

/** Files below a folder by their path in it, without extension. */
async function listFiles(folder: string, extension: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const walk = async (at: string, prefix: string, depth: number): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory() && depth < mostDepth)
        await walk(join(at, entry.name), `${prefix}${entry.name}/`, depth + 1);
      else if (extname(entry.name).toLowerCase() === extension)
        found.set(withoutExtension(prefix + entry.name), join(at, entry.name));
    }
  };
  await walk(folder, '', 0);
  return found;
}

/** The annotation of each image: by its path, else by its name alone; null where there is none. */
export async function filesByImage(
  folder: string,
  extension: string,
  names: readonly string[],
): Promise<(string | null)[]> {
  const files = await listFiles(folder, extension);
  return names.map((name) => {
    const path = withoutExtension(name);
    return files.get(path) ?? files.get(path.slice(path.lastIndexOf('/') + 1)) ?? null;
  });
}

/**
 * What kind of annotations lie at a path.
 * @throws AppError `labels-malformed` where none do; `file-not-found`.
 */
export async function findAnnotationKind(path: string): Promise<AnnotationKind> {
  const found = await stat(path).catch((error: unknown) => {
    throw readFailure(path, error);
  });
  if (found.isFile()) {
    if (extname(path).toLowerCase() === '.json') return 'coco';
    throw malformedBoxes(path, tell('annotationsOfOtherKind'));
  }
  for (const [extension, kind] of Object.entries(kindOfExtension)) {
    const files = await listFiles(path, extension);
    files.delete('classes');
    if (files.size > 0) return kind;
  }
  throw malformedBoxes(path, tell('annotationsFolderEmpty'));
}
