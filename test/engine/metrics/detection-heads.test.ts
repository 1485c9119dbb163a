import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BoxTargets } from '../../../electron/engine/data/boxes/box-targets.ts';
import { decodeHead } from '../../../electron/engine/metrics/detection-heads/decode-head.ts';
import { findDetector } from '../../../electron/engine/metrics/detection-heads/find-detector.ts';
import { numberClasses } from '../../../electron/engine/metrics/detection-heads/number-classes.ts';
import { recogniseHead, type HeadHints } from '../../../electron/engine/metrics/detection-heads/recognise-head.ts';
import type { OutputFacts } from '../../../electron/engine/metrics/task.ts';
import type { HeadKind } from '../../../shared/tasks.ts';
import { noise } from '../build-model.ts';

const out = (name: string, ...dims: number[]): OutputFacts => ({ name, dataType: 'float32', dims });
const whole = (name: string, ...dims: number[]): OutputFacts => ({ name, dataType: 'int64', dims });
const hints = (changes: Partial<HeadHints> = {}): HeadHints => ({
  fed: { width: 640, height: 640 },
  classIds: null,
  asked: null,
  isDetector: false,
  ...changes,
});
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const exports: readonly (readonly [
  what: string,
  outputs: readonly OutputFacts[],
  kind: HeadKind | null,
  columns: number | null,
])[] = [
  ['YOLOv8', [out('output0', 84, 8400)], 'yolov8', 80],
  ['YOLOv5 and v7', [out('output', 25200, 85)], 'yolov5', 80],
  ['YOLOv5 with its maps', [out('output', 25200, 85), out('350', 3, 80, 80, 85)], 'yolov5', 80],
  ['YOLOv10', [out('output0', 300, 6)], 'end-to-end', null],
  ['YOLOv7 with its own selection', [out('output', 12, 7)], 'end-to-end', null],
  ['torchvision', [out('boxes', 9, 4), whole('labels', 9), out('scores', 9)], 'ssd', null],
  [
    'TensorFlow',
    [
      out('detection_boxes', 100, 4),
      out('detection_classes', 100),
      out('detection_scores', 100),
      out('num_detections'),
    ],
    'ssd',
    null,
  ],
  [
    'TensorRT',
    [whole('num_dets', 1), out('det_boxes', 100, 4), out('det_scores', 100), whole('det_classes', 100)],
    'ssd',
    null,
  ],
  ['DETR', [out('logits', 100, 92), out('pred_boxes', 100, 4)], 'detr', 91],
  ['RT-DETR', [out('logits', 300, 80), out('pred_boxes', 300, 4)], 'detr', 80],
  ['UltraFace', [out('scores', 4420, 2), out('boxes', 4420, 4)], 'boxes-scores', 2],
  ['a classifier', [out('logits', 1000)], null, null],
  ['hidden states', [out('last_hidden_state', 128, 768)], null, null],
  ['scores of steps', [out('output', 40, 97)], null, null],
  ['a few numbers', [out('result', 50, 6)], null, null],
  ['a segmenter', [out('output', 21, 640, 640)], null, null],
];

suite('outputs of detectors', () => {
  for (const [what, outputs, kind, columns] of exports) {
    test(`of ${what} are ${kind === null ? 'not ' : ''}recognised`, () => {
      const head = recogniseHead(outputs, hints());
      assert.equal(head?.kind ?? null, kind);
      if (head !== null) assert.equal(head.columns === null ? null : head.columns - Number(head.hasNothing), columns);
    });
  }

  test('are told apart by the classes of the targets, and by what was asked for', () => {
    const one = [out('output0', 5, 2100)];
    assert.equal(recogniseHead(one, hints({ isDetector: true, classIds: [0] }))!.kind, 'yolov8');
    assert.equal(recogniseHead([out('o', 2100, 6)], hints({ isDetector: true, classIds: [0] }))!.kind, 'yolov5');
    assert.equal(recogniseHead([out('o', 2100, 6)], hints({ isDetector: true, classIds: [0, 1] }))!.kind, 'yolov8');
    assert.equal(recogniseHead([out('o', 500, 6)], hints({ asked: 'yolov8', isDetector: true }))!.columns, 2);
    assert.equal(recogniseHead([out('a', 50, 11), out('b', 50, 4)], hints({ isDetector: true }))!.kind, 'boxes-scores');
    assert.equal(
      recogniseHead([out('a', 50, 11), out('b', 50, 4)], hints({ isDetector: true, asked: 'detr' }))!.kind,
      'detr',
    );
  });

  test('that were asked for and are not there are refused', () => {
    const find = (
      task: 'detection' | 'classification' | null,
      head: HeadKind | null,
      outputs: readonly OutputFacts[],
    ) => findDetector(outputs, { boxes: null, labels: null }, { task, head }, { x: noise([1, 3, 640, 640], 1) });
    assert.throws(() => find('detection', null, [out('logits', 10)]), {
      code: 'options-invalid',
      message: /"logits" \[10\]/,
    });
    assert.throws(() => find(null, 'detr', [out('output0', 84, 8400)]), { message: /of the kind "detr"/ });
    assert.equal(find('classification', null, [out('output0', 84, 8400)]), null);
    assert.equal(find(null, null, [out('output0', 84, 8400)])!.kind, 'yolov8');
  });
});

