import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import type { MetricRow } from '../../../shared/metric-row.ts';
import { groupIntoBatches, readBatch, type Batch } from '../data/batch.ts';
import type { FoundBox } from '../data/boxes/box.ts';
import type { Dataset } from '../data/dataset.ts';
import type { ImagePlacement } from '../data/image-placement.ts';
import type { Size } from '../data/resize-rule.ts';
import { createDetectionFigures } from '../metrics/detection.ts';
import { decodeHead } from '../metrics/detection-heads/decode-head.ts';
import type { DetectionHead } from '../metrics/detection-heads/head.ts';
import { numberClasses } from '../metrics/detection-heads/number-classes.ts';
import { createKeptBoxes } from '../metrics/kept-boxes.ts';
import { fedSizeOf } from '../metrics/fed-size.ts';
import { openSession } from '../runtime/session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { toNumbers } from '../tensor/to-numbers.ts';

export interface BoxOptions {
  /** Paths of the models as they are used, with whatever selects boxes in them. */
  readonly before: string;
  readonly after: string;
  readonly head: DetectionHead;
  readonly dataset: Dataset;
  readonly indices: readonly number[];
  readonly threads: number;
  readonly dims: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Rows against targets, and those of agreement. */
export interface BoxRows {
  readonly judged: readonly MetricRow[];
  readonly agreed: readonly MetricRow[];
}

type Outputs = Readonly<Record<string, Tensor>>;

const clip = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

/** Boxes in pixels of the image, cut at its edges. */
function toImage(found: readonly FoundBox[], placement: ImagePlacement, numberOf: (own: number) => number): FoundBox[] {
  const { image, scaleX, scaleY, offsetX, offsetY } = placement;
  return found.map(({ box: [left, top, width, height], score, classId }) => {
    const [x, right] = [left, left + width].map((at) => clip((at - offsetX) / scaleX, image.width)) as [number, number];
    const [y, bottom] = [top, top + height].map((at) => clip((at - offsetY) / scaleY, image.height)) as [
      number,
      number,
    ];
    return { box: [x, y, right - x, bottom - y], score, classId: numberOf(classId) };
  });
}

/** The values of one row of a batch. What a model selected has no dimension of samples: such models run on one at a time. */
function readRow(outputs: Outputs, name: string, row: number, batchSize: number): ArrayLike<number> {
  const values = toNumbers(outputs[name]!);
  if (batchSize === 1) return values;
  const size = values.length / batchSize;
  return values.slice(row * size, (row + 1) * size);
}

function decodeRow(
  { head, dataset }: BoxOptions,
  outputs: Outputs,
  { row, index, batchSize, fed }: { row: number; index: number; batchSize: number; fed: Size },
  numberOf: (own: number) => number,
): FoundBox[] {
  const rowCount = head.outputs.rows === undefined ? 0 : (outputs[head.outputs.rows]!.dims.at(-2) ?? 0);
  const found = decodeHead(head, (name) => readRow(outputs, name, row, batchSize), fed, rowCount);
  const own: ImagePlacement = { image: fed, fed, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
  return toImage(found, dataset.placement?.(index) ?? own, numberOf);
}

/**
 * Boxes of both models on the evaluation samples: against those that are right where the data says which are, and with each other. Both
 * models run as they are used; comparing outputs by their values stops before a selection, this does not.
 * @throws AppError as `openSession` and `numberClasses`; CancelledError between two batches.
 */
export async function measureBoxes(options: BoxOptions): Promise<BoxRows> {
  const { head, dataset, indices, threads, dims, signal, onProgress } = options;
  const targets = dataset.boxes ?? null;
  const numberOf = numberClasses(targets, head);
  const figures = createDetectionFigures((classId) => targets?.classNames.get(classId) ?? null);
  const kept = createKeptBoxes();
  const batchSize = dataset.fixedBatchSize ?? 1;
  const fetched = [...new Set(Object.values(head.outputs))];
  const before = await openSession(options.before, { threads, dims });
  const after = await openSession(options.after, { threads, dims }).catch(async (error: unknown) => {
    await before.release();
    throw error;
  });
  const add = (mine: Outputs, theirs: Outputs, { feeds, indices: group }: Batch): void => {
    const fed = fedSizeOf(Object.values(feeds).map((tensor) => tensor.dims)) ?? { width: 1, height: 1 };
    for (const [row, index] of group.entries()) {
      const place = { row, index, batchSize, fed };
      const found = [decodeRow(options, mine, place, numberOf), decodeRow(options, theirs, place, numberOf)] as const;
      kept.add(found);
      if (targets !== null) figures.add({ truths: targets.ofSample[index]!, found });
    }
  };
  try {
    let done = 0;
    for (const group of groupIntoBatches(indices, batchSize)) {
      await yieldToEvents();
      if (signal.aborted) throw new CancelledError();
      const batch = await readBatch(dataset, group, batchSize);
      add(await before.run(batch.feeds, fetched), await after.run(batch.feeds, fetched), batch);
      onProgress?.((done += group.length), indices.length);
    }
  } finally {
    await before.release();
    await after.release();
  }
  return { judged: figures.report(), agreed: kept.report() };
}

/** As `measureBoxes`, of any model: those that find none have no such rows. */
export async function measureBoxesOf(head: DetectionHead | null, options: Omit<BoxOptions, 'head'>): Promise<BoxRows> {
  return head === null ? { judged: [], agreed: [] } : measureBoxes({ ...options, head });
}
