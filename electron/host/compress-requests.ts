import { randomUUID } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { compressRequestSchema, type CompressRequest, type DataRequest } from '../../shared/compress-request.ts';
import type { NewRun } from '../../shared/contract/requests.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { Store } from '../store/database.ts';
import { modelsFolder } from '../store/places.ts';
import type { FileAccess } from './file-access.ts';
import { assertReplaceable } from './record-run.ts';

/** @throws AppError where data, or what lies beside it, may not be read. */
export function assertDataAllowed(files: FileAccess, data: DataRequest): void {
  const { labelsPath, classesPath, preprocessorPath, textsPath, charactersPath, tokenizerPath } = data;
  const beside = [
    labelsPath,
    classesPath,
    preprocessorPath,
    textsPath,
    charactersPath,
    tokenizerPath,
    data.annotationsPath,
  ];
  for (const path of [data.path, ...beside]) {
    if (path !== null) files.assertAllowed(path);
  }
}

/** What the engine is asked for, with a place for each file that it makes. @throws AppError where a path may not be touched. */
export function toCompressRequest(request: NewRun, files: FileAccess, store: Store): CompressRequest {
  files.assertAllowed(request.modelPath);
  assertDataAllowed(files, request.data);
  if (request.outPath !== null) files.assertWritable(request.outPath);
  const runId = randomUUID();
  const name = basename(request.modelPath, extname(request.modelPath));
  // Beside the history, each run in a folder of its own: an experiment never overwrites the result of an earlier one.
  const outPath = request.outPath ?? join(modelsFolder(store.path), runId, `${name}.int8.onnx`);
  const { keepPrepared, ...settings } = request;
  const preparedPath = keepPrepared ? join(dirname(outPath), `${name}.prepared.onnx`) : null;
  return compressRequestSchema.parse({ ...settings, runId, outPath, preparedPath });
}

/** @throws AppError where somebody else's file lies in the place of a model. */
export function assertOutputsReplaceable({ modelPath, outPath, preparedPath }: CompressRequest, store: Store): void {
  assertReplaceable({ path: outPath, modelPath, otherPath: preparedPath }, false, store, {
    what: tell('outputCompressed'),
    otherwise: tell('otherwisePlace'),
  });
  if (preparedPath === null) return;
  assertReplaceable({ path: preparedPath, modelPath, otherPath: outPath }, false, store, {
    what: tell('outputPrepared'),
    otherwise: tell('otherwisePlaceOrNot'),
  });
}
