import { preparedTimeOf, timesOfSpeedup } from '../../../shared/paired-times.ts';
import type { ClaimName, Latency, Layer, LedgerRow } from '../../../shared/run.ts';
import { formatTimePair } from '../../../shared/units.ts';
import type { WeightInventory } from '../1-analyze/cost.ts';

/** What each claim means, in the words printed beside every figure. */
export const claimDefinitions: Readonly<Record<ClaimName, string>> = {
  parameters:
    'Number of weights; shared weights count once, scales and zero points not at all. Quantization does not change it. Folding BatchNorm removes some; correcting the bias of a layer without one adds some.',
  fp32EquivalentParameters: 'Sum of weights x stored bits / 32. Articles call this "4x fewer parameters".',
  storedBytes: 'Size of the model file and its external data.',
  macs: 'Multiply-accumulates of one inference in convolutions and matrix products (1 MAC = 2 FLOPs). Quantization does not change it.',
  bops: 'Bit operations: MACs x weight bits x activation bits, summed over layers.',
  weightedCompute:
    'MACs x max(weight bits, activation bits) / 32, summed over layers. Articles call this "3.5x less compute".',
  latencyMedianMs:
    'Median wall time of one inference. The ratio is the median over interleaved pairs, with its 95 % interval.',
  peakMemoryBytes: 'Peak resident memory of a fresh process that loads and runs the model.',
};

/** One figure of the model as given, of the float model as prepared (null where that is the same or not known), and compressed. */
interface Sides<Value> {
  readonly before: Value;
  readonly prepared: Value | null;
  readonly after: Value;
}

export interface LedgerInput {
  readonly inventory: { readonly before: WeightInventory; readonly after: WeightInventory };
  readonly sizeBytes: { readonly before: number; readonly after: number };
  /** The float model as prepared, where that is another one than the given. */
  readonly prepared?: { readonly inventory: WeightInventory; readonly sizeBytes: number } | null;
  readonly layers: readonly Layer[];
  readonly latency: Latency;
}

function row(
  claim: ClaimName,
  unit: LedgerRow['unit'],
  { before, prepared, after }: Sides<number>,
  basis: string,
  ratio: { readonly ratio: number; readonly ci95: [number, number] } | null = null,
  isPartial = false,
): LedgerRow {
  return {
    claim,
    before,
    prepared,
    after,
    ratio: ratio?.ratio ?? (after === 0 ? (before === 0 ? 1 : Number.MAX_VALUE) : before / after),
    ratioCi95: ratio?.ci95 ?? null,
    unit,
    definition: claimDefinitions[claim],
    basis,
    isPartial,
  };
}

function pick<Value>({ before, prepared, after }: Sides<Value>, value: (of: Value) => number): Sides<number> {
  return { before: value(before), prepared: prepared === null ? null : value(prepared), after: value(after) };
}

/** How times were got: runs of every model, and what was done where medians and pairs contradict each other. */
function describeTiming(latency: Latency): string {
  const { before, prepared, after, threads } = latency;
  const counts = [before, ...(prepared === null ? [] : [prepared]), after].map(({ count }) => count);
  const evened = timesOfSpeedup(latency).isEvened
    ? `; the medians of all runs, ${formatTimePair(before.medianMs, after.medianMs, ' and ')}, contradict the ratio of the pairs and were adjusted to it`
    : '';
  return `measured: ${counts.slice(0, -1).join(', ')} and ${counts.at(-1)} interleaved inferences, batch ${latency.batchSize}, ${threads} thread${threads === 1 ? '' : 's'}, fresh processes${evened}`;
}

/** Of the ledger what one measurement of latency says, and another may say anew. */
export function latencyRows(latency: Latency): LedgerRow[] {
  const times = timesOfSpeedup(latency);
  return [
    row(
      'latencyMedianMs',
      'ms',
      { before: times.firstMs, prepared: preparedTimeOf(latency), after: times.secondMs },
      describeTiming(latency),
      latency.speedup,
    ),
    row(
      'peakMemoryBytes',
      'bytes',
      pick(latency, ({ peakMemoryBytes }) => peakMemoryBytes),
      'measured: maximum resident set, one process each',
    ),
  ];
}

/** The claim ledger: every figure with its definition, its unit and how it was got. Ratios are before / after. */
export function buildLedger({ inventory, sizeBytes, prepared = null, layers, latency }: LedgerInput): LedgerRow[] {
  const sum = (value: (layer: Layer) => number): number => layers.reduce((total, layer) => total + value(layer), 0);
  const macs = sum((layer) => layer.macs);
  const stored = 'computed from the stored tensors';
  const inventories = { ...inventory, prepared: prepared?.inventory ?? null };
  const unknown = layers.filter((layer) => !layer.macsKnown).length;
  const isPartial = unknown > 0;
  const partial = isPartial ? `; without ${unknown} of ${layers.length} nodes, whose MACs are unknown` : '';
  const planned = `computed from the shapes of one run and the plan${partial}`;
  // Folding takes none of these away, and changes no bits.
  const computed = (before: number, after: number): Sides<number> => ({ before, prepared: null, after });
  return [
    row(
      'parameters',
      'count',
      pick(inventories, ({ parameters }) => parameters),
      stored,
    ),
    row(
      'fp32EquivalentParameters',
      'count',
      pick(inventories, ({ fp32EquivalentParameters }) => fp32EquivalentParameters),
      stored,
    ),
    row('storedBytes', 'bytes', { ...sizeBytes, prepared: prepared?.sizeBytes ?? null }, 'measured: file sizes'),
    row('macs', 'MACs', computed(macs, macs), `computed from the shapes of one run${partial}`, null, isPartial),
    row(
      'bops',
      'bit-operations',
      computed(
        sum((layer) => layer.macs * layer.originalWeightBits * layer.originalActivationBits),
        sum((layer) => layer.macs * layer.weightBits * layer.activationBits),
      ),
      planned,
      null,
      isPartial,
    ),
    row(
      'weightedCompute',
      'MACs',
      computed(
        sum((layer) => (layer.macs * Math.max(layer.originalWeightBits, layer.originalActivationBits)) / 32),
        sum((layer) => (layer.macs * Math.max(layer.weightBits, layer.activationBits)) / 32),
      ),
      planned,
      null,
      isPartial,
    ),
    ...latencyRows(latency),
  ];
}
