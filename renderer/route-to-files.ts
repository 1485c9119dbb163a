import { networksRoute, newExperimentRoute, type Route } from './route.ts';

export type FileKind = 'model' | 'bundle' | 'data-file' | 'data';

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

/**
 * A model begins an experiment, data joins the one being written, two models are compared; null when there is nothing of these. A model that
 * comes to a comparison of two files takes the place that is free, else the second.
 */
export function routeTo(paths: readonly string[], current: Route): Route | null {
  const models = paths.filter((path) => kindOfFile(path) === 'model');
  const [model, second] = models;
  if (model !== undefined && second !== undefined) return { ...networksRoute, modelPaths: [model, second] };
  if (model !== undefined && current.page === 'networks' && current.runIds.length === 0) {
    const [first, other] = current.modelPaths;
    return { ...networksRoute, modelPaths: first === null ? [model, other] : [first, model] };
  }
  const data = paths.find((path) => ['data-file', 'data'].includes(kindOfFile(path)));
  if (model === undefined && data === undefined) return null;
  const base = current.page === 'experiment' ? current : newExperimentRoute;
  return { ...base, modelPath: model ?? base.modelPath, dataPath: data ?? base.dataPath };
}
