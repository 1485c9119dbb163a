import { tell, type Told } from '../../../../shared/engine-texts/tell.ts';
import type { TrueBox } from './box.ts';
import { checkBox, malformedBoxes, type AnnotatedImage } from './box-targets.ts';

/** A class, and either a box (middle and size) or the corners of an outline; all but the class as shares of width and height. */
function parseLine(line: string, where: Told, path: string): { classId: number; values: readonly number[] } {
  const [classId, ...values] = line.split(/\s+/).map(Number);
  const isOutline = values.length >= 6 && values.length % 2 === 0;
  if (
    !Number.isInteger(classId) ||
    classId! < 0 ||
    (values.length !== 4 && !isOutline) ||
    !values.every(Number.isFinite)
  ) {
    throw malformedBoxes(path, tell('yoloLineWrong', { where, line: line.slice(0, 80) }));
  }
  if (values.some((value) => value < -0.01 || value > 1.01)) {
    throw malformedBoxes(
      path,
      tell('yoloNotShares', { where, value: values.find((value) => value < -0.01 || value > 1.01)! }),
    );
  }
  return { classId: classId!, values };
}

function boxOf(values: readonly number[], { width, height }: AnnotatedImage): TrueBox['box'] {
  const [x, y, w, h] = values as [number, number, number, number];
  if (values.length === 4) return [(x - w / 2) * width, (y - h / 2) * height, w * width, h * height];
  const across = values.filter((_, index) => index % 2 === 0);
  const down = values.filter((_, index) => index % 2 === 1);
  const [left, top] = [Math.min(...across), Math.min(...down)];
  return [left * width, top * height, (Math.max(...across) - left) * width, (Math.max(...down) - top) * height];
}

/**
 * Boxes of one image from a text file of YOLO's, one a line; of outlines the boxes around them.
 * @throws AppError `labels-malformed` with the line.
 */
export function parseYoloBoxes(text: string, image: AnnotatedImage, path: string): TrueBox[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = tell('placeLine', { line: index + 1 });
    const { classId, values } = parseLine(line.trim(), where, path);
    const box = checkBox(path, boxOf(values, image), image, where);
    return [{ box, classId, isCrowd: false, isLeftOut: false }];
  });
}
