import type { CompressRequest } from '../../../shared/compress-request.ts';
import type { Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open-dataset.ts';
import type { AllowedFolders } from '../files/allowed-folders.ts';
import type { ValueInfo } from '../runtime/session.ts';
import { describeTextModel } from './find-states.ts';

/**
 * The data of a run for its model: the same samples whether it is compressed, proved or measured again. Of noise there is as much as
 * the run calibrates and evaluates on.
 * @throws AppError those of `openDataset`.
 */
export function openRunData(
  { data, dims, evaluationSamples, modelPath, recipe: { calibrationSamples }, seed }: CompressRequest,
  model: { readonly inputs: readonly ValueInfo[]; readonly outputs: readonly ValueInfo[] },
  allowedFolders: AllowedFolders,
): Promise<Dataset> {
  return openDataset(data, model.inputs, {
    seed,
    dims,
    outputs: model.outputs.map(({ name }) => name),
    model: describeTextModel(modelPath, model),
    allowedFolders,
    ...(data.random ? { randomCount: calibrationSamples + (evaluationSamples ?? calibrationSamples) } : {}),
  });
}
