/** Entry of the thread that copies a history (copy-elsewhere.ts): one copy, one answer, then the end. */
import { parentPort, workerData } from 'node:worker_threads';
import { serializeError } from '../../shared/app-error.ts';
import { copyDatabase, copyFailure, type DatabaseCopy } from './copy-database.ts';

const copy = workerData as DatabaseCopy;
copyDatabase(copy).then(
  () => parentPort?.postMessage(null),
  (error: unknown) => parentPort?.postMessage(serializeError(copyFailure(error, copy.path))),
);
