/** Left, top, width and height, as COCO has them: all boxes of one comparison in pixels of the same image. */
export type Box = readonly [left: number, top: number, width: number, height: number];

/** A box as a model gives it. */
export interface FoundBox {
  readonly box: Box;
  readonly score: number;
  /** Numbered as the targets number classes, where there are any. */
  readonly classId: number;
}

/** A box as it should be. */
export interface TrueBox {
  readonly box: Box;
  readonly classId: number;
  /** Stands for many: any number of boxes within it are neither right nor wrong. */
  readonly isCrowd: boolean;
  /** Hard to see: a box found there is neither right nor wrong. A crowd is, too. */
  readonly isLeftOut: boolean;
}
