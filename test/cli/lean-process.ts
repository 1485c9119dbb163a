/** Starts itself lean, its modules in the folder given, and says what it is then; with a second word, is what it would have loaded. */
import { startLean } from '../../electron/cli/start-lean.ts';

const [folder, word] = process.argv.slice(2) as [string, string?];
if (word === undefined) {
  startLean([folder, 'help'], folder);
  process.stdout.write(
    JSON.stringify({
      processId: process.pid,
      canCollect: globalThis.gc !== undefined,
      // The part of Node that strips types: it stays once it was needed.
      stripsTypes: (process as unknown as { moduleLoadList: string[] }).moduleLoadList.some((name) =>
        name.includes('amaro'),
      ),
      inherited: Object.keys(process.env).filter((name) => /^(MALLOC_|NODE_COMPILE_CACHE)/.test(name)),
    }),
  );
}
