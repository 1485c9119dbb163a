/**
 * Does one kind of thing to a history over and over, by the commands a person would type, and says on stdout what it was
 * told is done, line by line: `storm-process.ts KIND FOLDER`. It is killed in the middle of it (kill-storm.ts).
 */
import { copyFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { runCommandLine } from '../../electron/cli/command-line.ts';
import { findRun } from '../../electron/store/find-run.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import { listRuns } from '../../electron/store/run-rows.ts';
import { describeArtifact } from '../../electron/store/artifacts.ts';
import { finishRun, noteStage, startRun } from '../../electron/store/runs.ts';
import { writeFileAtomically } from '../../electron/engine/files/atomic-file.ts';
import { makeDocument, makeRequest } from '../store/run-fixture.ts';

const [kind = '', folder = ''] = process.argv.slice(2);
const databasePath = join(folder, 'history.db');
const options = ['--json', '--quiet', '--database', databasePath];

/** At once and unbuffered: what is told before the kill must be seen after it. */
function tell(...words: string[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}

/** Runs a command with its own output thrown away. */
async function run(...parameters: string[]): Promise<void> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  try {
    const exitCode = await runCommandLine([...parameters, ...options]);
    if (exitCode !== 0) throw new Error(`vernier ${parameters.join(' ')} ended with ${exitCode}.`);
  } finally {
    process.stdout.write = write;
  }
}

/** A run as hosts record it, with the engine's work left out: its model appears, then its row is finished. */
function recordOne(): void {
  const store = openStore(databasePath);
  const request = makeRequest();
  request.outPath = join(folder, 'models', request.runId, 'net.int8.onnx');
  const lock = startRun(store, request, Date.now());
  noteStage(store, request.runId, 'judge', Date.now());
  writeFileAtomically(request.outPath, `model of ${request.runId}`);
  finishRun(store, makeDocument(request), [describeArtifact('model', request.outPath)]);
  lock.release();
  closeStore(store);
  tell('run', request.runId);
}

tell('ready');
for (let round = 0; ; round += 1) {
  switch (kind) {
    case 'run':
      recordOne();
      break;
    case 'import':
      await run('import', join(folder, 'runs.vernier'));
      tell('imported');
      {
        const store = openStore(databasePath);
        const runIds = listRuns(store, { text: 'bundled', limit: 3 }).map(({ runId }) => runId);
        closeStore(store);
        // Removed again, so that there is something to import.
        tell('purging', ...runIds);
        await run('delete', '--purge', '--yes', ...runIds);
        tell('purged', ...runIds);
      }
      break;
    case 'delete': {
      recordOne();
      const store = openStore(databasePath);
      const { runId } = findRun(store, 'latest').summary;
      closeStore(store);
      await run('delete', runId);
      tell('deleted', runId);
      if (round % 2 === 0) {
        await run('delete', '--undo', runId);
        tell('undone', runId);
      } else {
        tell('purging', runId);
        await run('delete', '--purge', '--yes', runId);
        tell('purged', runId);
      }
      break;
    }
    case 'backup': {
      const path = join(folder, `backup-${process.pid}-${round}.db`);
      await run('backup', path);
      tell('backup', path);
      break;
    }
    case 'migrate': {
      const path = join(folder, `old-${process.pid}-${round}.db`);
      copyFileSync(join(folder, `version-${1 + (round % 3)}.db`), path);
      tell('migrating', path);
      closeStore(openStore(path));
      tell('migrated', path);
      break;
    }
    default:
      throw new Error(`There is no storm of the kind "${kind}".`);
  }
}
