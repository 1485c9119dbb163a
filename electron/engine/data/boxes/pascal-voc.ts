import { XmlDocument, type XmlElement } from 'xmldoc';
import { tell } from '../../../../shared/engine-texts/tell.ts';
import type { TrueBox } from './box.ts';
import { checkBox, malformedBoxes, type AnnotatedImage } from './box-targets.ts';

/** @throws AppError `labels-malformed` for what is no XML, or of another kind. */
function parseAnnotation(xml: string, path: string): XmlDocument {
  let root: XmlDocument;
  try {
    root = new XmlDocument(xml);
  } catch (error) {
    throw malformedBoxes(path, tell('vocNotXml', { why: (error as Error).message.split('\n')[0]! }));
  }
  if (root.name !== 'annotation') throw malformedBoxes(path, tell('vocWithoutAnnotation'));
  return root;
}

const textAt = (element: XmlElement, place: string): string => element.valueWithPath(place)?.trim() ?? '';
const numberAt = (element: XmlElement, place: string): number => {
  const text = textAt(element, place);
  return text === '' ? Number.NaN : Number(text);
};

export interface NamedBox extends Omit<TrueBox, 'classId'> {
  readonly className: string;
}

/**
 * Boxes of one image from an XML file of Pascal VOC's. Its pixels count from 1, and its boxes hold both of their corners; what is marked
 * as difficult is left out, as in its evaluation.
 * @throws AppError `labels-malformed` with the number of the object.
 */
export function parseVocBoxes(xml: string, image: AnnotatedImage, path: string): NamedBox[] {
  const root = parseAnnotation(xml, path);
  const [width, height] = [numberAt(root, 'size.width'), numberAt(root, 'size.height')];
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
  return root.childrenNamed('object').map((object, index) => {
    const where = tell('placeObject', { index: index + 1 });
    const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) =>
      numberAt(object, `bndbox.${side}`),
    ) as [number, number, number, number];
    const box = checkBox(path, [left - 1, top - 1, right - left + 1, bottom - top + 1], image, where);
    const className = textAt(object, 'name').normalize('NFC');
    if (className === '') throw malformedBoxes(path, tell('vocWithoutName', { where }));
    return { box, className, isCrowd: false, isLeftOut: textAt(object, 'difficult') === '1' };
  });
}
