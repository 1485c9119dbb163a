import { useEffect, useState } from 'react';
import type { VisibleGraph } from '../../../shared/network/visible-graph.ts';
import type { LayoutAnswer } from './layout-worker.ts';
import type { NetworkLayout } from './layout.ts';

export interface LayoutState {
  /** The last that was finished, of `of`; kept while a newer one is made. */
  readonly layout: NetworkLayout | null;
  readonly of: VisibleGraph | null;
  readonly error: Error | null;
  readonly isBusy: boolean;
}

/** Lays out in a worker of its own; a newer question ends the one before. */
export function useLayout(visible: VisibleGraph): LayoutState {
  const [state, setState] = useState<Omit<LayoutState, 'isBusy'>>({ layout: null, of: null, error: null });
  useEffect(() => {
    const worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
    const fail = (message: string): void => {
      setState((last) => ({ ...last, of: visible, error: new Error(message) }));
    };
    worker.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => {
      if (data.ok) setState({ layout: data.layout, of: visible, error: null });
      else fail(data.message);
      worker.terminate();
    });
    worker.addEventListener('error', ({ message }) => fail(message));
    worker.postMessage({ modules: visible.modules });
    return () => worker.terminate();
  }, [visible]);
  return { ...state, isBusy: state.of !== visible };
}
