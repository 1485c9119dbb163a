/**
 * Long work in steps, written from top to bottom as if it were done at once. Between two steps whoever runs it may do something
 * else, or leave it there for good. What is yielded is how much is done, in whatever the work counts.
 */
export type Steps<Result> = Generator<number, Result, void>;

export function allAtOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** @param between two steps; where it throws, the rest of the work is left. */
export async function stepByStep<Result>(
  steps: Steps<Result>,
  between: (done: number) => Promise<void>,
): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await between(step.value);
  }
}
