import type { OutputPair } from './closeness.ts';
import type { TargetUse } from './task.ts';

interface ReadMap {
  readonly outputs: OutputPair;
  readonly outputDims: readonly number[];
}

/** Class scores that stand behind the pixels, put before them. */
function classesFirst(values: ArrayLike<number>, classes: number): Float32Array {
  const pixels = values.length / classes;
  const moved = new Float32Array(values.length);
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let index = 0; index < classes; index++) moved[index * pixels + pixel] = values[pixel * classes + index]!;
  return moved;
}

/** Probabilities of the original's first map are told from scores by their range. */
function thresholdOf(values: ArrayLike<number>): number {
  for (let index = 0; index < values.length; index++) if (!(values[index]! >= 0 && values[index]! <= 1)) return 0;
  return 0.5;
}

/** Reads maps as they are compared with masks: scores of each class before the pixels, or classes. */
export function createMapReader({ isYesOrNo, areClassesLast }: NonNullable<TargetUse['map']>) {
  let threshold: number | null = null;
  return (outputs: OutputPair, outputDims: readonly number[]): ReadMap => {
    if (areClassesLast) {
      const [height, width, classes] = outputDims.slice(-3) as [number, number, number];
      const [mine, theirs] = outputs;
      return {
        outputs: [classesFirst(mine, classes), classesFirst(theirs, classes)],
        outputDims: [classes, height, width],
      };
    }
    if (!isYesOrNo) return { outputs, outputDims };
    const limit = (threshold ??= thresholdOf(outputs[0]));
    const decide = (values: ArrayLike<number>): Uint8Array => Uint8Array.from(values, (value) => Number(value > limit));
    return { outputs: [decide(outputs[0]), decide(outputs[1])], outputDims };
  };
}
