import type { ReportLanguage } from '../report-options.ts';

/** The words in a chart, in the reader's language. */
export interface ChartTexts {
  readonly before: string;
  readonly after: string;
  readonly latencyMs: string;
  readonly shareOfIterations: string;
  readonly median: string;
  readonly speedup: string;
  readonly otherLayers: string;
  /** Bytes of a model file that belong to no layer: scales, graph, metadata. */
  readonly restOfFile: string;
  readonly layerInGraphOrder: string;
  readonly outputSqnrDb: string;
}

export const chartTexts: Readonly<Record<ReportLanguage, ChartTexts>> = {
  en: {
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
  'zh-CN': {
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
};
