import { useMemo, useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Route } from '../route.ts';

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

/** @param how `replace` for what is no step of its own, as a row that is selected: Back leads past it. */
export function navigate(route: Route, how: 'push' | 'replace' = 'push'): void {
  if (how === 'replace') window.location.replace(formatRoute(route));
  else window.location.hash = formatRoute(route);
}
