import type { HeadKind } from '../../../../shared/tasks.ts';

/** How the outputs of a detector are read as boxes. */
export interface DetectionHead {
  readonly kind: HeadKind;
  /** One output with a row for each box, or several that say parts of it. */
  readonly outputs: {
    readonly rows?: string;
    readonly boxes?: string;
    readonly scores?: string;
    readonly labels?: string;
    /** How many of the boxes count. */
    readonly count?: string;
  };
  /** Columns of class scores; null where the model gives numbers of classes. */
  readonly columns: number | null;
  /** The classes, or all that is said of a box, come before the boxes. */
  readonly isTransposed: boolean;
  /** TensorFlow's corners: top, left, bottom, right. */
  readonly isTopFirst: boolean;
  /** Logits of each query compete, the last of them for "nothing"; else each is a yes or no of its own. */
  readonly hasNothing: boolean;
}

/** Class scores that stand for classes: without "nothing". */
export const classCountOf = ({ columns, hasNothing }: DetectionHead): number | null =>
  columns === null ? null : columns - Number(hasNothing);
