import { useState } from 'react';
import type { NewRun } from '../../../shared/contract/requests.ts';
import { request } from '../../api.ts';
import { navigate } from '../../hooks/use-route.ts';
import { studyRecipes, toRequest, type Draft } from './draft.ts';

export interface Start {
  readonly starting: boolean;
  readonly error: Error | null;
  readonly start: () => void;
  /** Both in the queue, and the page that will say which of them wins. */
  readonly startStudy: () => void;
}

/** Makes runs of the experiment and shows them. */
export function useStart(draft: Draft, initialError: Error | null): Start {
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState(initialError);

  const begin = (run: NewRun) =>
    request('run.start', { request: run, name: draft.name, tags: [...draft.tags], place: draft.place });

  function refuse(reason: unknown): void {
    setStarting(false);
    setError(reason instanceof Error ? reason : new Error(String(reason)));
  }

  function startWith(beginAll: (run: NewRun) => Promise<void>): void {
    const run = toRequest(draft);
    if (run === null) return;
    setStarting(true);
    setError(null);
    beginAll(run).catch(refuse);
  }

  return {
    starting,
    error,
    start: () =>
      startWith(async (run) => {
        const { runId } = await begin(run);
        navigate({ page: 'run', runId });
      }),
    startStudy: () =>
      startWith(async (run) => {
        const runIds: string[] = [];
        for (const recipe of studyRecipes(draft)) runIds.push((await begin({ ...run, outPath: null, recipe })).runId);
        navigate({ page: 'compare', runIds });
      }),
  };
}
