import { nameCompression } from '../../../shared/name-compression.ts';
import { writeSettings } from '../../../shared/name-recipe.ts';
import { mainRow, type MetricRow } from '../../../shared/metric-row.ts';
import type { Estimate, Interval95, LedgerRow, ModelFacts, RunDocument } from '../../../shared/run.ts';
import { targetKindOf } from '../../../shared/target-kinds.ts';
import { targetWords } from '../../../shared/target-texts.ts';
import { formatShape } from '../../../shared/units.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import { baseNameOf } from '../texts/report-figures.ts';

/**
 * A machine-learning bill of materials of the compressed model: CycloneDX 1.6, JSON. What went in (original model, data,
 * tools, by hash), what was done (recipe), and what was measured with which interval.
 */

interface Metric {
  readonly type: string;
  readonly value: string;
  readonly slice?: string;
  readonly confidenceInterval?: { readonly lowerBound: string; readonly upperBound: string };
}

function metric(type: string, estimate: Estimate | null, slice: string): Metric[] {
  if (estimate === null) return [];
  const [low, high] = estimate.ci95;
  return [
    {
      type,
      value: String(estimate.value),
      slice,
      confidenceInterval: { lowerBound: String(low), upperBound: String(high) },
    },
  ];
}

/** A figure of the task, of both models. */
function rowMetrics(row: MetricRow, slice: string): Metric[] {
  const one = (type: string, value: number | null, ci95: Interval95 | null, of: string): Metric[] =>
    value === null
      ? []
      : ci95 === null
        ? [{ type, value: String(value), slice: of }]
        : metric(type, { value, ci95 }, of);
  return [
    ...one(row.label, row.after, row.afterCi95, `compressed model, ${slice}`),
    ...one(row.label, row.before, row.beforeCi95, `original model, ${slice}`),
    ...one(`${row.label} difference`, row.difference, row.ci95, `compressed minus original, ${slice}`),
  ];
}

function ledgerMetric(row: LedgerRow): Metric {
  return {
    type: `${row.claim} (${row.unit})`,
    value: String(row.after),
    slice: `compressed model; original ${row.before}${row.prepared === null ? '' : `, float as prepared ${row.prepared}`}, ratio before / after ${row.ratio}; ${row.basis}`,
  };
}

/** What of the speed-up needs no compression, and what compression adds. */
function speedPartMetrics({ speedupParts }: RunDocument['latency']): Metric[] {
  if (speedupParts === null) return [];
  const part = ({ ratio, ci95 }: { ratio: number; ci95: Interval95 }): Estimate => ({ value: ratio, ci95 });
  return [
    ...metric('speed-up by folding', part(speedupParts.folding), 'original / float as prepared'),
    ...metric('speed-up by compression', part(speedupParts.compression), 'float as prepared / compressed'),
  ];
}

function values(list: ModelFacts['inputs']): { readonly format: string }[] {
  return list.map(({ name, dataType, dims, anyShape }) => ({
    format: makeVisible(`${name}: ${dataType} ${formatShape(anyShape ? null : dims)}`),
  }));
}

const sha256 = (content: string) => [{ alg: 'SHA-256', content }];

function metricsOf(document: RunDocument): Metric[] {
  const { accuracy, latency, environment } = document;
  const slice = `${document.data.evaluationCount} evaluation samples`;
  return [
    ...accuracy.metrics.filter(({ against }) => against === 'targets').flatMap((row) => rowMetrics(row, slice)),
    ...(accuracy.agreement.top1 === null
      ? []
      : [{ type: 'top-1 agreement with the original', value: String(accuracy.agreement.top1), slice }]),
    ...(accuracy.agreement.sqnrDb === null
      ? []
      : [{ type: 'output SQNR (dB)', value: String(accuracy.agreement.sqnrDb), slice }]),
    {
      type: 'speed-up (time before / time after)',
      value: String(latency.speedup.ratio),
      slice: makeVisible(`${environment.cpuModel}, ${latency.threads} threads, batch ${latency.batchSize}`),
      confidenceInterval: {
        lowerBound: String(latency.speedup.ci95[0]),
        upperBound: String(latency.speedup.ci95[1]),
      },
    },
    ...speedPartMetrics(latency),
    ...document.ledger.map(ledgerMetric),
  ];
}

function limitationsOf({ data, accuracy, diagnostics }: RunDocument): string[] {
  return [
    ...(data.random
      ? ['Calibrated and evaluated on seeded noise: figures that depend on data say nothing about real inputs.']
      : []),
    ...(mainRow(accuracy) === null
      ? [
          `There are no ${targetWords(targetKindOf(accuracy), 'en').name}: agreement with the original was measured, not accuracy.`,
        ]
      : []),
    ...diagnostics
      .filter((diagnostic) => diagnostic.severity !== 'info')
      .map((diagnostic) => makeVisible(diagnostic.message)),
  ];
}

