import type { ChartTexts } from '../../shared/charts.ts';
import type { DifferenceName } from '../../shared/compare-runs.ts';
import type { ReportLanguage } from '../../shared/report-options.ts';
import type { ClaimName, Diagnostic, Gate } from '../../shared/run.ts';

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
      | 'unlabelled'
      | 'faster'
      | 'slower'
      | 'smaller'
      | 'larger'
      | 'change'
      | 'cosine'
      | 'noDifference'
      | 'stages'
      | 'threads'
      | 'int8Layers',
      string
    >
  >;
  readonly claims: Readonly<Record<ClaimName, { readonly name: string; readonly definition: string }>>;
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
  readonly agreementSentence: (share: string, count: string, sqnr: string, cosine: string) => string;
  readonly notAccuracy: string;
  readonly randomData: string;
  readonly latencyIntro: (threads: number, batch: number, cpu: string) => string;
  readonly speedupSentence: (ratio: string, interval: string) => string;
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
  readonly candidatesIntro: string;
  readonly diagnosticsNone: string;
  readonly layersIntro: (quantized: string, all: string) => string;
  readonly comparisonIntro: string;
  readonly comparable: string;
  readonly listSeparator: string;
  readonly notComparable: string;
  readonly layerComparisonIntro: (shown: number) => string;
  readonly method: readonly (readonly [string, string])[];
  readonly engineLanguageNote: string | null;
}

const en: ReportTexts = {
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
    threads: 'threads',
    int8Layers: 'layers in int8',
  },
  claims: {
    parameters: {
      name: 'parameters',
      definition:
        'Weight elements, tied weights once; scales and zero points are none. Quantization does not change it; folding BatchNorm does.',
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
    after: 'compressed',
    latencyMs: 'time of one inference (ms)',
    shareOfIterations: 'share of iterations (%)',
    median: 'median',
    speedup: 'speed-up (time before / time after)',
    otherLayers: 'other layers',
    restOfFile: 'rest of the file',
    layerInGraphOrder: 'layer, in the order of the graph',
    outputSqnrDb: 'SQNR of the output (dB)',
  },
  severities: { info: 'info', warning: 'warning', error: 'error' },
  gates: {
    maxAccuracyDrop: 'largest loss of top-1 accuracy (points)',
    minSpeedup: 'smallest speed-up',
    maxSizeRatio: 'largest size, compressed / original',
  },
  differences: {
    model: 'another original model',
    'evaluation-data': 'other evaluation data',
    'random-data': 'seeded noise instead of data',
    threads: 'another number of threads',
    batch: 'another batch size',
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
  agreementSentence: (share, count, sqnr, cosine) =>
    `Both models give the same first-ranked class on ${share} of ${count} samples; output SQNR ${sqnr}, cosine similarity ${cosine}.`,
  notAccuracy: 'The data has no labels: this is agreement with the original model, not accuracy.',
  randomData: 'Seeded noise stood in for data: no figure here that depends on data says anything about real inputs.',
  latencyIntro: (threads, batch, cpu) =>
    `${threads} ${threads === 1 ? 'thread' : 'threads'}, batch ${batch}, ${cpu}. Every model ran in fresh processes of its own, in short blocks that took turns.`,
  speedupSentence: (ratio, interval) => `The compressed model is ${ratio} as fast, 95 % interval ${interval}.`,
  resolutionSentence: (ratio, interval) =>
    `Control: the original against itself came to ${ratio} ${interval}; smaller differences than that cannot be told apart here.`,
  beyondAxis: (share) =>
    `${share} of the iterations took longer than the axis reaches; medians and intervals include them.`,
  layerSpeedIntro: (shown, all) =>
    shown < all
      ? `The ${shown} of ${all} timed layers that took longest in the original; every layer is in the table at the end.`
      : 'The timed layers, the ones that took longest in the original first.',
  profileSentence: ({ sumBefore, sumAfter, overheadAfter, medianBefore, medianAfter }) =>
    `Under profiling the layers add up to ${sumBefore} before and ${sumAfter} after, of which ${overheadAfter} are conversions between float and int8. ` +
    `End to end one inference takes ${medianBefore} and ${medianAfter}: the difference is scheduling and the profiler’s own work.`,
  noLayerTimes: 'No layer was timed on both sides.',
  sizeIntro:
    'Bytes that layers hold in the two files, by operator, and what belongs to no layer: scales, graph, metadata.',
  layerQualityIntro:
    'How much larger the signal is than the quantization noise at the output of each layer. A sudden drop names the layer that costs accuracy.',
  candidatesIntro: 'The recipe left these choices open. Each was measured before one was taken.',
  diagnosticsNone: 'Nothing to report.',
  layersIntro: (quantized, all) =>
    `${quantized} of ${all} layers compute in int8. Times in milliseconds, from a profile of each model; a dash is a value that was not measured.`,
  comparisonIntro:
    'Speed is compared by each run’s own paired ratio of original to compressed, not by milliseconds, which also contain the hour and the machine.',
  listSeparator: ', ',
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
      '20·log10(‖x‖ / ‖x − y‖) in decibels, x from the original and y from the compressed model. 20 dB is an error of a tenth, 40 dB of a hundredth.',
    ],
    [
      'Quantization',
      'x ≈ s·(q − z) with scale s and zero point z. Weights are int8 and symmetric, one scale per output channel unless the recipe says otherwise; activations are uint8 with a zero point, or int8 without. Scales of activations come from the calibration samples.',
    ],
    [
      'Reproducing',
      'Model, data and both splits are named by their SHA-256. The same files, recipe and seed give the same compressed model on the same version of Vernier.',
    ],
  ],
  engineLanguageNote: null,
};

