import { useCallback, useState } from 'react';
import { usePickPath } from '../components/file-picker.tsx';
import { kindOfFile, routeTo, type FileKind } from '../route-to-files.ts';
import { useImport } from './use-import.ts';
import { navigate, useRoute } from './use-route.ts';

export interface OpenFiles {
  /** Files dropped, or named from outside the window. Bundles are offered for import, and nothing else is opened then. */
  readonly open: (paths: readonly string[]) => void;
  /** Bundles that came by themselves: a stranger's runs enter the history only when the user says so. */
  readonly offeredBundles: readonly string[];
  readonly answerOffer: (accepted: boolean) => void;
  readonly pickAndOpen: (kind: FileKind) => void;
}

export function useOpenFiles(): OpenFiles {
  const route = useRoute();
  const pick = usePickPath();
  const importBundle = useImport();
  const [offeredBundles, setOfferedBundles] = useState<readonly string[]>([]);
  const open = useCallback(
    (paths: readonly string[]) => {
      const bundles = paths.filter((path) => kindOfFile(path) === 'bundle');
      if (bundles.length > 0) setOfferedBundles((before) => [...new Set([...before, ...bundles])]);
      const next = bundles.length > 0 ? null : routeTo(paths, route);
      if (next !== null) navigate(next);
    },
    [route],
  );
  const answerOffer = useCallback(
    (accepted: boolean) => {
      if (accepted) for (const path of offeredBundles) importBundle(path);
      setOfferedBundles([]);
    },
    [offeredBundles, importBundle],
  );
  const pickAndOpen = useCallback(
    (kind: FileKind) => {
      void pick(kind).then((path) => {
        if (path === null) return;
        if (kind === 'bundle') importBundle(path);
        else open([path]);
      });
    },
    [pick, open, importBundle],
  );
  return { open, offeredBundles, answerOffer, pickAndOpen };
}
