import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../api.ts';
import { notify, useFailure } from './use-notify.tsx';
import { navigate } from './use-route.ts';

/** @returns false when this build carries no sample. */
async function startSample(name: string): Promise<boolean> {
  const sample = await request('sample.paths', {});
  if (sample === null) return false;
  const { runId } = await request('run.start', {
    request: { modelPath: sample.modelPath, data: { path: sample.dataPath }, recipe: {} },
    name,
    tags: ['sample'],
  });
  navigate({ page: 'run', runId });
  return true;
}

/** One click from nothing to a measured run. */
export function useSample(): { readonly isStarting: boolean; readonly start: () => void } {
  const { t } = useTranslation();
  const fail = useFailure();
  const [isStarting, setStarting] = useState(false);
  const start = useCallback(() => {
    setStarting(true);
    startSample(t('start.sampleName'))
      .then(
        (isPresent) => {
          if (!isPresent) notify({ message: t('start.noSample') });
        },
        (error: unknown) => fail(error, t('start.sampleFailed')),
      )
      .finally(() => setStarting(false));
  }, [t, fail]);
  return { isStarting, start };
}
