/** A host that starts an engine which hangs, says which processes there are, and waits to be killed. */
import { runEngineJob } from '../../electron/worker/engine-client.ts';
import { stubEnginePath } from './stub-engine-path.ts';

await runEngineJob(
  { kind: 'inspect', modelPath: 'run for ever in native code, watched, with a helper', dims: {} },
  {
    signal: new AbortController().signal,
    onEvent: (event) => {
      if (event.type === 'progress') process.send?.(event.detail);
    },
    entryPath: stubEnginePath,
  },
);
