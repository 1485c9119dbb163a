import { z } from 'zod';
import { tell } from '../../../../shared/engine-texts/tell.ts';
import type { TrueBox } from './box.ts';
import { readTextFile } from '../read-text-file.ts';
import { checkBox, malformedBoxes, withoutExtension, type AnnotatedImage, type BoxTargets } from './box-targets.ts';

/** COCO's own instances of 118,000 images have 450 MB. */
const largestBytes = 512 * 2 ** 20;

const id = z.number().int();
const cocoSchema = z.object({
  images: z.array(
    z.object({
      id: z.union([id, z.string()]),
      file_name: z.string(),
      width: z.number().optional(),
      height: z.number().optional(),
    }),
  ),
  annotations: z.array(
    z.object({
      id: z.union([id, z.string()]).optional(),
      image_id: z.union([id, z.string()]),
      category_id: id,
      bbox: z.array(z.number()).optional(),
      iscrowd: z.union([z.number(), z.boolean()]).optional(),
    }),
  ),
  categories: z.array(z.object({ id, name: z.string().optional() })),
});
type Coco = z.infer<typeof cocoSchema>;

async function readCoco(path: string): Promise<Coco> {
  let value: unknown;
  const text = await readTextFile(path, largestBytes);
  try {
    value = JSON.parse(text);
  } catch {
    throw malformedBoxes(path, tell('annotationsNotJson'));
  }
  const parsed = cocoSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformedBoxes(path, tell('cocoFieldMissing', { field: issue!.path.join('.') }));
}

/** The sample of each image id; -1 where no such image is among the samples. */
function findImages(path: string, { images }: Coco, samples: readonly AnnotatedImage[]): Map<number | string, number> {
  const byName = new Map<string, number | null>();
  for (const [index, { name }] of samples.entries()) {
    const base = name.slice(name.lastIndexOf('/') + 1);
    for (const key of new Set([name, base, withoutExtension(base)])) byName.set(key, byName.has(key) ? null : index);
  }
  const indexOf = (file: string): number => {
    const plain = file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
    const parts = plain.split('/');
    for (let first = 0; first < parts.length; first++) {
      const found = byName.get(parts.slice(first).join('/'));
      if (found != null) return found;
    }
    return byName.get(withoutExtension(parts.at(-1)!)) ?? -1;
  };
  const found = new Map<number | string, number>();
  const taken = new Map<number, string>();
  for (const { id: imageId, file_name: file, width, height } of images) {
    if (found.has(imageId)) {
      throw malformedBoxes(path, tell('cocoImageIdTwice', { id: imageId, file }));
    }
    const sample = indexOf(file);
    found.set(imageId, sample);
    if (sample === -1) continue;
    if (taken.has(sample)) {
      throw malformedBoxes(
        path,
        tell('cocoImageTwice', { one: taken.get(sample)!, other: file, name: samples[sample]!.name }),
      );
    }
    taken.set(sample, file);
    const own = samples[sample]!;
    if ((width ?? own.width) !== own.width || (height ?? own.height) !== own.height) {
      throw malformedBoxes(
        path,
        tell('cocoImageSize', {
          file,
          size: `${width ?? 0}x${height ?? 0}`,
          own: `${own.width}x${own.height}`,
        }),
      );
    }
  }
  const missing = samples.findIndex((_, index) => !taken.has(index));
  if (missing === -1) return found;
  throw malformedBoxes(
    path,
    tell('cocoImagesMissing', {
      count: samples.length - taken.size,
      all: samples.length,
      name: samples[missing]!.name,
    }),
  );
}

/**
 * Boxes of a COCO file (`instances_val2017.json`). Crowds are kept as such; what belongs to images that are not among the samples is
 * passed over.
 * @throws AppError `labels-malformed` for ids that are there twice or not at all, boxes that cannot be ones of their image, and images
 * that are missing or of another size.
 */
export async function readCocoBoxes(path: string, samples: readonly AnnotatedImage[]): Promise<BoxTargets> {
  const coco = await readCoco(path);
  const classNames = new Map<number, string | null>();
  for (const { id: category, name } of [...coco.categories].sort((left, right) => left.id - right.id)) {
    if (classNames.has(category)) throw malformedBoxes(path, tell('cocoCategoryTwice', { id: category }));
    classNames.set(category, name ?? null);
  }
  const sampleOf = findImages(path, coco, samples);
  const ofSample = samples.map((): TrueBox[] => []);
  for (const [index, { id: own, image_id: image, category_id: classId, bbox, iscrowd }] of coco.annotations.entries()) {
    const where = tell('placeAnnotation', { id: own ?? index });
    const sample = sampleOf.get(image);
    if (sample === undefined) throw malformedBoxes(path, tell('boxOfUnknownImage', { where, image }));
    if (!classNames.has(classId)) throw malformedBoxes(path, tell('boxOfUnknownCategory', { where, id: classId }));
    if (sample === -1) continue;
    const [left, top, width, height] = bbox ?? [];
    if (bbox?.length !== 4) throw malformedBoxes(path, tell('boxWithoutNumbers', { where }));
    const box = checkBox(path, [left!, top!, width!, height!], samples[sample]!, where);
    const isCrowd = Boolean(iscrowd);
    ofSample[sample]!.push({ box, classId, isCrowd, isLeftOut: isCrowd });
  }
  return { path, classNames, areModelClasses: false, ofSample };
}
