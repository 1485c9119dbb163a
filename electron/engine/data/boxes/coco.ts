import { z } from 'zod';
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
    throw malformedBoxes(path, 'it is no JSON. NaN and Infinity, as Python writes them, are none either.');
  }
  const parsed = cocoSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformedBoxes(
    path,
    `"${issue!.path.join('.')}" is missing or of another type. COCO's format has "images" (id, file_name), "annotations" (image_id, category_id, bbox) and "categories" (id, name).`,
  );
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
      throw malformedBoxes(
        path,
        `two images have the id ${imageId}, the second of them "${file}". Give each an id of its own.`,
      );
    }
    const sample = indexOf(file);
    found.set(imageId, sample);
    if (sample === -1) continue;
    if (taken.has(sample)) {
      throw malformedBoxes(
        path,
        `"${taken.get(sample)!}" and "${file}" are the same image "${samples[sample]!.name}". Keep one of them.`,
      );
    }
    taken.set(sample, file);
    const own = samples[sample]!;
    if ((width ?? own.width) !== own.width || (height ?? own.height) !== own.height) {
      throw malformedBoxes(
        path,
        `"${file}" is ${width ?? 0}x${height ?? 0} there, but the image has ${own.width}x${own.height}. Annotate the images as they are stored, or give those that were annotated.`,
      );
    }
  }
  const missing = samples.findIndex((_, index) => !taken.has(index));
  if (missing === -1) return found;
  throw malformedBoxes(
    path,
    `${samples.length - taken.size} of ${samples.length} images are not among its "images", such as "${samples[missing]!.name}". List those without boxes, too, or take them out of the folder.`,
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
    if (classNames.has(category))
      throw malformedBoxes(path, `two categories have the id ${category}. Give each an id of its own.`);
    classNames.set(category, name ?? null);
  }
  const sampleOf = findImages(path, coco, samples);
  const ofSample = samples.map((): TrueBox[] => []);
  for (const [index, { id: own, image_id: image, category_id: classId, bbox, iscrowd }] of coco.annotations.entries()) {
    const where = `annotation ${own ?? index}`;
    const sample = sampleOf.get(image);
    if (sample === undefined) throw malformedBoxes(path, `${where} is of image ${image}, which is not among "images".`);
    if (!classNames.has(classId))
      throw malformedBoxes(path, `${where} is of category ${classId}, which is not among "categories".`);
    if (sample === -1) continue;
    const [left, top, width, height] = bbox ?? [];
    if (bbox?.length !== 4)
      throw malformedBoxes(path, `${where} has no "bbox" of four numbers: left, top, width and height in pixels.`);
    const box = checkBox(path, [left!, top!, width!, height!], samples[sample]!, where);
    const isCrowd = Boolean(iscrowd);
    ofSample[sample]!.push({ box, classId, isCrowd, isLeftOut: isCrowd });
  }
  return { path, classNames, areModelClasses: false, ofSample };
}
