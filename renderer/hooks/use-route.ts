import { useMemo, useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Route } from '../route.ts';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('hashchange', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('hashchange', listener);
  };
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

/**
 * Listeners hear of it at once, not by the `hashchange` that a browser sends later: two quick arrow keys are two rows.
 * @param how `replace` for what is no step of its own, as a row that is selected: Back leads past it.
 */
export function navigate(route: Route, how: 'push' | 'replace' = 'push'): void {
  const hash = formatRoute(route);
  if (hash === window.location.hash) return;
  if (how === 'replace') window.history.replaceState(null, '', hash);
  else window.history.pushState(null, '', hash);
  for (const listener of [...listeners]) listener();
}
