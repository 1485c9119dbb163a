import type { RequestName } from '../../shared/contract/requests.ts';
import type { Handlers } from './answer-request.ts';
import type { RecentFiles } from './recent-files.ts';
import type { Surroundings } from './surroundings.ts';

/** Files of this machine, as far as the host may show them, and those that were used last. */
export function createFileHandlers(
  surroundings: Surroundings,
  recent: RecentFiles,
): Handlers<Extract<RequestName, `files.${string}` | `recent.${string}`>> {
  const { files } = surroundings;
  return {
    'files.pick': ({ kind, startPath, suggestedName }) => surroundings.pickFiles(kind, startPath, suggestedName),
    'files.list': ({ path }) => files.list(path),
    'files.reveal': ({ path }) => {
      files.assertAllowed(path);
      return surroundings.revealFile(path);
    },
    'recent.list': () => recent.list(),
    'recent.remove': ({ path }) => {
      recent.remove(path);
      return null;
    },
  };
}
