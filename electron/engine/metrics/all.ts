import { agreement } from './agreement.ts';
import { answers } from './answers.ts';
import { averagePrecisions } from './average-precision.ts';
import { firstDifference, sameContinuation } from './continuation.ts';
import { timeToFirstToken, tokensPerSecond } from './decoding-speed.ts';
import { boxMetricNames } from './detection.ts';
import { keptBoxes } from './kept-boxes.ts';
import { likeness } from './likeness.ts';
import { classBalance } from './macro-f1.ts';
import type { MetricName } from '../../../shared/metric-row.ts';
import type { Metric } from './metric.ts';
import { neighbours } from './neighbours.ts';
import { nextTokens } from './next-tokens.ts';
import { pictures } from './pictures.ts';
import { regression } from './regression.ts';
import { segmentation } from './segmentation.ts';
import { signals } from './signals.ts';
import { tagging } from './tagging.ts';
import { topClasses } from './top-classes.ts';
import { transcripts } from './transcripts.ts';

/**
 * Every metric, in the order of the rows: those against targets first, and the one that a run is judged by before the others
 * of its kind.
 */
export const metrics: readonly Metric[] = [
  topClasses,
  classBalance,
  averagePrecisions,
  segmentation,
  transcripts,
  tagging,
  answers,
  nextTokens,
  regression,
  pictures,
  signals,
  neighbours,
  agreement,
  likeness,
];

/** Figures that are not made of outputs sample by sample: of boxes, and of texts that both models write on. */
const ofOwnPasses: readonly MetricName[] = [
  ...boxMetricNames,
  keptBoxes,
  sameContinuation,
  firstDifference,
  timeToFirstToken,
  tokensPerSecond,
];

/** Every figure that a run can have, but for one of the user's own. */
export const metricNames: readonly MetricName[] = [...metrics.flatMap(({ names }) => names), ...ofOwnPasses];
