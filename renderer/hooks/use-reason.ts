import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { recognizeReason } from '../reasons.ts';

/** Says in the window's language why a layer stays in float. */
export function useReason(): (reason: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (reason) => {
      const known = recognizeReason(reason);
      return known === null ? reason : t(`reason.${known.key}`, { name: known.name });
    },
    [t],
  );
}
