import { useCallback } from 'react';
import { usePickPath } from '../components/file-picker.tsx';
import { newExperimentRoute, type Route } from '../route.ts';
import { useImport } from './use-import.ts';
import { navigate, useRoute } from './use-route.ts';

type FileKind = 'model' | 'bundle' | 'data-file' | 'data';

/** What somebody means to open, by its name: images come as a folder. */
export function kindOfFile(name: string): FileKind {
  const extension = /\.[^.]+$/.exec(name.toLowerCase())?.[0];
  switch (extension) {
    case '.onnx':
      return 'model';
    case '.vernier':
      return 'bundle';
    case '.npy':
    case '.npz':
      return 'data-file';
    default:
      return 'data';
  }
}

/** A model begins an experiment, data joins the one being written; null when there is neither. */
function routeTo(paths: readonly string[], current: Route): Route | null {
  const model = paths.find((path) => kindOfFile(path) === 'model');
  const data = paths.find((path) => ['data-file', 'data'].includes(kindOfFile(path)));
  if (model === undefined && data === undefined) return null;
  const base = current.page === 'experiment' ? current : newExperimentRoute;
  return { ...base, modelPath: model ?? base.modelPath, dataPath: data ?? base.dataPath };
}

export interface OpenFiles {
  /** Files dropped, or named from outside the window. Bundles are imported, and nothing else then. */
  readonly open: (paths: readonly string[]) => void;
  readonly pickAndOpen: (kind: FileKind) => void;
}

export function useOpenFiles(): OpenFiles {
  const route = useRoute();
  const pick = usePickPath();
  const importBundle = useImport();
  const open = useCallback(
    (paths: readonly string[]) => {
      const bundles = paths.filter((path) => kindOfFile(path) === 'bundle');
      for (const path of bundles) importBundle(path);
      const next = bundles.length > 0 ? null : routeTo(paths, route);
      if (next !== null) navigate(next);
    },
    [route, importBundle],
  );
  const pickAndOpen = useCallback(
    (kind: FileKind) => {
      void pick(kind).then((path) => {
        if (path !== null) open([path]);
      });
    },
    [pick, open],
  );
  return { open, pickAndOpen };
}
