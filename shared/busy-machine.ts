/** A thread that always runs gets all of a core; with less than this share of one, others ran in its place. */
const enoughProcessorShare = 0.9;

/**
 * Whether other programs took the processor while models were timed. Times and their ratio then say how the machine was
 * shared, whatever their intervals: a short inference fits between two interruptions, a long one does not.
 * Never true where it was not measured. With several threads only the worst is noticed, for they need not be busy all the time.
 */
export function isMachineBusy({ processorShare }: { readonly processorShare: number | null }): boolean {
  return processorShare !== null && processorShare < enoughProcessorShare;
}
