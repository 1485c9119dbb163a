import type { ReportTexts } from './report-texts.ts';

export const englishTexts: ReportTexts = {
  compressionReport: 'Compression report',
  comparisonReport: 'Comparison report',
  contents: 'Contents',
  moreRows: (count) => `… and ${count} more; the other export formats have all of them.`,
  page: (page, pageCount) => `Page ${page} of ${pageCount}`,
  generatedBy: (version) => `Vernier ${version}`,
  runOf: (id, date) => `Run ${id}, ${date} UTC`,
  runsCompared: (count) => `${count} runs compared; the first is the baseline`,
  sections: {
    summary: 'Summary',
    ledger: 'Claim ledger',
    accuracy: 'Accuracy',
    latency: 'Latency',
    layerSpeed: 'Speed-up per layer',
    size: 'Size by kind',
    layerQuality: 'Exactness per layer',
    candidates: 'Candidates the recipe compared',
    diagnostics: 'Diagnostics',
    identity: 'What was measured, and where',
    layers: 'All layers',
    method: 'Method',
    recipe: 'Recipe',
    runs: 'Runs',
    comparison: 'Figures side by side',
    comparability: 'What can be compared',
    layerComparison: 'Layers side by side',
    verdicts: 'Verdicts',
  },
  words: {
    before: 'before',
    prepared: 'prepared',
    after: 'after',
    ratio: 'ratio',
    interval: '95 % interval',
    claim: 'claim',
    basis: 'how it was got',
    definition: 'definition',
    speedup: 'speed-up',
    size: 'size',
    accuracy: 'top-1 accuracy',
    agreement: 'agreement with the original',
    worstTenth: 'worst tenth',
    agree: 'agree',
    top1: 'top-1',
    top5: 'top-5',
    metric: 'metric',
    difference: 'difference',
    median: 'median',
    mean: 'mean',
    count: 'runs',
    load: 'load',
    peakMemory: 'peak memory',
    model: 'model',
    original: 'original',
    compressed: 'compressed',
    layer: 'layer',
    operator: 'op',
    output: 'output',
    parameters: 'parameters',
    bits: 'bits',
    note: 'note',
    candidate: 'candidate',
    chosen: 'chosen',
    severity: 'severity',
    code: 'code',
    message: 'message',
    node: 'node',
    gate: 'gate',
    limit: 'limit',
    actual: 'actual',
    result: 'result',
    met: 'met',
    notMet: 'not met',
    run: 'run',
    baseline: 'baseline',
    started: 'started (UTC)',
    duration: 'duration',
    recipe: 'recipe',
    data: 'data',
    samples: 'samples',
    machine: 'machine',
    software: 'software',
    file: 'file',
    setting: 'setting',
    value: 'value',
    kind: 'kind',
    share: 'share',
    float: 'float',
    yes: 'yes',
    no: 'no',
    identical: 'identical',
    unlabelled: 'no labels',
    faster: 'faster',
    slower: 'slower',
    smaller: 'smaller',
    larger: 'larger',
    change: 'change',
    cosine: 'cosine',
    noDifference: 'no difference this measurement can tell',
    stages: 'time per stage',
    calibration: 'calibration',
    evaluation: 'evaluation',
    seed: 'seed',
    systemLoad: 'load',
    governor: 'governor',
    onBattery: 'on battery',
    mainsPower: 'mains power',
    threads: 'threads',
    reducedLayers: 'low-bit layers',
  },
  stages: {
    prepare: 'prepare',
    analyze: 'analyze',
    data: 'data',
    calibrate: 'calibrate',
    quantize: 'quantize',
    accuracy: 'accuracy',
    latency: 'latency',
    profile: 'profile',
    judge: 'judge',
  },
  dataKinds: {
    images: 'images',
    arrays: 'arrays',
    texts: 'texts',
    'onnx-test-data': 'ONNX test data',
    random: 'random noise',
    none: 'none',
  },
  claims: {
    parameters: {
      name: 'parameters',
      definition:
        'Weight elements, tied weights once; scales and zero points are none. Quantization does not change it; folding BatchNorm takes some away, correcting a bias that was not there adds some.',
    },
    fp32EquivalentParameters: {
      name: 'fp32-equivalent parameters',
      definition: 'Sum of weight elements × stored bits / 32: what articles call “4x fewer parameters”.',
    },
    storedBytes: { name: 'stored bytes', definition: 'Size of the model file plus its external data.' },
    macs: {
      name: 'MACs',
      definition:
        'Multiply-accumulates of one inference (1 MAC = 2 FLOPs), convolutions and matrix products; quantization does not change it.',
    },
    bops: { name: 'BOPs', definition: 'Bit operations: sum over layers of MACs × weight bits × activation bits.' },
    weightedCompute: {
      name: 'weighted compute',
      definition:
        'Sum over layers of MACs × max(weight bits, activation bits) / 32: what articles call “3.5x less compute”.',
    },
    latencyMedianMs: {
      name: 'latency, median',
      definition:
        'Median wall time of one inference; the ratio is the median of interleaved pairs, with its 95 % interval.',
    },
    peakMemoryBytes: {
      name: 'peak memory',
      definition: 'Peak resident set of a fresh process that loads the model and runs it.',
    },
  },
  chart: {
    before: 'original',
    prepared: 'as prepared (float)',
    after: 'compressed',
    latencyMs: 'time of one inference (ms)',
    shareOfIterations: 'share of iterations (%)',
    median: 'median',
    speedup: 'speed-up (time before / time after)',
    otherLayers: 'other layers',
    restOfFile: 'rest of the file',
    layerInGraphOrder: 'layer, in the order of the graph',
    outputSqnrDb: 'SQNR, everything before it compressed',
    introducedSqnrDb: 'SQNR, the layer alone',
  },
  severities: { info: 'info', warning: 'warning', error: 'error' },
  gates: {
    maxAccuracyDrop: 'largest loss of top-1 accuracy (points)',
    minSpeedup: 'smallest speed-up',
    maxSizeRatio: 'largest size, compressed / original',
    maxDrop: 'largest loss of',
  },
  differences: {
    model: 'another original model',
    'evaluation-data': 'other evaluation data',
    'random-data': 'seeded noise instead of data',
    threads: 'another number of threads',
    batch: 'another batch size',
    'busy-machine': 'a busy machine at either measurement',
    cpu: 'another CPU',
    'onnx-runtime': 'another ONNX Runtime',
  },
  points: (signed) => `${signed} points`,
  basisComputed: 'computed',
  basisMeasured: 'measured',
  ledgerIntro:
    'Each ratio is before / after. MB and GB are 10^6 and 10^9 bytes. Computed figures are exact; measured ones hold for this machine and these conditions.',
  accuracyIntro: (count) => `Measured on ${count} evaluation samples that were not used for calibration.`,
  mcnemar: (onlyBefore, onlyAfter, pValue) =>
    `Only the original was right on ${onlyBefore} samples, only the compressed model on ${onlyAfter}; exact McNemar test: p = ${pValue}.`,
  pairedTest: ({ label, test, before, after, pValue }) =>
    `By ${label} the original does better on ${before} samples, the compressed model on ${after}; ${test}: p = ${pValue}.`,
  expectedDifference: (points, interval) =>
    `By how far the classes lead in both models, changes of the scores like these change top-1 on such samples by ${points} on average${interval === null ? '' : ` (95 %: ${interval})`}.`,
  agreementSentence: (share, count, sqnr, cosine) =>
    share === null
      ? `Both models compared on ${count} samples: SQNR ${sqnr}, cosine similarity ${cosine}.`
      : `Both models give the same first-ranked class on ${share} of ${count} samples; output SQNR ${sqnr}, cosine similarity ${cosine}.`,
  agreementAtPositions: (share, count) =>
    `Both models give the same first-ranked class at ${share} of the positions in ${count} samples.`,
  perSample: (mean, worst) =>
    `SQNR of each sample, which counts for at most 60 dB: mean ${mean}, worst tenth of the samples ${worst}.`,
  closedLoop: ({ steps, states, sqnr, worstTenth, share }) =>
    `In a closed loop over ${steps} steps, each model fed with its own states (${states}): SQNR ${sqnr}, worst tenth of the steps ${worstTenth}` +
    `${share === null ? '' : `, ${share} of decisions alike`}.`,
  notAccuracy: 'No labels were used: this is agreement with the original model, not accuracy.',
  randomData: 'Seeded noise stood in for data: no figure here that depends on data says anything about real inputs.',
  latencyIntro: (threads, batch, cpu) =>
    `${threads} ${threads === 1 ? 'thread' : 'threads'}, batch ${batch}, ${cpu}. Every model ran in fresh processes of its own, in short blocks that took turns.`,
  speedPartsSentence: ({ folding, foldingInterval, compression, compressionInterval, means }) =>
    `Of this, folding alone gives ${folding}, 95 % interval ${foldingInterval}, the model still in float: constants, BatchNorm and shape work are folded. Adding ${means} gives ${compression}, 95 % interval ${compressionInterval}.`,
  nothingFolded: (means) =>
    `Nothing that runs could be folded: the float model as prepared is the file as given, and the whole difference comes from ${means}.`,
  speedPartsDetail: (folding) => `; folding alone ${folding}`,
  speedupSentence: (ratio, interval) => `The compressed model is ${ratio} as fast, 95 % interval ${interval}.`,
  swayedMedians: (ratio) =>
    `The medians above are ${ratio} apart, for other programs swayed them unevenly: the speed-up is that of runs next to each other. Measure again on a quiet machine.`,
  resolutionSentence: (ratio, interval) =>
    `Control: the original against itself came to ${ratio} ${interval}; smaller differences than that cannot be told apart here.`,
  beyondAxis: (share) =>
    `${share} of the iterations took longer than the axis reaches; medians and intervals include them.`,
  layerSpeedIntro: (shown, all) =>
    shown < all
      ? `The ${shown} of ${all} timed layers that took longest in the original; every layer is in the table at the end.`
      : 'The timed layers, the ones that took longest in the original first.',
  profileSentence: ({ sumBefore, sumAfter, overheadAfter, medianBefore, medianAfter }) =>
    `Under profiling the layers add up to ${sumBefore} before and ${sumAfter} after, of which ${overheadAfter} are conversions to and from float. ` +
    `End to end one inference takes ${medianBefore} and ${medianAfter}: the difference is scheduling and the profiler’s own work.`,
  noLayerTimes: 'No layer was timed on both sides.',
  sizeIntro:
    'Bytes that layers hold in the two files, by operator, and what belongs to no layer: scales, graph, metadata.',
  layerBreak: (layer, before, after) =>
    before === null
      ? `The error is there from the first layer on: ${after} behind ${layer}.`
      : `The error grows most in ${layer}: ${before} before it, ${after} behind it.`,
  layerEffects: (layers, samples, time) =>
    `What they cost the output was measured for ${layers} layers on ${samples} samples, in ${time}.`,
  noLayerEffects: 'What each layer costs the output was not measured.',
  layerQualityIntro:
    'How much larger the signal is than the quantization noise at the output of each layer. A sudden drop names the layer that costs accuracy.',
  candidatesIntro: 'The recipe left these choices open. Each was measured before one was taken.',
  failedAfter: (duration) => `The run failed after ${duration}.`,
  cancelledAfter: (duration) => `The run was cancelled after ${duration}.`,
  nothingMeasured: 'No compressed model was written and nothing was measured.',
  diagnosticsNone: 'No diagnostics.',
  language: 'en',
  slowerBecause: (cause) => `slower: ${cause}`,
  layersIntro: (quantized, all) =>
    `${quantized} of ${all} layers are low-bit: stored or computed in fewer bits than in the original. Times in milliseconds, from a profile of each model; a dash is a value that was not measured.`,
  comparisonIntro:
    'Speed is compared by each run’s own paired ratio of original to compressed, not by milliseconds, which also contain the hour and the machine.',
  listSeparator: ', ',
  colon: ': ',
  comparable: 'All runs measured the same model on the same data and machine.',
  notComparable: 'Differs from the baseline in',
  layerComparisonIntro: (shown) =>
    `Time of one layer in the compressed model (ms) and SQNR of its output (dB); the ${shown} layers that took longest in the baseline’s original.`,
  method: [
    [
      'Latency',
      'Every variant runs in a fresh process with the same number of threads. Blocks of a few iterations are interleaved ABBA, so that drift of clock and temperature meets both alike. Warm-up lasts until times are stable. The speed-up is the median of paired ratios; its interval is a bootstrap over pairs. p99 is stated only from 1,000 iterations on.',
    ],
    [
      'Control',
      'In the same minutes the original is measured against itself. The interval of that ratio says which differences this machine could not have told from none.',
    ],
    [
      'Accuracy',
      'Shares of right answers carry Wilson score intervals. The difference is paired, sample by sample, with its own interval; the exact two-sided McNemar test looks only at samples on which the models disagree. Without labels only agreement with the original is stated.',
    ],
    [
      'Calibration and evaluation',
      'The data is split once, by a seed that is part of the run. No sample is used for both.',
    ],
    [
      'SQNR',
      '20·log10(‖x‖ / ‖x − y‖) in decibels, x from the original and y from the compressed model. 20 dB is an error of a tenth, 40 dB of a hundredth. Of several outputs each counts alike.',
    ],
    [
      'Quantization',
      'x ≈ s·(q − z) with scale s and zero point z. Weights are symmetric integers, one scale per output channel, or per block of neighbours in 4 and 2 bits, unless the recipe says otherwise; activations are uint8 with a zero point, or int8 without. Scales of activations come from the calibration samples.',
    ],
    [
      'Reproducing',
      'Model, data and both splits are named by their SHA-256. The same files, recipe and seed give the same compressed model on the same version of Vernier.',
    ],
  ],
  engineText: (text) => text,
  errorText: (error) => error.message,
  engineLanguageNote: null,
};
