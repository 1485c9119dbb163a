import { useCallback } from 'react';
import { parseRoute } from '../route.ts';
import type { TableSort } from '../components/table-props.ts';
import { navigate, useRoute } from './use-route.ts';

/**
 * A choice of how a view is shown (a filter, an order), kept in its address and nowhere else: Back, reload and a link lead to the same.
 * @param usual what an address that names none means.
 * @param how `replace` for what is no step of its own, as a row that is marked.
 */
export function useViewChoice(
  name: string,
  usual: string,
  how: 'push' | 'replace' = 'push',
): readonly [string, (value: string) => void] {
  const route = useRoute();
  const value = ('view' in route ? route.view[name] : undefined) ?? usual;
  const choose = useCallback(
    (next: string) => {
      // Of now: two choices may be made before the first is drawn.
      const current = parseRoute(window.location.hash);
      if (current.page !== 'run' && current.page !== 'history' && current.page !== 'networks') return;
      const { [name]: before = usual, ...others } = current.view ?? {};
      if (next === before) return;
      const view = next === usual ? others : { ...others, [name]: next };
      // Letters that are added to a word are no steps of their own.
      const isTyping = before !== usual && next !== usual && (next.startsWith(before) || before.startsWith(next));
      navigate({ ...current, view }, isTyping ? 'replace' : how);
    },
    [name, usual, how],
  );
  return [value, choose];
}

/** `latency.desc,name.asc`: the first counts most. */
export function parseSorts(text: string): TableSort[] {
  return text.split(',').flatMap((part) => {
    const [, column, direction] = /^(.+)\.(asc|desc)$/.exec(part) ?? [];
    return column === undefined ? [] : [{ column, descending: direction === 'desc' }];
  });
}

export function formatSorts(sorts: readonly TableSort[]): string {
  return sorts.map(({ column, descending }) => `${column}.${descending ? 'desc' : 'asc'}`).join(',');
}
