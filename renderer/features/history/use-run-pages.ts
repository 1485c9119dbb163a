import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RequestInput } from '../../../shared/contract/requests.ts';
import type { RunRow } from '../../../shared/contract/results.ts';
import { request } from '../../api.ts';

export type HistoryQuery = Required<Pick<RequestInput<'runs.list'>, 'text' | 'status' | 'starred' | 'tag' | 'sort'>>;

/** A line of the history; null until its page was fetched. */
export interface HistoryRow {
  readonly id: string;
  readonly run: RunRow | null;
}

export interface RunPages {
  readonly rows: readonly HistoryRow[];
  readonly total: number;
  readonly loading: boolean;
  readonly error: Error | null;
  /** Fetches what is needed to show these rows. */
  readonly load: (first: number, last: number) => void;
  readonly reload: () => void;
  /** Shows a changed row at once. */
  readonly change: (row: RunRow) => void;
}

const pageSize = 200;

/** The history page by page, as it is scrolled: ten thousand runs open as quickly as ten. */
export function useRunPages(query: HistoryQuery): RunPages {
  const [state, setState] = useState<{
    total: number;
    runs: ReadonlyMap<number, RunRow>;
    loaded: boolean;
    error: Error | null;
  }>({
    total: 0,
    runs: new Map(),
    loaded: false,
    error: null,
  });
  const [generation, setGeneration] = useState(0);
  const requested = useRef(new Set<number>());
  const version = useRef(0);
  const visible = useRef<readonly [number, number]>([0, 0]);

  const fetchPage = useCallback(
    (page: number, replace: boolean) => {
      requested.current.add(page);
      const asked = version.current;
      request('runs.list', { ...query, offset: page * pageSize, limit: pageSize }).then(
        (answer) => {
          if (asked !== version.current) return;
          setState((old) => {
            const runs = new Map(replace ? [] : old.runs);
            for (const [index, row] of answer.rows.entries()) runs.set(page * pageSize + index, row);
            return { total: answer.total, runs, loaded: true, error: null };
          });
        },
        (error: unknown) => {
          if (asked !== version.current) return;
          requested.current.delete(page);
          setState((old) => ({
            ...old,
            loaded: true,
            error: error instanceof Error ? error : new Error(String(error)),
          }));
        },
      );
    },
    [query],
  );

  useEffect(() => {
    version.current += 1;
    requested.current = new Set();
    // What is on screen comes first; other pages follow when they are scrolled to.
    fetchPage(Math.floor(visible.current[0] / pageSize), true);
  }, [fetchPage, generation]);

  const load = useCallback(
    (first: number, last: number) => {
      visible.current = [first, last];
      for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page += 1) {
        if (!requested.current.has(page)) fetchPage(page, false);
      }
    },
    [fetchPage],
  );
  const rows = useMemo(
    () =>
      Array.from({ length: state.total }, (_, index): HistoryRow => {
        const run = state.runs.get(index) ?? null;
        return { id: run?.runId ?? `row-${index}`, run };
      }),
    [state.total, state.runs],
  );
  const reload = useCallback(() => setGeneration((count) => count + 1), []);
  const change = useCallback(
    (row: RunRow) =>
      setState((old) => ({
        ...old,
        runs: new Map([...old.runs].map(([index, run]) => [index, run.runId === row.runId ? row : run])),
      })),
    [],
  );
  return { rows, total: state.total, loading: !state.loaded, error: state.error, load, reload, change };
}