/** The models that the compressed one was made of. */
function ancestorsOf({ original, prepared }: RunDocument['model']): Record<string, unknown>[] {
  return [
    {
      type: 'machine-learning-model',
      'bom-ref': `model-${original.sha256}`,
      name: makeVisible(baseNameOf(original.path)),
      version: original.sha256.slice(0, 12),
      hashes: sha256(original.sha256),
    },
    ...(prepared === null || prepared.path === null
      ? []
      : [
          {
            type: 'machine-learning-model',
            'bom-ref': `model-${prepared.sha256!}-prepared`,
            name: makeVisible(baseNameOf(prepared.path)),
            version: prepared.sha256!.slice(0, 12),
            hashes: sha256(prepared.sha256!),
          },
        ]),
  ];
}

function dataComponent(data: RunDocument['data'], ref: string): Record<string, unknown> {
  return {
    type: 'data',
    'bom-ref': ref,
    name: makeVisible(baseNameOf(data.path ?? data.kind)),
    hashes: sha256(data.sha256!),
    data: [
      {
        type: 'dataset',
        name: makeVisible(baseNameOf(data.path ?? data.kind)),
        contents: {
          properties: [
            { name: 'vernier:kind', value: data.kind },
            { name: 'vernier:calibrationCount', value: String(data.calibrationCount) },
            { name: 'vernier:evaluationCount', value: String(data.evaluationCount) },
            ...(data.calibrationSha256 === null
              ? []
              : [{ name: 'vernier:calibrationSha256', value: data.calibrationSha256 }]),
            ...(data.evaluationSha256 === null
              ? []
              : [{ name: 'vernier:evaluationSha256', value: data.evaluationSha256 }]),
          ],
        },
      },
    ],
  };
}

export function buildModelBillOfMaterials(document: RunDocument): Record<string, unknown> {
  const { model, data, environment, recipe } = document;
  const compressedRef = `model-${model.compressed.sha256}`;
  const dataRef = data.sha256 === null ? null : `data-${data.sha256}`;
  const runtimeRef = `onnxruntime-${environment.onnxRuntimeVersion}`;
  const named = [['name', recipe.name], ['description', recipe.description], ...writeSettings(recipe)] as const;
  const settings = named.map(([name, text]) => ({ name: `vernier:recipe:${name}`, value: makeVisible(text) }));
  const limitations = limitationsOf(document);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${document.runId.toLowerCase()}`,
    version: 1,
    metadata: {
      timestamp: new Date(document.startedTimestampMs + Math.round(document.durationMs)).toISOString(),
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', name: 'Vernier', version: environment.vernierVersion }] },
      component: {
        type: 'machine-learning-model',
        'bom-ref': compressedRef,
        name: makeVisible(baseNameOf(model.compressed.path)),
        version: model.compressed.sha256.slice(0, 12),
        description: makeVisible(document.verdict.join(' ')),
        hashes: sha256(model.compressed.sha256),
        pedigree: {
          ancestors: ancestorsOf(document.model),
          notes: makeVisible(
            `Compressed by Vernier ${environment.vernierVersion} with recipe ${recipe.name}: ${nameCompression(document.layers, 'en')}.`,
          ),
        },
        modelCard: {
          modelParameters: {
            task: 'inference',
            modelArchitecture: makeVisible(`ONNX opset ${model.compressed.opset}, ${document.layers.length} layers`),
            datasets: dataRef === null ? [] : [{ ref: dataRef }],
            inputs: values(model.compressed.inputs),
            outputs: values(model.compressed.outputs),
          },
          quantitativeAnalysis: { performanceMetrics: metricsOf(document) },
          ...(limitations.length > 0 && { considerations: { technicalLimitations: limitations } }),
          properties: settings,
        },
        properties: [
          { name: 'vernier:runId', value: document.runId },
          { name: 'vernier:sizeBytes', value: String(model.compressed.sizeBytes) },
        ],
      },
    },
    components: [
      ...(dataRef === null ? [] : [dataComponent(data, dataRef)]),
      {
        type: 'library',
        'bom-ref': runtimeRef,
        name: 'onnxruntime-node',
        version: environment.onnxRuntimeVersion,
        purl: `pkg:npm/onnxruntime-node@${environment.onnxRuntimeVersion}`,
      },
    ],
    dependencies: [{ ref: compressedRef, dependsOn: [...(dataRef === null ? [] : [dataRef]), runtimeRef] }],
  };
}
