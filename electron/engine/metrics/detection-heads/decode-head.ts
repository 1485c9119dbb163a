import type { FoundBox } from '../../data/boxes/box.ts';
import type { Size } from '../../data/resize-rule.ts';
import { suppress, byScore } from '../boxes.ts';
import type { DetectionHead } from './head.ts';

/** Values of one sample's output, by name. */
export type ReadOutput = (name: string) => ArrayLike<number>;

/** As detectors are evaluated: all but the most improbable boxes, since each may add to the recall. */
const leastScore = 0.001;
const mostBoxes = 300;
/** Of what comes before the selection, so many are looked at. */
const mostCandidates = 3000;
/** Boxes of a class that overlap a better one by more are left out. */
const mostOverlap = 0.65;

type Corners = readonly [left: number, top: number, right: number, bottom: number];

interface Candidate {
  readonly corners: Corners;
  readonly score: number;
  readonly classId: number;
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
const fromMiddle = (x: number, y: number, width: number, height: number): Corners => [
  x - width / 2,
  y - height / 2,
  x + width / 2,
  y + height / 2,
];

/** Pixels of what the model saw. Coordinates that never pass 2 are shares of it. */
function toBoxes(candidates: readonly Candidate[], fed: Size): FoundBox[] {
  const isShare = candidates.every(({ corners }) => corners.every((value) => value <= 2));
  const [acrossScale, downScale] = isShare ? [fed.width, fed.height] : [1, 1];
  return candidates.map(({ corners: [left, top, right, bottom], score, classId }) => ({
    box: [left * acrossScale, top * downScale, (right - left) * acrossScale, (bottom - top) * downScale],
    score,
    classId,
  }));
}

const best = <Item extends { readonly score: number }>(items: Item[], most: number): Item[] =>
  items.length <= most ? items : items.sort((one, other) => other.score - one.score).slice(0, most);

/** Scores that are no probabilities have not been through a sigmoid. */
function toProbability(values: ArrayLike<number>, indices: Iterable<number>): (value: number) => number {
  for (const index of indices) if (!(values[index]! >= -1e-3 && values[index]! <= 1 + 1e-3)) return sigmoid;
  return (value) => value;
}

/** YOLO's rows: a box by its middle, whether there is anything (version 5), scores of classes. */
function decodeYolo({ kind, outputs, columns, isTransposed }: DetectionHead, read: ReadOutput): Candidate[] {
  const values = read(outputs.rows!);
  const start = kind === 'yolov5' ? 5 : 4;
  const width = start + columns!;
  const rows = values.length / width;
  const at = (row: number, column: number): number =>
    values[isTransposed ? column * rows + row : row * width + column]!;
  const places = (function* (): Generator<number> {
    for (let row = 0; row < rows; row++)
      for (let column = 4; column < width; column++) yield isTransposed ? column * rows + row : row * width + column;
  })();
  const probability = toProbability(values, places);
  const found: Candidate[] = [];
  for (let row = 0; row < rows; row++) {
    const presence = kind === 'yolov5' ? probability(at(row, 4)) : 1;
    if (!(presence > leastScore)) continue;
    for (let classId = 0; classId < columns!; classId++) {
      const score = presence * probability(at(row, start + classId));
      if (!(score > leastScore)) continue;
      found.push({ corners: fromMiddle(at(row, 0), at(row, 1), at(row, 2), at(row, 3)), score, classId });
    }
  }
  return found;
}

/** Rows of corners, score and class; of seven columns the first is the place in the batch and the score comes last. */
function decodeSelected({ outputs }: DetectionHead, read: ReadOutput, rowCount: number): Candidate[] {
  const values = read(outputs.rows!);
  const width = rowCount === 0 ? 6 : values.length / rowCount;
  const found: Candidate[] = [];
  for (let at = 0; at + width <= values.length; at += width) {
    const from = width === 7 ? at + 1 : at;
    const [score, classId] = width === 7 ? [values[at + 6]!, values[at + 5]!] : [values[at + 4]!, values[at + 5]!];
    if (!(score > leastScore)) continue;
    const corners: Corners = [values[from]!, values[from + 1]!, values[from + 2]!, values[from + 3]!];
    found.push({ corners, score, classId: Math.round(classId) });
  }
  return found;
}

/** Boxes, scores and classes as outputs of their own. */
function decodeLists({ outputs, isTopFirst }: DetectionHead, read: ReadOutput): Candidate[] {
  const [boxes, scores, labels] = [read(outputs.boxes!), read(outputs.scores!), read(outputs.labels!)];
  const said = outputs.count === undefined ? Infinity : (read(outputs.count)[0] ?? Infinity);
  const found: Candidate[] = [];
  for (let row = 0; row < Math.min(said, scores.length); row++) {
    if (!(scores[row]! > leastScore)) continue;
    const [a, b, c, d] = [0, 1, 2, 3].map((side) => boxes[4 * row + side]!) as [number, number, number, number];
    const corners: Corners = isTopFirst ? [b, a, d, c] : [a, b, c, d];
    found.push({ corners, score: scores[row]!, classId: Math.round(labels[row]!) });
  }
  return found;
}

/** Scores of each class of one box, "nothing" left out. */
function* scoresOf(
  head: DetectionHead,
  values: ArrayLike<number>,
  row: number,
  rows: number,
): Generator<readonly [number, number]> {
  const columns = head.columns!;
  const at = (column: number): number => values[head.isTransposed ? column * rows + row : row * columns + column]!;
  if (!head.hasNothing) {
    for (let column = 0; column < columns; column++) yield [column, at(column)];
    return;
  }
  let [largest, total] = [-Infinity, 0];
  for (let column = 0; column < columns; column++) largest = Math.max(largest, at(column));
  for (let column = 0; column < columns; column++) total += Math.exp(at(column) - largest);
  for (let column = 0; column < columns - 1; column++) yield [column, Math.exp(at(column) - largest) / total];
}

/** Each of a detector's queries: a box by its middle, in shares of the image, and logits. */
function decodeQueries(head: DetectionHead, read: ReadOutput): Candidate[] {
  const [boxes, logits] = [read(head.outputs.boxes!), read(head.outputs.scores!)];
  const rows = boxes.length / 4;
  const found: Candidate[] = [];
  for (let row = 0; row < rows; row++) {
    const corners = fromMiddle(boxes[4 * row]!, boxes[4 * row + 1]!, boxes[4 * row + 2]!, boxes[4 * row + 3]!);
    const scored = [...scoresOf(head, logits, row, rows)].map(([classId, value]) => ({
      corners,
      classId,
      score: head.hasNothing ? value : sigmoid(value),
    }));
    // Classes that compete: a query stands for its best one.
    found.push(...(head.hasNothing ? best(scored, 1) : scored.filter(({ score }) => score > leastScore)));
  }
  return found;
}

/** All boxes by their corners, or by their middles where the corners would cross, and scores; rows that sum to 1 begin with "nothing". */
function decodeDense(head: DetectionHead, read: ReadOutput): Candidate[] {
  const [boxes, values] = [read(head.outputs.boxes!), read(head.outputs.scores!)];
  const rows = boxes.length / 4;
  const columns = head.columns!;
  const sumsToOne = (row: number): boolean => {
    let sum = 0;
    for (const [, value] of scoresOf(head, values, row, rows)) sum += value;
    return Math.abs(sum - 1) < 0.01;
  };
  const hasNothingFirst = columns > 1 && [0, 1, 2, 3].every((quarter) => sumsToOne(Math.floor((quarter * rows) / 4)));
  const crosses = (row: number): boolean =>
    boxes[4 * row + 2]! < boxes[4 * row]! || boxes[4 * row + 3]! < boxes[4 * row + 1]!;
  let crossed = 0;
  for (let row = 0; row < rows; row++) crossed += Number(crosses(row));
  const probability = toProbability(
    values,
    Array.from({ length: values.length }, (_, index) => index),
  );
  const found: Candidate[] = [];
  for (let row = 0; row < rows; row++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((side) => boxes[4 * row + side]!) as [number, number, number, number];
    const corners: Corners = crossed > rows / 4 ? fromMiddle(a, b, c, d) : [a, b, c, d];
    for (const [classId, value] of scoresOf(head, values, row, rows)) {
      const score = probability(value);
      if (score > leastScore && !(hasNothingFirst && classId === 0)) found.push({ corners, score, classId });
    }
  }
  return found;
}

/**
 * The boxes that a model found in one sample, in pixels of what it saw, at most 300; where it does not select them itself, overlapping
 * ones of a class are left out.
 * @param rowCount of the output with rows; only that of selected ones is looked at.
 */
export function decodeHead(head: DetectionHead, read: ReadOutput, fed: Size, rowCount: number): FoundBox[] {
  switch (head.kind) {
    case 'yolov5':
    case 'yolov8':
      return suppress(toBoxes(best(decodeYolo(head, read), mostCandidates), fed), mostOverlap, mostBoxes);
    case 'boxes-scores':
      return suppress(toBoxes(best(decodeDense(head, read), mostCandidates), fed), mostOverlap, mostBoxes);
    case 'end-to-end':
      return best(toBoxes(decodeSelected(head, read, rowCount), fed), mostBoxes);
    case 'ssd':
      return best(toBoxes(decodeLists(head, read), fed), mostBoxes);
    case 'detr':
      return toBoxes(decodeQueries(head, read), fed).sort(byScore).slice(0, mostBoxes);
  }
}
