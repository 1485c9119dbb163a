import { useMemo } from 'react';
import { useViewChoice } from '../../hooks/use-view-choice.ts';

export interface CellPlace {
  readonly expected: number;
  readonly given: number;
}

/** The cell of the confusion matrix that the address names: `cell=3-5`, the right class first. */
export function useMatrixCell(): readonly [CellPlace | null, (cell: CellPlace | null) => void] {
  const [text, setText] = useViewChoice('cell', '', 'replace');
  const cell = useMemo(() => {
    const [, expected, given] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
    return expected === undefined || given === undefined ? null : { expected: Number(expected), given: Number(given) };
  }, [text]);
  return [cell, (next) => setText(next === null ? '' : `${next.expected}-${next.given}`)];
}