suite('boxes of a head', () => {
  const fed = { width: 100, height: 50 };
  const decode = (
    outputs: readonly OutputFacts[],
    values: Readonly<Record<string, readonly number[]>>,
    asked: HeadKind | null = null,
    rows = 0,
  ) =>
    decodeHead(
      recogniseHead(outputs, hints({ fed, asked, isDetector: true }))!,
      (name) => values[name]!,
      fed,
      rows,
    ).map(({ box, score, classId }) => [classId, +score.toFixed(4), ...box.map((value) => +value.toFixed(4))]);
  /** One box at [20, 10] of 40 x 20, of class 1. */
  const right = [1, 0.8, 20, 10, 40, 20];

  test('are the same however they are written', () => {
    const cxcywh = [40, 20, 40, 20];
    // Two places; the other finds nothing.
    assert.deepEqual(
      decode([out('o', 6, 9)], { o: [...cxcywh, 0.1, 0.8].flatMap((value) => [value, ...Array<number>(8).fill(0)]) }),
      [right, [0, 0.1, 20, 10, 40, 20]],
    );
    assert.deepEqual(decode([out('o', 9, 7)], { o: [...cxcywh, 0.8, 0, 1, ...Array<number>(56).fill(0)] }, 'yolov5'), [
      right,
    ]);
    assert.deepEqual(decode([out('o', 2, 6)], { o: [20, 10, 60, 30, 0.8, 1, 0, 0, 0, 0, 0, 0] }, null, 2), [right]);
    assert.deepEqual(decode([out('o', 1, 7)], { o: [0, 20, 10, 60, 30, 1, 0.8] }, null, 1), [right]);
    const lists = [out('boxes', 2, 4), whole('labels', 2), out('scores', 2)];
    assert.deepEqual(decode(lists, { boxes: [20, 10, 60, 30, 0, 0, 1, 1], labels: [1, 5], scores: [0.8, 0] }), [right]);
    const tf = [
      out('detection_boxes', 1, 4),
      out('detection_classes', 1),
      out('detection_scores', 1),
      out('num_detections'),
    ];
    const shares = {
      detection_boxes: [0.2, 0.2, 0.6, 0.6],
      detection_classes: [1],
      detection_scores: [0.8],
      num_detections: [1],
    };
    assert.deepEqual(decode(tf, shares), [right]);
    assert.deepEqual(decode(tf, { ...shares, num_detections: [0] }), []);
    const logit = Math.log(0.8 / 0.2);
    const queries = [out('logits', 1, 3), out('pred_boxes', 1, 4)];
    assert.deepEqual(
      decode(queries, { logits: [-99, logit, 0], pred_boxes: [0.4, 0.4, 0.4, 0.4] }),
      [right],
      'the last class is "nothing"',
    );
    const dense = [out('scores', 4, 2), out('boxes', 4, 4)];
    const corners = [0.2, 0.2, 0.6, 0.6, ...Array<number>(12).fill(0)];
    assert.deepEqual(
      decode(dense, { scores: [0.2, 0.8, 1, 0, 1, 0, 1, 0], boxes: corners }),
      [right],
      'the first class is "nothing"',
    );
  });

  test('of dense heads lose those that overlap a better one', () => {
    const rows = [
      [40, 20, 40, 20, 0.9],
      [41, 20, 40, 20, 0.7],
      [80, 20, 20, 20, 0.6],
    ];
    const columns = range(5).flatMap((column) => [...rows.map((row) => row[column]!), ...Array<number>(6).fill(0)]);
    assert.deepEqual(
      decode([out('o', 5, 9)], { o: columns }).map(([, score]) => score),
      [0.9, 0.6],
    );
  });
});

suite('classes of a model and of targets', () => {
  const targets = (ids: readonly number[], used: readonly number[], areModelClasses = false): BoxTargets => ({
    path: 'boxes.json',
    classNames: new Map(ids.map((id) => [id, null])),
    areModelClasses,
    ofSample: [used.map((classId) => ({ box: [0, 0, 1, 1], classId, isCrowd: false, isLeftOut: false }))],
  });
  const head = (columns: number | null, kind: HeadKind = 'yolov8') =>
    ({ kind, outputs: {}, columns, isTransposed: false, isTopFirst: false, hasNothing: false }) as const;
  const numbers = (of: BoxTargets, own: ReturnType<typeof head>, count = 3) => range(count).map(numberClasses(of, own));

  test('meet by order, or by number where the model has one for each', () => {
    assert.deepEqual(numbers(targets([1, 2, 90], [90]), head(3)), [1, 2, 90], 'in the order of their ids');
    assert.deepEqual(numbers(targets([1, 2, 90], [90]), head(91)), [0, 1, 2], 'DETR and torchvision keep the ids');
    assert.deepEqual(numbers(targets([0, 1, 2, 3], [1, 3]), head(3)), [1, 2, 3], 'a category for all of them');
    assert.deepEqual(numbers(targets([5, 6], [5]), head(3, 'boxes-scores')), [-1, 5, 6], 'with one for "nothing"');
    assert.deepEqual(numbers(targets([5, 6], [5]), head(null, 'end-to-end')), [5, 6, -1]);
    assert.deepEqual(numbers(targets([5, 6], [5]), head(null, 'ssd')), [0, 1, 2]);
    assert.deepEqual(numbers(targets([0, 1], [1], true), head(2)), [0, 1, 2]);
  });

  test('that the model does not have are refused', () => {
    assert.throws(() => numbers(targets([7], [7], true), head(3)), {
      code: 'labels-malformed',
      message: /class 7, but the model ranks classes 0 to 2\. Number/,
    });
    assert.throws(() => numbers(targets([1, 3], [1, 3], true), head(3)), { message: /count from 1/ });
    assert.throws(() => numbers(targets([1, 2, 90], [90]), head(2)), {
      message: /3 categories up to id 90, but the model ranks 2 classes/,
    });
  });
});
