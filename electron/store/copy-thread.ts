/** Entry of the thread that copies a history (copy-elsewhere.ts). */
import { answerAsThread } from '../engine/runtime/thread.ts';
import { copyDatabase, copyFailure, type DatabaseCopy } from './copy-database.ts';

answerAsThread(async (copy: DatabaseCopy) => {
  try {
    await copyDatabase(copy);
  } catch (error) {
    throw copyFailure(error, copy.path);
  }
});
