import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { runSortColumns, type RunSortColumn } from '../../../shared/contract/requests.ts';
import type { RunStatus } from '../../../shared/run.ts';
import type { TableSort } from '../../components/table-props.ts';
import type { HistoryQuery } from './use-run-pages.ts';

const searchDelayMs = 150;

/** As typed and chosen above the table. */
export interface HistoryFilters {
  readonly text: string;
  readonly status: RunStatus | null;
  readonly starred: boolean;
  readonly tag: string | null;
}

/** Which runs are asked for, and in which order. */
export function useHistoryQuery() {
  const [filters, setFilters] = useState<HistoryFilters>({ text: '', status: null, starred: false, tag: null });
  const [sort, setSort] = useState<TableSort | null>({ column: 'startedTimestampMs', descending: true });
  const { status, starred, tag } = filters;
  const [text] = useDebouncedValue(filters.text, searchDelayMs);
  const query = useMemo((): HistoryQuery => {
    const column = runSortColumns.find((known): known is RunSortColumn => known === sort?.column);
    return {
      text,
      status,
      starred: starred ? true : null,
      tag,
      sort: column === undefined || sort === null ? null : { column, descending: sort.descending },
    };
  }, [text, status, starred, tag, sort]);
  return {
    filters,
    changeFilters: (patch: Partial<HistoryFilters>) => setFilters((old) => ({ ...old, ...patch })),
    sort,
    setSort,
    query,
    isFiltered: query.text !== '' || status !== null || starred || tag !== null,
  };
}
