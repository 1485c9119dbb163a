import type { Failure } from '../../../shared/app-error.ts';
import type { ChartTexts } from '../../../shared/charts/chart-texts.ts';
import type { DifferenceName } from '../../../shared/compare-runs.ts';
import type { Said } from '../../../shared/engine-texts/said.ts';
import type { MetricRow, MetricWords } from '../../../shared/metric-row.ts';
import type { Stage } from '../../../shared/events.ts';
import type { ReportLanguage } from '../../../shared/report-options.ts';
import type { ClaimName, DataFacts, Diagnostic, Gate } from '../../../shared/run.ts';

/** Every text of a report that is not a figure or a name. */
export interface ReportTexts {
  readonly compressionReport: string;
  readonly comparisonReport: string;
  readonly contents: string;
  readonly page: (page: number, pageCount: number) => string;
  readonly moreRows: (count: number) => string;
  readonly generatedBy: (version: string) => string;
  readonly runOf: (id: string, date: string) => string;
  readonly runsCompared: (count: number) => string;

  readonly sections: Readonly<
    Record<
      | 'summary'
      | 'ledger'
      | 'accuracy'
      | 'latency'
      | 'layerSpeed'
      | 'size'
      | 'layerQuality'
      | 'candidates'
      | 'diagnostics'
      | 'identity'
      | 'layers'
      | 'method'
      | 'recipe'
      | 'runs'
      | 'comparison'
      | 'comparability'
      | 'layerComparison'
      | 'verdicts',
      string
    >
  >;
  readonly words: Readonly<
    Record<
      | 'before'
      | 'prepared'
      | 'after'
      | 'ratio'
      | 'interval'
      | 'claim'
      | 'basis'
      | 'definition'
      | 'speedup'
      | 'size'
      | 'accuracy'
      | 'agreement'
      | 'worstTenth'
      | 'agree'
      | 'top1'
      | 'top5'
      | 'metric'
      | 'difference'
      | 'median'
      | 'mean'
      | 'count'
      | 'load'
      | 'peakMemory'
      | 'model'
      | 'original'
      | 'compressed'
      | 'layer'
      | 'operator'
      | 'output'
      | 'parameters'
      | 'bits'
      | 'note'
      | 'candidate'
      | 'chosen'
      | 'severity'
      | 'code'
      | 'message'
      | 'node'
      | 'gate'
      | 'limit'
      | 'actual'
      | 'result'
      | 'met'
      | 'notMet'
      | 'run'
      | 'baseline'
      | 'started'
      | 'duration'
      | 'recipe'
      | 'data'
      | 'samples'
      | 'machine'
      | 'software'
      | 'file'
      | 'setting'
      | 'value'
      | 'kind'
      | 'share'
      | 'float'
      | 'yes'
      | 'no'
      | 'identical'
      | 'faster'
      | 'slower'
      | 'smaller'
      | 'larger'
      | 'change'
      | 'cosine'
      | 'noDifference'
      | 'stages'
      | 'calibration'
      | 'evaluation'
      | 'seed'
      | 'systemLoad'
      | 'governor'
      | 'onBattery'
      | 'mainsPower'
      | 'threads'
      | 'reducedLayers',
      string
    >
  >;
  readonly claims: Readonly<Record<ClaimName, { readonly name: string; readonly definition: string }>>;
  readonly stages: Readonly<Record<Stage, string>>;
  readonly dataKinds: Readonly<Record<DataFacts['kind'], string>>;
  readonly chart: ChartTexts;
  readonly severities: Readonly<Record<Diagnostic['severity'], string>>;
  readonly gates: Readonly<Record<Gate['name'], string>>;
  readonly differences: Readonly<Record<DifferenceName, string>>;
  readonly points: (signed: string) => string;
  readonly basisComputed: string;
  readonly basisMeasured: string;

  readonly ledgerIntro: string;
  readonly accuracyIntro: (count: string) => string;
  readonly mcnemar: (onlyBefore: string, onlyAfter: string, pValue: string) => string;
  /** @param words how many samples each model does better on, and what says whether chance may have made that. */
  readonly pairedTest: (words: Readonly<Record<'label' | 'test' | 'before' | 'after' | 'pValue', string>>) => string;
  /** @param interval null in older runs. */
  readonly expectedDifference: (points: string, interval: string | null) => string;
  /** @param share null where no classes are ranked. */
  readonly agreementSentence: (share: string | null, count: string, sqnr: string, cosine: string) => string;
  /** As the share of equal first classes is over positions of samples. */
  readonly agreementAtPositions: (share: string, count: string) => string;
  readonly perSample: (mean: string, worstTenth: string) => string;
  /** Each model fed with its own states. `share` is null where nothing decides. */
  readonly closedLoop: (
    loop: Readonly<Record<'steps' | 'states' | 'sqnr' | 'worstTenth', string>> & { readonly share: string | null },
  ) => string;
  /** @param targets what is missing. */
  readonly notAccuracy: (targets: string) => string;
  readonly randomData: string;
  readonly latencyIntro: (threads: number, batch: number, cpu: string) => string;
  /** What of the speed-up is that of folding, and what that of what `means` names; ratios and intervals. */
  readonly speedPartsSentence: (parts: {
    readonly folding: string;
    readonly foldingInterval: string;
    readonly compression: string;
    readonly compressionInterval: string;
    readonly means: string;
  }) => string;
  readonly nothingFolded: (means: string) => string;
  /** Behind the interval of the speed-up. */
  readonly speedPartsDetail: (folding: string) => string;
  readonly speedupSentence: (ratio: string, interval: string) => string;
  readonly swayedMedians: (ratio: string) => string;
  readonly resolutionSentence: (ratio: string, interval: string) => string;
  readonly beyondAxis: (share: string) => string;
  readonly layerSpeedIntro: (shown: number, all: number) => string;
  readonly profileSentence: (times: {
    readonly sumBefore: string;
    readonly sumAfter: string;
    readonly overheadAfter: string;
    readonly medianBefore: string;
    readonly medianAfter: string;
  }) => string;
  readonly noLayerTimes: string;
  readonly sizeIntro: string;
  readonly layerQualityIntro: string;
  /** Where the error grows most; `before` is null where that is the first layer. */
  readonly layerBreak: (layer: string, before: string | null, after: string) => string;
  readonly layerEffects: (layers: number, samples: number, time: string) => string;
  readonly noLayerEffects: string;
  readonly candidatesIntro: string;
  readonly diagnosticsNone: string;
  readonly language: ReportLanguage;
  readonly failedAfter: (duration: string) => string;
  readonly cancelledAfter: (duration: string) => string;
  readonly nothingMeasured: string;
  /** Why a layer is slower, in the note of its row. */
  readonly slowerBecause: (cause: string) => string;
  readonly layersIntro: (quantized: string, all: string) => string;
  readonly comparisonIntro: string;
  readonly comparable: string;
  readonly listSeparator: string;
  readonly colon: string;
  readonly notComparable: string;
  readonly layerComparisonIntro: (shown: number) => string;
  readonly method: readonly (readonly [string, string])[];
  /** What the engine said, in this language where it is known. */
  readonly engineText: (text: string, said?: Said | null) => string;
  readonly metricWords: (row: MetricRow) => MetricWords;
  readonly errorText: (error: Failure) => string;
  readonly engineLanguageNote: string | null;
}
