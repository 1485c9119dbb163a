import { timesOfSpeedup } from '../../../shared/paired-times.ts';
import type { ClaimName, Latency, Layer, LedgerRow } from '../../../shared/run.ts';
import { formatTimePair } from '../../../shared/units.ts';
import type { WeightInventory } from '../1-analyze/cost.ts';

/** What each claim means, in the words printed beside every figure. */
export const claimDefinitions: Readonly<Record<ClaimName, string>> = {
  parameters:
    'Weight elements, tied weights once; scales and zero points are none. Quantization does not change it; folding BatchNorm takes some away, correcting a bias that was not there adds some.',
  fp32EquivalentParameters: 'Sum of weight elements x stored bits / 32: what articles call "4x fewer parameters".',
  storedBytes: 'Size of the model file plus its external data.',
  macs: 'Multiply-accumulates of one inference (1 MAC = 2 FLOPs), convolutions and matrix products; quantization does not change it.',
  bops: 'Bit operations: sum over layers of MACs x weight bits x activation bits.',
  weightedCompute:
    'Sum over layers of MACs x max(weight bits, activation bits) / 32: what articles call "3.5x less compute".',
  latencyMedianMs:
    'Median wall time of one inference; the ratio is the median of interleaved pairs, with its 95 % interval.',
  peakMemoryBytes: 'Peak resident set of a fresh process that loads the model and runs it.',
};

export interface LedgerInput {
  readonly inventory: { readonly before: WeightInventory; readonly after: WeightInventory };
  readonly sizeBytes: { readonly before: number; readonly after: number };
  readonly layers: readonly Layer[];
  readonly latency: Latency;
}

function row(
  claim: ClaimName,
  unit: LedgerRow['unit'],
  before: number,
  after: number,
  basis: string,
  ratio: { readonly ratio: number; readonly ci95: [number, number] } | null = null,
  isPartial = false,
): LedgerRow {
  return {
    claim,
    before,
    after,
    ratio: ratio?.ratio ?? (after === 0 ? (before === 0 ? 1 : Number.MAX_VALUE) : before / after),
    ratioCi95: ratio?.ci95 ?? null,
    unit,
    definition: claimDefinitions[claim],
    basis,
    isPartial,
  };
}

/** The claim ledger: every figure with its definition, its unit and how it was got. Ratios are before / after. */
export function buildLedger({ inventory, sizeBytes, layers, latency }: LedgerInput): LedgerRow[] {
  const sum = (value: (layer: Layer) => number): number => layers.reduce((total, layer) => total + value(layer), 0);
  const macs = sum((layer) => layer.macs);
  const unknown = layers.filter((layer) => !layer.macsKnown).length;
  const isPartial = unknown > 0;
  const partial = isPartial ? `; without ${unknown} of ${layers.length} nodes, whose MACs are unknown` : '';
  const { before, after, threads } = latency;
  const measured = `measured: ${before.count} and ${after.count} interleaved inferences, batch ${latency.batchSize}, ${threads} thread${threads === 1 ? '' : 's'}, fresh processes`;
  const times = timesOfSpeedup(latency);
  const evened = times.isEvened
    ? `; the medians of all runs, ${formatTimePair(before.medianMs, after.medianMs, ' and ')}, contradict the ratio of pairs and were evened out to it`
    : '';
  return [
    row(
      'parameters',
      'count',
      inventory.before.parameters,
      inventory.after.parameters,
      'computed from the stored tensors',
    ),
    row(
      'fp32EquivalentParameters',
      'count',
      inventory.before.fp32EquivalentParameters,
      inventory.after.fp32EquivalentParameters,
      'computed from the stored tensors',
    ),
    row('storedBytes', 'bytes', sizeBytes.before, sizeBytes.after, 'measured: file sizes'),
    row('macs', 'MACs', macs, macs, `computed from the shapes of one run${partial}`, null, isPartial),
    row(
      'bops',
      'bit-operations',
      sum((layer) => layer.macs * layer.originalWeightBits * layer.originalActivationBits),
      sum((layer) => layer.macs * layer.weightBits * layer.activationBits),
      `computed from the shapes of one run and the plan${partial}`,
      null,
      isPartial,
    ),
    row(
      'weightedCompute',
      'MACs',
      sum((layer) => (layer.macs * Math.max(layer.originalWeightBits, layer.originalActivationBits)) / 32),
      sum((layer) => (layer.macs * Math.max(layer.weightBits, layer.activationBits)) / 32),
      `computed from the shapes of one run and the plan${partial}`,
      null,
      isPartial,
    ),
    row('latencyMedianMs', 'ms', times.firstMs, times.secondMs, measured + evened, latency.speedup),
    row(
      'peakMemoryBytes',
      'bytes',
      before.peakMemoryBytes,
      after.peakMemoryBytes,
      'measured: maximum resident set, one process each',
    ),
  ];
}
