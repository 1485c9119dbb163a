import { request } from '../api.ts';
import { navigate } from './use-route.ts';

/** One click from nothing to a measured run. @returns false when this build carries no sample. */
export async function startSample(name: string): Promise<boolean> {
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
