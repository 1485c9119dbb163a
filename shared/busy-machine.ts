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

interface MeasuredSpeedup {
  readonly speedup: { readonly ratio: number; readonly ci95: readonly [number, number] };
  readonly processorShare: number | null;
}

/**
 * The speed-up to hold a limit against. On a quiet machine the measured ratio. On a busy one the least that can be behind it:
 * sharing stretches the slower model's times more, on average by no more than 1 / its share of the processor, so the lower end
 * of the interval times that share. A limit well below the truth is then still met, and none is met by what sharing added.
 */
export function safeSpeedup({ speedup, processorShare }: MeasuredSpeedup): number {
  return isMachineBusy({ processorShare }) ? speedup.ci95[0] * processorShare! : speedup.ratio;
}

/** The most that can be behind a speed-up, by the same reasoning: what a later run is held against. */
export function largestSpeedup({ speedup, processorShare }: MeasuredSpeedup): number {
  return isMachineBusy({ processorShare }) ? speedup.ci95[1] / processorShare! : speedup.ratio;
}
