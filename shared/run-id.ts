/** How much of a run's id people are shown; any unique beginning is understood. */
const shownIdLength = 8;

export function shortId(runId: string): string {
  return runId.slice(0, shownIdLength);
}
