import { formatRatio } from '../../shared/units.ts';

/** @param ratio of the two medians, which contradicts that of the pairs. */
export function noteSwayedMedians(ratio: number): string {
  return (
    `The medians above are ${formatRatio(ratio)} apart, for other programs swayed them unevenly: the speed-up is that of runs next ` +
    'to each other. Close other programs and measure again.'
  );
}
