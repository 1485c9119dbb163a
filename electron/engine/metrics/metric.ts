import type { MetricName, MetricRow } from '../../../shared/metric-row.ts';
import type { ScoredPair } from '../data/dataset.ts';
import type { TokenPooling } from '../data/token-pooling.ts';
import type { ScoreLayout } from './class-scores.ts';
import type { OutputPair } from './closeness.ts';
import type { Task } from './task.ts';

/** What is compared, known before the first sample. */
export interface MetricFacts {
  /** The output that ranks classes; null where none does. */
  readonly classOutput: string | null;
  /** The output that gives one vector a sample, where nothing ranks classes; null where none does. */
  readonly vectorOutput: string | null;
  /** How its vectors of tokens become one of a text; not there where it has none of tokens. */
  readonly pooling?: Pick<TokenPooling, 'kind' | 'source'> | null;
  /** Whether an output is read as texts. */
  readonly readsTexts: boolean;
  /** Whether an output ranks the token that comes next in a text. */
  readonly predictsTokens: boolean;
  /** Whether an output tags words that have right tags; not there where none does. */
  readonly tagsWords?: boolean;
  /** Whether outputs say where answers stand; not there where none do. */
  readonly findsAnswers?: boolean;
  /** Whether samples have a class index. */
  readonly labelled: boolean;
  /** What the data calls its targets; null where it has none. */
  readonly targetName: string | null;
  /** What the targets are for; null without targets that are compared with an output. */
  readonly task: Task | null;
  /** Samples that belong together, and how alike somebody found them; not there where the data has none. */
  readonly scoredPairs?: readonly ScoredPair[] | null;
  /** Names of classes by their index, as far as the data has them. */
  readonly classNames?: ReadonlyMap<number, string>;
  /** Parts that the compared outputs are made of. */
  readonly partCount: number;
}

/** One evaluation sample as both models answered it. */
export interface MetricSample {
  /** Its place in the dataset. */
  readonly index: number;
  /** Null where no output holds class scores. */
  readonly scores: { readonly pair: OutputPair; readonly layout: ScoreLayout } | null;
  /** Null without `vectorOutput`. */
  readonly vector: OutputPair | null;
  /** What both models read, and the right text where it is known; null where no output is read as texts. */
  readonly text: { readonly read: readonly [before: string, after: string]; readonly target: string | null } | null;
  /** What both models say of the tokens of the text; null where no output predicts them. */
  readonly next: NextTokens | null;
  /** Tags of words, as both models give them and as they are right; not there where no output tags words. */
  readonly tags?: WordTags | null;
  /** What both models answer, and the right answers where they are known; not there where no output finds answers. */
  readonly answer?: {
    readonly read: readonly [before: string, after: string];
    readonly targets: readonly string[] | null;
  } | null;
  /** Every compared output, part by part. */
  readonly values: readonly OutputPair[];
  /** Whether `values` hold neither NaN nor infinity. */
  readonly isFinite: boolean;
  /** Its class index; null without labels. */
  readonly label: number | null;
  /** Null without targets. */
  readonly target: ComparedTarget | null;
}

/** The class of each word of a text. */
export interface WordTags {
  readonly pair: readonly [before: Int32Array, after: Int32Array];
  readonly right: Int32Array;
}

/** Scores of the next token after each one of a text. */
export interface NextTokens {
  /** T x `vocabulary` of each model. */
  readonly pair: OutputPair;
  readonly vocabulary: number;
  /** The tokens of the text, and where the first of them stands among the T. */
  readonly ids: Int32Array;
  readonly start: number;
}

/** What is right for a sample, and what both models give instead. */
export interface ComparedTarget {
  readonly values: ArrayLike<number>;
  /** Of `values`, without the dimension of samples. */
  readonly dims: readonly number[];
  readonly outputs: OutputPair;
  /** Of the outputs, without the dimension of samples. */
  readonly outputDims: readonly number[];
}

/** Figures of one kind that are counted in one go, such as top-1 and top-5. */
export interface Metric {
  readonly names: readonly MetricName[];
  readonly accepts: (facts: MetricFacts) => boolean;
  readonly start: (facts: MetricFacts) => RunningMetric;
}

/** Keeps counts and sums of the samples it has seen, never their outputs. */
export interface RunningMetric {
  readonly add: (sample: MetricSample) => void;
  /** Empty where the samples turned out to have no such figure. */
  readonly report: () => readonly MetricRow[];
}
