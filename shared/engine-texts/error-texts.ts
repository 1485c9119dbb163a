import { arrayErrors } from './array-errors.ts';
import { bundleErrors } from './bundle-errors.ts';
import { commandErrors } from './command-errors.ts';
import { exportErrors } from './export-errors.ts';
import { fileErrors } from './file-errors.ts';
import { graphErrors } from './graph-errors.ts';
import { historyErrors } from './history-errors.ts';
import { imageErrors } from './image-errors.ts';
import { labErrors } from './lab-errors.ts';
import { labelErrors } from './label-errors.ts';
import { measuringErrors } from './measuring-errors.ts';
import { modelFileErrors } from './model-file-errors.ts';
import { runErrors } from './run-errors.ts';
import { runtimeErrors } from './runtime-errors.ts';
import { targetErrors } from './target-errors.ts';
import { tensorErrors } from './tensor-errors.ts';
import { textErrors } from './text-errors.ts';
import type { TextTable } from './text-table.ts';

/** Every sentence an error can say; each table in a file of its own. */
export const errorTexts = {
  ...modelFileErrors,
  ...graphErrors,
  ...tensorErrors,
  ...runtimeErrors,
  ...arrayErrors,
  ...textErrors,
  ...labelErrors,
  ...imageErrors,
  ...measuringErrors,
  ...targetErrors,
  ...runErrors,
  ...fileErrors,
  ...exportErrors,
  ...historyErrors,
  ...bundleErrors,
  ...labErrors,
  ...commandErrors,
} as const;
/** Apart, for a code in two of them would hide one. */
export const errorTables: readonly TextTable[] = [
  modelFileErrors,
  graphErrors,
  tensorErrors,
  runtimeErrors,
  arrayErrors,
  textErrors,
  labelErrors,
  imageErrors,
  measuringErrors,
  targetErrors,
  runErrors,
  fileErrors,
  exportErrors,
  historyErrors,
  bundleErrors,
  labErrors,
  commandErrors,
];
