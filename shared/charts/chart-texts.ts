/** The words in a chart, in the reader's language and with the capitals of what is around it. */
export interface ChartTexts {
  readonly before: string;
  /** The float model as prepared. */
  readonly prepared: string;
  readonly after: string;
  readonly latencyMs: string;
  readonly shareOfIterations: string;
  /** Within parentheses. */
  readonly median: string;
  readonly speedup: string;
  readonly otherLayers: string;
  /** Bytes of a model file that belong to no layer: scales, graph, metadata. */
  readonly restOfFile: string;
  readonly layerInGraphOrder: string;
  readonly outputSqnrDb: string;
  readonly introducedSqnrDb: string;
}
