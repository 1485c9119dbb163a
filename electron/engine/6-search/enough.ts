/** Thrown where a search would try its next candidate and is not to any more: what it has is good enough. */
export class EnoughError extends Error {}
