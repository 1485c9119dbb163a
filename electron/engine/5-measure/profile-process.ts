import { answerCalls, connectToParent } from '../runtime/child-process.ts';
import { openSession, prepareFeeds } from '../runtime/session.ts';
import type { Feeds } from '../tensor/tensor.ts';

/** Entry of the process that profiles one model. */
export interface ProfileCalls {
  readonly profile: {
    readonly request: {
      readonly modelPath: string;
      readonly threads: number;
      readonly feeds: Feeds;
      readonly dims: Readonly<Record<string, number>>;
      readonly optimizedModelPath: string;
      readonly profilePrefix: string;
      readonly minRuns: number;
      readonly maxRuns: number;
      /** No further run begins after this once `minRuns` are done. */
      readonly maxSeconds: number;
    };
    readonly reply: { readonly runCount: number };
  };
}

answerCalls<ProfileCalls>(connectToParent(), {
  profile: async ({ modelPath, threads, feeds, dims, optimizedModelPath, profilePrefix, ...limits }) => {
    const session = await openSession(modelPath, {
      threads,
      dims,
      isAlone: true,
      optimizedModelPath,
      profilePrefix,
      config: {
        // Only the graph is read back. With its weights inside, a model above 2 GiB could not be written at all.
        'session.optimized_model_external_initializers_file_name': 'weights.bin',
        'session.optimized_model_external_initializers_min_size_in_bytes': '64',
      },
    });
    const prepared = prepareFeeds(feeds);
    const start = performance.now();
    let runCount = 0;
    while (runCount < limits.maxRuns) {
      if (runCount >= limits.minRuns && performance.now() - start > limits.maxSeconds * 1000) break;
      await session.runPrepared(prepared);
      runCount++;
    }
    session.endProfiling();
    await session.release();
    return { runCount };
  },
});
