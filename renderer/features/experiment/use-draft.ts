import { useState } from 'react';
import { withFiles, type Draft, type GivenFiles } from './draft.ts';

/** The experiment as it is being written, and what changes some of it. */
export function useDraft(
  initial: Draft,
  { modelPath, dataPath }: GivenFiles,
): { readonly draft: Draft; readonly change: (patch: Partial<Draft>) => void } {
  const [draft, setDraft] = useState(initial);
  // Files dropped or opened while this page is up arrive in the address.
  const [given, setGiven] = useState<GivenFiles>({ modelPath, dataPath });
  if (given.modelPath !== modelPath || given.dataPath !== dataPath) {
    setGiven({ modelPath, dataPath });
    setDraft((old) => withFiles(old, { modelPath, dataPath }));
  }
  return { draft, change: (patch) => setDraft((old) => ({ ...old, ...patch })) };
}
