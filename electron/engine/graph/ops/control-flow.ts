import { oneOf } from './op-test.ts';

/** Of these every output counts: none of them can be left out. */
export const needsAllOutputs = oneOf('Split', 'If', 'Loop', 'Scan');
