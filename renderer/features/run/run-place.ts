import type { RunDocument } from '../../../shared/run.ts';
import { navigate } from '../../hooks/use-route.ts';
import type { Route, View } from '../../route.ts';

/** Which tab and layer the address names. */
export interface Place {
  readonly tab: string | undefined;
  readonly layer: string | undefined;
  readonly view: View | undefined;
}

export interface RunPlace {
  readonly tab: string;
  /** The one that the table of layers marks, whether the address names one or not. */
  readonly layer: string | null;
  readonly show: (next: Partial<Place>, how?: 'replace') => void;
}

/** What of a run is shown. The address is the only place where it is kept: Back, reload and a link lead to the same. */
export function runPlaceOf(document: RunDocument, place: Place): RunPlace {
  const show = (next: Partial<Place>, how?: 'replace'): void => {
    const to = { ...place, ...next };
    const route: Route = {
      page: 'run',
      runId: document.runId,
      ...(to.tab === undefined || to.tab === 'overview' ? {} : { tab: to.tab }),
      ...(to.layer === undefined ? {} : { layer: to.layer }),
      ...(to.view === undefined ? {} : { view: to.view }),
    };
    navigate(route, how);
  };
  return { tab: place.tab ?? 'overview', layer: place.layer ?? slowestLayer(document), show };
}

/** What somebody opening the layers most likely wants to see first. */
function slowestLayer(document: RunDocument): string | null {
  let slowest: { readonly name: string; readonly ms: number } | null = null;
  for (const { name, latencyAfterMs } of document.layers) {
    if (latencyAfterMs !== null && latencyAfterMs > (slowest?.ms ?? 0)) slowest = { name, ms: latencyAfterMs };
  }
  return slowest?.name ?? null;
}
