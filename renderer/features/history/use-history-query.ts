import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { runSortColumns, type RunSortColumn } from '../../../shared/contract/requests.ts';
import { runStatuses, type RunStatus } from '../../../shared/run.ts';
import type { TableSort } from '../../components/table-props.ts';
import { formatSorts, parseSorts, useViewChoice } from '../../hooks/use-view-choice.ts';
import type { HistoryQuery } from './use-run-pages.ts';

const searchDelayMs = 150;

const newestFirst = 'startedTimestampMs.desc';

/** As typed and chosen above the table. */
export interface HistoryFilters {
  readonly text: string;
  readonly status: RunStatus | null;
  readonly starred: boolean;
  readonly tag: string | null;
}

/** Which runs are asked for, and in which order, as the address has it. */
export function useHistoryQuery() {
  const [typed, setText] = useViewChoice('text', '');
  const [statusName, setStatus] = useViewChoice('status', '');
  const [tagName, setTag] = useViewChoice('tag', '');
  const [star, setStar] = useViewChoice('starred', '');
  const [order, setOrder] = useViewChoice('sort', newestFirst);
  const status = runStatuses.find((known) => known === statusName) ?? null;
  // As long as the host takes them: an address may say anything.
  const tag = tagName === '' ? null : tagName.slice(0, 60);
  const starred = star !== '';
  const sort = useMemo(() => parseSorts(order)[0] ?? null, [order]);
  const [text] = useDebouncedValue(typed.slice(0, 500), searchDelayMs);
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
    filters: { text: typed, status, starred, tag } satisfies HistoryFilters,
    changeFilters: (patch: Partial<HistoryFilters>) => {
      if (patch.text !== undefined) setText(patch.text);
      if (patch.status !== undefined) setStatus(patch.status ?? '');
      if (patch.tag !== undefined) setTag(patch.tag ?? '');
      if (patch.starred !== undefined) setStar(patch.starred ? 'yes' : '');
    },
    sort,
    setSort: (next: TableSort | null) => setOrder(next === null ? 'none' : formatSorts([next])),
    query,
    isFiltered: query.text !== '' || status !== null || starred || tag !== null,
  };
}
