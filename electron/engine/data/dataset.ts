import type { DataFacts } from '../../../shared/run.ts';
import type { Reading } from '../files/readings.ts';
import type { AnswerOutputs, AnswerPlaces } from './answer-places.ts';
import type { BoxTargets } from './boxes/box-targets.ts';
import type { Masks } from './masks/read-masks.ts';
import type { ImagePlacement } from './image-placement.ts';
import type { TokenData } from './token-data.ts';
import type { Targets } from './targets.ts';
import type { Texts } from './texts.ts';
import type { Feeds } from '../tensor/tensor.ts';

/** The words of texts: where the first token of each stands among those that are fed, and which tag it has. */
export interface WordTargets {
  /** Over all samples. */
  readonly largestTag: number;
  /** Words that are compared, and their tags. */
  readonly of: (index: number) => { readonly places: Int32Array; readonly tags: Int32Array };
}

/** Questions about texts: which outputs say where the answer stands, in which text, and which answers are right. */
export interface AnswerTargets {
  readonly outputs: AnswerOutputs;
  /** Right answers are null where nobody says any. */
  readonly of: (index: number) => { readonly places: AnswerPlaces; readonly right: readonly string[] | null };
}

/** Two samples, and how alike somebody found them. */
export interface ScoredPair {
  readonly first: number;
  readonly second: number;
  readonly score: number;
}

/**
 * A source of samples for one model, already checked against the model's inputs: names, element types and dimensions fit.
 * Samples are read one at a time, so memory does not grow with their number.
 */
export interface Dataset {
  readonly path: string | null;
  readonly kind: DataFacts['kind'];
  readonly count: number;
  /** Class index per sample; null without labels. */
  readonly labels: Int32Array | null;
  /** Names of classes by their index, as far as the data has them. */
  readonly classNames?: ReadonlyMap<number, string> | undefined;
  /** What one sample is called, such as its file; not there where samples have no names. */
  readonly sampleName?: (index: number) => string;
  /** One sample as a small WebP, for people; not there where samples are no pictures. */
  readonly picture?: (index: number) => Promise<Uint8Array>;
  /** What an output should be for each sample; not there where the data has none. */
  readonly targets?: Targets | null;
  /** Boxes that are right in each sample; not there where the data says none. */
  readonly boxes?: BoxTargets | null;
  /** The class of each pixel; not there where the data says none. */
  readonly masks?: Masks | null;
  /** Where the pixels of an image lie in what the model sees; not there where samples are no images. */
  readonly placement?: (index: number) => ImagePlacement;
  /** How an output is read as texts; not there where nobody says so. */
  readonly texts?: Texts | null;
  /** The tags of the words of texts; not there where the data has none. */
  readonly tags?: WordTargets | null;
  /** Where answers to questions stand; not there where samples are none, or the model finds none. */
  readonly answers?: AnswerTargets | null;
  /** Samples that belong together; not there where the data has none. */
  readonly scoredPairs?: readonly ScoredPair[] | null;
  /** The tokens of texts; not there where samples are none. */
  readonly tokens?: TokenData;
  /** What the user should know about how the data was read: defaults taken, values converted, files left out. */
  readonly notes: readonly string[];
  /**
   * How many samples one run of the model takes: the model's own fixed batch size; 1 when samples are whole feeds that
   * cannot be stacked; null when the model takes any number. `readBatch` does the stacking.
   */
  readonly fixedBatchSize: number | null;
  /** Every file read, as it was before its first use. */
  readonly readings: readonly Reading[];
  /** Over the sorted relative paths and contents of everything read; null for noise. */
  readonly sha256: string | null;
  /** Identity of one sample (hash of its content, labels left out), for finding duplicates and naming splits. */
  readonly sampleSha256: (index: number) => Promise<string>;
  /**
   * Feeds for exactly one sample: every tensor with leading dimension 1, or the model's own shape where its inputs have
   * no batch dimension.
   */
  readonly read: (index: number) => Promise<Feeds>;
  /** Outputs stored beside the sample, by name or as `output_0` … ; null where the kind of data has none. */
  readonly readExpectedOutputs: ((index: number) => Promise<Feeds>) | null;
  readonly close: () => Promise<void>;
}
