import { tell } from '../../../../shared/engine-texts/tell.ts';
import type { TrueBox } from './box.ts';
import { checkBox, malformedBoxes, type AnnotatedImage } from './box-targets.ts';

/** Text of the first element of this name; null where there is none. The format has neither attributes nor sections that matter here. */
function textOf(xml: string, element: string): string | null {
  const start = xml.indexOf(`<${element}>`);
  const end = start === -1 ? -1 : xml.indexOf(`</${element}>`, start);
  return end === -1 ? null : xml.slice(start + element.length + 2, end).trim();
}

/** What stands in each element of this name; they do not hold each other. */
function elementsOf(xml: string, element: string): string[] {
  const found: string[] = [];
  for (let start = xml.indexOf(`<${element}>`); start !== -1;) {
    const end = xml.indexOf(`</${element}>`, start);
    if (end === -1) break;
    found.push(xml.slice(start + element.length + 2, end));
    start = xml.indexOf(`<${element}>`, end);
  }
  return found;
}

const numberOf = (xml: string, element: string): number => Number(textOf(xml, element) ?? Number.NaN);
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescape = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name]!);

export interface NamedBox extends Omit<TrueBox, 'classId'> {
  readonly className: string;
}

/**
 * Boxes of one image from an XML file of Pascal VOC's. Its pixels count from 1, and its boxes hold both of their corners; what is marked
 * as difficult is left out, as in its evaluation.
 * @throws AppError `labels-malformed` with the number of the object.
 */
export function parseVocBoxes(xml: string, image: AnnotatedImage, path: string): NamedBox[] {
  if (!xml.includes('<annotation')) throw malformedBoxes(path, tell('vocWithoutAnnotation'));
  const size = textOf(xml, 'size') ?? '';
  const [width, height] = [numberOf(size, 'width'), numberOf(size, 'height')];
  // Some tools leave the size at 0.
  if ((width > 0 && width !== image.width) || (height > 0 && height !== image.height)) {
    throw malformedBoxes(
      path,
      tell('vocImageSize', {
        size: `${width}x${height}`,
        name: image.name,
        own: `${image.width}x${image.height}`,
      }),
    );
  }
  return elementsOf(xml, 'object').map((object, index) => {
    const where = tell('placeObject', { index: index + 1 });
    const bounds = textOf(object, 'bndbox') ?? '';
    const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) => numberOf(bounds, side)) as [
      number,
      number,
      number,
      number,
    ];
    const box = checkBox(path, [left - 1, top - 1, right - left + 1, bottom - top + 1], image, where);
    const className = unescape(textOf(object, 'name') ?? '').normalize('NFC');
    if (className === '') throw malformedBoxes(path, tell('vocWithoutName', { where }));
    return { box, className, isCrowd: false, isLeftOut: textOf(object, 'difficult') === '1' };
  });
}