const zh: ReportTexts = {
  compressionReport: '模型压缩报告',
  comparisonReport: '压缩对比报告',
  contents: '目录',
  moreRows: (count) => `……另有 ${count} 行，完整表格见其他导出格式。`,
  page: (page, pageCount) => `第 ${page} 页，共 ${pageCount} 页`,
  generatedBy: (version) => `Vernier ${version}`,
  runOf: (id, date) => `运行 ${id}，${date} UTC`,
  runsCompared: (count) => `对比 ${count} 次运行，第一次为基准`,
  sections: {
    summary: '摘要',
    ledger: '指标台账',
    accuracy: '精度',
    latency: '延迟',
    layerSpeed: '逐层加速比',
    size: '体积构成',
    layerQuality: '逐层保真度',
    candidates: '方案搜索的候选项',
    diagnostics: '诊断信息',
    identity: '测量对象与环境',
    layers: '全部层',
    method: '方法说明',
    recipe: '压缩方案',
    runs: '参与对比的运行',
    comparison: '指标对比',
    comparability: '可比性',
    layerComparison: '逐层对比',
    verdicts: '各次运行的结论',
  },
  words: {
    before: '压缩前',
    after: '压缩后',
    ratio: '比值',
    interval: '95% 区间',
    claim: '指标',
    basis: '来源',
    definition: '定义',
    speedup: '加速比',
    size: '体积',
    accuracy: 'top-1 精度',
    agreement: '与原模型的一致率',
    top1: 'top-1',
    top5: 'top-5',
    metric: '指标',
    difference: '差值',
    median: '中位数',
    mean: '均值',
    count: '次数',
    load: '加载',
    peakMemory: '峰值内存',
    model: '模型',
    original: '原模型',
    compressed: '压缩模型',
    layer: '层',
    operator: '算子',
    output: '输出',
    parameters: '参数量',
    bits: '位宽',
    note: '备注',
    candidate: '候选项',
    chosen: '选中',
    severity: '级别',
    code: '代码',
    message: '内容',
    node: '节点',
    gate: '门限',
    limit: '限值',
    actual: '实测',
    result: '结果',
    met: '达标',
    notMet: '未达标',
    run: '运行',
    baseline: '基准',
    started: '开始时间 (UTC)',
    duration: '耗时',
    recipe: '方案',
    data: '数据',
    samples: '样本',
    machine: '机器',
    software: '软件',
    file: '文件',
    setting: '设置项',
    value: '取值',
    kind: '类别',
    share: '占比',
    float: '浮点',
    yes: '是',
    no: '否',
    identical: '完全一致',
    unlabelled: '无标签',
    faster: '更快',
    slower: '更慢',
    smaller: '更小',
    larger: '更大',
    change: '变化',
    cosine: '余弦相似度',
    noDifference: '本次测量无法分辨差异',
    stages: '各阶段耗时',
    threads: '线程数',
    int8Layers: 'int8 层数',
  },
  claims: {
    parameters: {
      name: '参数量',
      definition: '权重元素个数，共享权重只计一次，不含缩放系数和零点。量化不改变参数量，折叠 BatchNorm 会改变。',
    },
    fp32EquivalentParameters: {
      name: '等效 fp32 参数量',
      definition: '权重元素数 × 存储位宽 / 32 之和，即一些文章所说的“参数减少 4 倍”。',
    },
    storedBytes: { name: '存储字节数', definition: '模型文件及其外部数据的大小。' },
    macs: {
      name: 'MACs',
      definition: '一次推理的乘加次数（1 MAC = 2 FLOPs），含卷积和矩阵乘；量化不改变它。',
    },
    bops: { name: 'BOPs', definition: '位运算量：各层 MACs × 权重位宽 × 激活位宽之和。' },
    weightedCompute: {
      name: '加权计算量',
      definition: '各层 MACs × max(权重位宽, 激活位宽) / 32 之和，即一些文章所说的“计算量减少 3.5 倍”。',
    },
    latencyMedianMs: {
      name: '延迟中位数',
      definition: '单次推理的墙钟时间中位数；比值为交错配对测量的中位数，附 95% 区间。',
    },
    peakMemoryBytes: { name: '峰值内存', definition: '新进程加载并运行模型时的最大常驻内存。' },
  },
  chart: {
    before: '原模型',
    after: '压缩模型',
    latencyMs: '单次推理时间 (ms)',
    shareOfIterations: '迭代占比 (%)',
    median: '中位数',
    speedup: '加速比（压缩前时间 / 压缩后时间）',
    otherLayers: '其他层',
    restOfFile: '文件其余部分',
    layerInGraphOrder: '层（按图中顺序）',
    outputSqnrDb: '输出 SQNR (dB)',
  },
  severities: { info: '信息', warning: '警告', error: '错误' },
  gates: {
    maxAccuracyDrop: 'top-1 精度最大损失（百分点）',
    minSpeedup: '最小加速比',
    maxSizeRatio: '最大体积比（压缩后 / 压缩前）',
  },
  differences: {
    model: '原模型不同',
    'evaluation-data': '评估数据不同',
    'random-data': '以随机噪声代替数据',
    threads: '线程数不同',
    batch: '批大小不同',
    cpu: 'CPU 不同',
    'onnx-runtime': 'ONNX Runtime 版本不同',
  },
  points: (signed) => `${signed} 个百分点`,
  basisComputed: '计算',
  basisMeasured: '实测',
  ledgerIntro:
    '比值均为压缩前 / 压缩后。MB、GB 分别为 10^6、10^9 字节。计算值是精确的；实测值只对本机和当时的条件成立。',
  accuracyIntro: (count) => `在 ${count} 个评估样本上测得，这些样本未用于校准。`,
  mcnemar: (onlyBefore, onlyAfter, pValue) =>
    `仅原模型答对 ${onlyBefore} 个样本，仅压缩模型答对 ${onlyAfter} 个；McNemar 精确检验 p = ${pValue}。`,
  agreementSentence: (share, count, sqnr, cosine) =>
    `两个模型在 ${count} 个样本中的 ${share} 上给出相同的首选类别；输出 SQNR ${sqnr}，余弦相似度 ${cosine}。`,
  notAccuracy: '数据没有标签：这里是与原模型的一致率，不是精度。',
  randomData: '本次以随机噪声代替数据：凡依赖数据的数字都不能说明真实输入下的表现。',
  latencyIntro: (threads, batch, cpu) =>
    `${threads} 线程，批大小 ${batch}，${cpu}。每个模型在各自的新进程中以短时段轮流运行。`,
  speedupSentence: (ratio, interval) => `压缩模型的速度是原模型的 ${ratio}，95% 区间 ${interval}。`,
  resolutionSentence: (ratio, interval) =>
    `对照：原模型与自身相比为 ${ratio} ${interval}；小于此范围的差异在本机上无法分辨。`,
  beyondAxis: (share) => `${share} 的迭代超出了横轴范围；中位数和区间包含这些迭代。`,
  layerSpeedIntro: (shown, all) =>
    shown < all
      ? `${all} 个已计时的层中，原模型里耗时最长的 ${shown} 个；全部层见文末表格。`
      : '全部已计时的层，按原模型中的耗时从长到短排列。',
  profileSentence: ({ sumBefore, sumAfter, overheadAfter, medianBefore, medianAfter }) =>
    `性能剖析下各层时间之和压缩前为 ${sumBefore}，压缩后为 ${sumAfter}，其中 ${overheadAfter} 用于浮点与 int8 之间的转换。` +
    `端到端单次推理分别为 ${medianBefore} 和 ${medianAfter}，差额来自调度和剖析器本身的开销。`,
  noLayerTimes: '没有任何层在压缩前后都被计时。',
  sizeIntro: '两个文件中各算子所占的字节数，以及不属于任何层的部分：缩放系数、图结构和元数据。',
  layerQualityIntro: '每层输出处信号比量化噪声大多少。曲线骤降之处就是损失精度的层。',
  candidatesIntro: '方案中以下选项未指定，经逐一测量后选定。',
  diagnosticsNone: '没有需要报告的问题。',
  layersIntro: (quantized, all) =>
    `${all} 层中有 ${quantized} 层以 int8 计算。时间单位为毫秒，取自两个模型各自的性能剖析；短横表示未测量。`,
  comparisonIntro: '速度按每次运行自身的原模型与压缩模型配对比值来比较，而不按毫秒数，因为毫秒数还受时段和机器影响。',
  listSeparator: '、',
  comparable: '所有运行测量的是同一模型、同一数据和同一机器。',
  notComparable: '与基准的不同之处',
  layerComparisonIntro: (shown) =>
    `压缩模型中单层的时间 (ms) 及其输出 SQNR (dB)；列出基准原模型中耗时最长的 ${shown} 层。`,
  method: [
    [
      '延迟',
      '每个模型在线程数相同的新进程中运行。以数次迭代为一小段，按 ABBA 次序交错，使时钟与温度的漂移对两者影响相同。预热持续到时间稳定为止。加速比是配对比值的中位数，其区间由对配对的自助法得出。迭代满 1,000 次才给出 p99。',
    ],
    ['对照', '在同一时段内，原模型与自身对测。该比值的区间说明哪些差异在本机上无法与零差异区分。'],
    [
      '精度',
      '正确率附 Wilson 区间。差值逐样本配对，附自身的区间；双侧精确 McNemar 检验只看两个模型意见不同的样本。没有标签时只给出与原模型的一致率。',
    ],
    ['校准与评估', '数据按随机种子一次性划分，种子记录在运行中。没有样本同时用于两者。'],
    [
      'SQNR',
      '20·log10(‖x‖ / ‖x − y‖)，单位为分贝，x 来自原模型，y 来自压缩模型。20 dB 表示误差为十分之一，40 dB 表示百分之一。',
    ],
    [
      '量化',
      'x ≈ s·(q − z)，s 为缩放系数，z 为零点。权重为对称 int8，除非方案另有规定，每个输出通道一个缩放系数；激活为带零点的 uint8，或不带零点的 int8。激活的缩放系数由校准样本得出。',
    ],
    [
      '复现',
      '模型、数据及两个划分均以 SHA-256 标识。相同的文件、方案和种子在同一版本的 Vernier 上得到相同的压缩模型。',
    ],
  ],
  engineLanguageNote: '诊断内容、候选项与各层备注为引擎原文（英文）。',
};

export const reportTexts: Readonly<Record<ReportLanguage, ReportTexts>> = { en, 'zh-CN': zh };
