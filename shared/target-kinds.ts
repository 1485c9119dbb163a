import { z } from 'zod';
import { isCommonAgreement } from './class-metrics.ts';
import type { MetricRow } from './metric-row.ts';

/**
 * What says of a model's outputs how right they are: without it there is nothing but agreement with the original. `characters` are texts of
 * which nobody says yet which characters there are; `places` classes of many places that are no pixels of an image; `pairs` and `groups`
 * what belongs together, of texts and of anything else.
 */
export const targetKinds = [
  'labels',
  'boxes',
  'masks',
  'places',
  'characters',
  'texts',
  'tags',
  'answers',
  'pairs',
  'groups',
  'pictures',
  'values',
] as const;
export const targetKindSchema = z.enum(targetKinds);
export type TargetKind = z.infer<typeof targetKindSchema>;

interface Judged {
  readonly targetKind: TargetKind | null;
  readonly agreement: { readonly top1: number | null };
  readonly metrics: readonly MetricRow[];
}

/** Of runs that did not record it: classes where something ranks them. */
export const targetKindOf = ({ targetKind, agreement }: Pick<Judged, 'targetKind' | 'agreement'>): TargetKind =>
  targetKind ?? (agreement.top1 === null ? 'values' : 'labels');

/** What agreement means for the task, such as the boxes that both models find; null where it has no figure of its own. */
export function taskAgreement({ metrics }: Pick<Judged, 'metrics'>): MetricRow | null {
  return metrics.find((row) => row.against === 'original' && row.unit === 'share' && !isCommonAgreement(row)) ?? null;
}
