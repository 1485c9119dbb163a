import type { HeadKind } from '../../../../shared/tasks.ts';
import type { Size } from '../../data/resize-rule.ts';
import { elementCount } from '../../tensor/tensor.ts';
import { floatTypes } from '../float-types.ts';
import type { OutputFacts } from '../task.ts';
import type { DetectionHead } from './head.ts';

/** What else is known of a model that may find boxes. */
export interface HeadHints {
  /** The size of the images as the model sees them; null where it has no image input. */
  readonly fed: Size | null;
  /** Numbers of the classes that targets have; null without them. */
  readonly classIds: readonly number[] | null;
  /** The kind that was asked for. */
  readonly asked: HeadKind | null;
  /** Somebody said that it finds boxes: shapes that are usual suffice. */
  readonly isDetector: boolean;
}

type Parts = Pick<DetectionHead, 'kind' | 'outputs'> & Partial<DetectionHead>;
const headOf = (parts: Parts): DetectionHead => ({
  columns: null,
  isTransposed: false,
  isTopFirst: false,
  hasNothing: false,
  ...parts,
});

const isFloat = ({ dataType }: OutputFacts): boolean => floatTypes.includes(dataType);
const named = (outputs: readonly OutputFacts[], pattern: RegExp): OutputFacts | undefined =>
  outputs.find(({ name }) => pattern.test(name));

const boxName = /box|loc(?:ation)?s?$|coords?/i;
const scoreName = /score|conf|prob|logit|cls|class/i;
const labelName = /label|class(?:es)?(?!.*(?:score|prob|logit))|cls_?id/i;
const countName = /num_?det|num_?boxes|valid_?det/i;

/** Boxes in one output, scores and perhaps classes in others. */
function findSeparate(outputs: readonly OutputFacts[], hints: HeadHints): DetectionHead | null {
  const four = outputs.filter((output) => isFloat(output) && output.dims.at(-1) === 4 && output.dims.length <= 2);
  const boxes = named(four, boxName) ?? (hints.isDetector && four.length === 1 ? four[0] : undefined);
  if (boxes === undefined) return null;
  const others = outputs.filter((output) => output !== boxes);
  const lists = others.filter(({ dims }) => dims.length <= 1);
  const scores = named(lists.filter(isFloat), /score|conf|prob/i);
  const labels =
    named(
      lists.filter((output) => output !== scores && !countName.test(output.name)),
      labelName,
    ) ?? lists.find((output) => !isFloat(output) && !countName.test(output.name));
  if (scores !== undefined && labels !== undefined) {
    const count = named(lists, countName);
    const isTopFirst = /^detection_boxes/.test(boxes.name) && count !== undefined;
    const roles = { boxes: boxes.name, scores: scores.name, labels: labels.name };
    return headOf({ kind: 'ssd', outputs: count === undefined ? roles : { ...roles, count: count.name }, isTopFirst });
  }
  return findDense(boxes, others, hints);
}

/** A row of class scores for each box. */
function findDense(boxes: OutputFacts, others: readonly OutputFacts[], hints: HeadHints): DetectionHead | null {
  const rows = boxes.dims.length === 2 ? boxes.dims[0]! : 1;
  const tables = others.filter(
    (output) => isFloat(output) && output.dims.length === 2 && (output.dims[0] === rows || output.dims[1] === rows),
  );
  const scores = named(tables, scoreName) ?? (hints.isDetector ? tables[0] : undefined);
  if (scores === undefined) return null;
  const isTransposed = scores.dims[0] !== rows;
  const columns = scores.dims[isTransposed ? 0 : 1]!;
  const outputs = { boxes: boxes.name, scores: scores.name };
  const isDetr = hints.asked === 'detr' || (hints.asked === null && /logit|pred/i.test(scores.name) && rows <= 1000);
  if (!isDetr) return headOf({ kind: 'boxes-scores', outputs, columns, isTransposed });
  return headOf({ kind: 'detr', outputs, columns, isTransposed, hasNothing: hasNothing(columns, rows, hints) });
}

/** DETR and YOLOS have a class for "nothing", its successors score each class by itself. */
function hasNothing(columns: number, rows: number, { classIds }: HeadHints): boolean {
  const most = classIds === null ? -1 : Math.max(...classIds);
  if (columns - 1 === classIds?.length || columns - 2 === most) return true;
  if (columns === classIds?.length || columns - 1 === most) return false;
  return rows <= 100;
}

/** Places that a detector looks at: every 8, 16 and 32 pixels, perhaps every 4 or 64, too; once or with three shapes each. */
function isCountOfPlaces(count: number, fed: Size | null): boolean {
  if (fed === null) return false;
  const at = (stride: number): number => Math.ceil(fed.width / stride) * Math.ceil(fed.height / stride);
  const usual = at(8) + at(16) + at(32);
  const totals = [usual, usual + at(64), usual + at(4), at(16) + at(32)];
  return totals.some((total) => count === total || count === 3 * total);
}

/** All that is said of a box in one row. */
function findRows(outputs: readonly OutputFacts[], hints: HeadHints): DetectionHead | null {
  for (const output of outputs) {
    const [rows, columns] = output.dims;
    if (!isFloat(output) || output.dims.length !== 2 || rows === undefined || columns === undefined) continue;
    const found = readRows(output.name, rows, columns, hints);
    if (found !== null) return found;
  }
  return null;
}

/** Selected boxes are few; before the selection there are thousands. */
const mostSelected = 1000;

function readRows(name: string, first: number, second: number, hints: HeadHints): DetectionHead | null {
  const { asked, classIds, isDetector } = hints;
  const classes = classIds?.length ?? null;
  const mayBeSelected = (second === 6 || second === 7) && first <= mostSelected;
  // Detectors of few classes have rows as short; those are thousands.
  if (asked === 'end-to-end' || (asked === null && mayBeSelected && !isCountOfPlaces(first, hints.fed))) {
    return second >= 6 && (isDetector || /det|box|output|num/i.test(name)) && (second <= 7 || asked !== null)
      ? headOf({ kind: 'end-to-end', outputs: { rows: name } })
      : null;
  }
  const isTransposed = first < second;
  const [columns, rows] = isTransposed ? [first, second] : [second, first];
  if (columns < 5 || (!isDetector && !isCountOfPlaces(rows, hints.fed))) return null;
  if (asked !== null && asked !== 'yolov5' && asked !== 'yolov8') return null;
  const largest = classIds === null ? null : Math.max(...classIds);
  const fits = (count: number): boolean => largest !== null && (count === classes || count === largest + 1);
  const isWithout = fits(columns - 4) !== fits(columns - 5) ? fits(columns - 4) : isTransposed;
  const kind = asked ?? (isWithout ? 'yolov8' : 'yolov5');
  const own = columns - (kind === 'yolov8' ? 4 : 5);
  return own < 1 ? null : headOf({ kind, outputs: { rows: name }, columns: own, isTransposed });
}

/**
 * How outputs say which boxes were found, by their names and shapes.
 * @param outputs with the dimensions of one sample.
 * @returns null where nothing tells that they do.
 */
export function recogniseHead(outputs: readonly OutputFacts[], hints: HeadHints): DetectionHead | null {
  const filled = outputs.filter(({ dims }) => hints.isDetector || elementCount(dims) > 0);
  const { asked } = hints;
  const isOfRows = asked === 'yolov5' || asked === 'yolov8' || asked === 'end-to-end';
  const separate = isOfRows ? null : findSeparate(filled, hints);
  if (separate !== null && (asked === null || separate.kind === asked)) return separate;
  return asked === null || isOfRows ? findRows(filled, hints) : null;
}
