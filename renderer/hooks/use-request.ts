import { useCallback, useEffect, useState } from 'react';
import type { RequestInput, RequestName } from '../../shared/contract/requests.ts';
import type { RequestResults } from '../../shared/contract/results.ts';
import { request } from '../api.ts';

export interface RequestState<Value> {
  /** The last answer; kept while a newer one is on its way, so that pages do not flicker. */
  readonly value: Value | null;
  readonly error: Error | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** Asks the host whenever the parameters change; null asks nothing. An answer overtaken by a newer question is dropped. */
export function useRequest<Name extends RequestName>(
  name: Name,
  parameters: RequestInput<Name> | null,
): RequestState<RequestResults[Name]> {
  const [state, setState] = useState<{ value: RequestResults[Name] | null; error: Error | null; key: string | null }>({
    value: null,
    error: null,
    key: null,
  });
  const [generation, setGeneration] = useState(0);
  // Parameters are plain data: their text says whether they changed.
  const text = parameters === null ? null : JSON.stringify(parameters);
  const key = text === null ? null : `${generation} ${text}`;

  useEffect(() => {
    if (key === null || text === null) return;
    let current = true;
    const controller = new AbortController();
    const answer = request(name, JSON.parse(text) as RequestInput<Name>, controller.signal);
    answer.then(
      (value) => {
        if (current) setState({ value, error: null, key });
      },
      (error: unknown) => {
        if (current) setState({ value: null, error: error instanceof Error ? error : new Error(String(error)), key });
      },
    );
    return () => {
      current = false;
      controller.abort();
    };
  }, [name, key, text]);

  const reload = useCallback(() => setGeneration((count) => count + 1), []);
  return {
    value: key === null ? null : state.value,
    error: state.key === key ? state.error : null,
    loading: key !== null && state.key !== key,
    reload,
  };
}
