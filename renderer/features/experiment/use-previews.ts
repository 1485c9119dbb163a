import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { useRequest } from '../../hooks/use-request.ts';
import { hasData, toRequest, type Draft } from './draft.ts';

/** What the engine says of the model, the data and the plan of an experiment while it is being written. */
export function usePreviews(draft: Draft) {
  const inspection = useRequest(
    'model.inspect',
    draft.modelPath === null ? null : { modelPath: draft.modelPath, dims: draft.dims },
  );
  const preview = useRequest(
    'data.preview',
    draft.modelPath === null || !hasData(draft)
      ? null
      : { modelPath: draft.modelPath, data: draft.data, dims: draft.dims },
  );
  const [planned] = useDebouncedValue(draft, 350);
  const planRequest = useMemo(() => toRequest(planned), [planned]);
  const plan = useRequest('plan.preview', planRequest === null ? null : { request: planRequest });
  return { inspection, preview, plan };
}

export type Previews = ReturnType<typeof usePreviews>;
