import { formatRatio } from '../../shared/units.ts';

/** @param ratio of the two medians, which contradicts that of the pairs. */
export function noteSwayedMedians(ratio: number): string {
  return (
    `The medians above differ by ${formatRatio(ratio)} because other programs disturbed them unevenly. The speed-up comes from ` +
    'neighbouring runs instead. Close other programs and measure again.'
  );
}
