import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { ValueInfo } from '../runtime/session.ts';
import { chooseClassOutput, describeScores, hasOneDecision } from './class-scores.ts';
import type { Origin } from './ranks-classes.ts';

/** @throws AppError `labels-malformed` for a label that no score belongs to. */
export function checkLabel(label: number, index: number, output: string, classes: number): void {
  if (label >= 0 && label < classes) return;
  throw new AppError('labels-malformed', tell('labelBeyondClasses', { index, label, output, last: classes - 1 }));
}

/**
 * Refuses labels outside the model's classes by the dimensions of its outputs alone, before anything is calibrated. Says nothing where no
 * output shows that it ranks classes.
 * @param origin with the dimensions of one run on `batchSize` samples.
 * @throws AppError `labels-malformed`.
 */
export function assertLabelsFit(
  labels: Int32Array | null,
  outputs: readonly ValueInfo[],
  origin: Omit<Origin, 'labelled'>,
  batchSize: number,
): void {
  if (labels === null || !outputs.some(({ dataType }) => dataType !== 'string' && dataType !== 'other')) return;
  const output = chooseClassOutput(outputs, { ...origin, labelled: true });
  const shape = output === null ? undefined : origin.shapes?.get(output);
  const dataType = shape?.dataType ?? null;
  if (output === null || shape === undefined || dataType === null) return;
  const layout = describeScores({ dims: shape.dims, dataType }, batchSize);
  if (layout.areClasses || !hasOneDecision(layout)) return;
  for (const [index, label] of labels.entries()) checkLabel(label, index, output, layout.classes);
}
