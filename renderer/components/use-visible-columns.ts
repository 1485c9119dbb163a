import { useElementSize } from '@mantine/hooks';
import { useCallback, useMemo, useState, type RefCallback } from 'react';
import { iconWidthPx } from './column-width.ts';
import type { TableColumn } from './table-column.ts';

const checkboxWidthPx = 36;
/** A wide window gives figures some air, and names most of it. */
const usualGrow = 0.5;

export interface VisibleColumns<Row> {
  readonly visible: readonly TableColumn<Row>[];
  /** For the style of what holds header and rows. */
  readonly template: string;
  readonly minimumWidth: number;
  /** Of what holds them, in pixels; 0 before it is known. */
  readonly width: number;
  /** What the user wants to see or not. */
  readonly choose: (columnId: string, shown: boolean) => void;
  /** Forgets that. */
  readonly reset: () => void;
  /** For the element whose width counts. */
  readonly sizeRef: RefCallback<HTMLDivElement | null>;
}

/** Columns that are shown: what the user chose, else the usual ones, without those that yield where there is too little room. */
export function useVisibleColumns<Row>(
  columns: readonly TableColumn<Row>[],
  hasCheckboxes: boolean,
  widths: Readonly<Record<string, number>>,
): VisibleColumns<Row> {
  const [chosen, setChosen] = useState<Readonly<Record<string, boolean>>>({});
  const choose = useCallback(
    (columnId: string, shown: boolean) => setChosen((old) => ({ ...old, [columnId]: shown })),
    [],
  );
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const visible = useMemo(() => {
    const usual = columns.filter((column) => column.initiallyHidden !== true);
    const isRoomy = width === 0 || usual.reduce((sum, column) => sum + column.width, 0) <= width;
    return columns.filter(
      (column) => chosen[column.id] ?? (usual.includes(column) && (isRoomy || column.yields !== true)),
    );
  }, [columns, chosen, width]);
  const reset = useCallback(() => setChosen({}), []);
  const template = useMemo(() => {
    const tracks = visible.map((column) => {
      const own = widths[column.id];
      if (own !== undefined) return `${own}px`;
      return `minmax(${column.width}px, ${column.grow ?? (column.width > iconWidthPx ? usualGrow : 0)}fr)`;
    });
    return (hasCheckboxes ? [`${checkboxWidthPx}px`, ...tracks] : tracks).join(' ');
  }, [visible, hasCheckboxes, widths]);
  const minimumWidth = visible.reduce(
    (sum, column) => sum + (widths[column.id] ?? column.width),
    hasCheckboxes ? checkboxWidthPx : 0,
  );
  return { visible, template, minimumWidth, width, choose, reset, sizeRef };
}
