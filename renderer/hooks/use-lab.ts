import { useEffect, useState } from 'react';
import type { LabOverview } from '../../shared/contract/lab-rows.ts';
import { request } from '../api.ts';
import { useAppState } from './use-app-state.ts';

export interface LabState {
  /** As of the last answer, kept while the server is silent. */
  readonly overview: LabOverview | null;
  readonly error: Error | null;
}

const askEveryMs = 2500;
const nothing: LabState = { overview: null, error: null };

/** The lab as it is, while the page is open; asks less often where the answer takes long. */
export function useLab(): LabState {
  const { settings } = useAppState();
  // Plain data: another address, another lab.
  const address = settings.lab === null ? null : JSON.stringify(settings.lab);
  const [state, setState] = useState<{ readonly address: string | null; readonly lab: LabState }>({
    address,
    lab: nothing,
  });
  useEffect(() => {
    if (address === null) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const ask = async (): Promise<void> => {
      const began = performance.now();
      const answer = await request('lab.overview', {}).then(
        (overview) => ({ overview, error: null }),
        (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error)) }),
      );
      if (isOver) return;
      setState((old) => ({ address, lab: { ...(old.address === address ? old.lab : nothing), ...answer } }));
      timer = setTimeout(() => void ask(), Math.max(askEveryMs, 10 * (performance.now() - began)));
    };
    void ask();
    return () => {
      isOver = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, [address]);
  return state.address === address ? state.lab : nothing;
}
