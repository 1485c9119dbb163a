import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';

/** Fewer samples than this may well be of one class. */
const fewestSamplesForOneClass = 10;

/**
 * Notices evaluation data that cannot tell a good model from a bad one, by what the original makes of it: always the same
 * output, or always the same class.
 */
export function createSameness() {
  let count = 0;
  let first: readonly ArrayLike<number>[] = [];
  let firstClass: number | null = null;
  let isSameOutput = true;
  let isSameClass = true;
  return {
    /**
     * @param values the original's outputs for one sample.
     * @param rankedFirst the class it ranks first; null where it does not decide once per sample.
     */
    add: (values: readonly ArrayLike<number>[], rankedFirst: number | null): void => {
      if (count++ === 0) {
        first = values;
        firstClass = rankedFirst;
      }
      isSameOutput &&= values.every((output, index) => areEqual(output, first[index]!));
      isSameClass &&= rankedFirst === firstClass;
    },
    report: (): Diagnostic[] => {
      if (count > 1 && isSameOutput) return [describe('output-constant', sameOutputMessage(count))];
      return count >= fewestSamplesForOneClass && isSameClass && firstClass !== null
        ? [describe('one-class', sameClassMessage(firstClass, count))]
        : [];
    },
  };
}

function areEqual(left: ArrayLike<number>, right: ArrayLike<number>): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

function describe(code: 'output-constant' | 'one-class', message: Sentence): Diagnostic {
  return { severity: 'warning', code, message, node: null };
}

const sameOutputMessage = (count: number): Sentence => say('outputConstant', { count });

const sameClassMessage = (rankedFirst: number, count: number): Sentence =>
  say('oneClass', { first: rankedFirst, count });
