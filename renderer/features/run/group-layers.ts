import type { Layer } from '../../../shared/run.ts';

export interface LayerKind {
  readonly opType: string;
  readonly count: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly timeBeforeMs: number;
  readonly timeAfterMs: number;
}

/** Layers by operator, heaviest first by what `weight` says. */
export function groupByKind(layers: readonly Layer[], weight: (kind: LayerKind) => number): LayerKind[] {
  const kinds = new Map<string, LayerKind>();
  for (const layer of layers) {
    const old = kinds.get(layer.opType);
    kinds.set(layer.opType, {
      opType: layer.opType,
      count: (old?.count ?? 0) + 1,
      bytesBefore: (old?.bytesBefore ?? 0) + layer.bytesBefore,
      bytesAfter: (old?.bytesAfter ?? 0) + layer.bytesAfter,
      timeBeforeMs: (old?.timeBeforeMs ?? 0) + (layer.latencyBeforeMs ?? 0),
      timeAfterMs: (old?.timeAfterMs ?? 0) + (layer.latencyAfterMs ?? 0),
    });
  }
  return [...kinds.values()].sort((left, right) => weight(right) - weight(left));
}

/** The first `kept` kinds; the rest as one named `otherName`. */
export function foldRest(kinds: readonly LayerKind[], kept: number, otherName: string): LayerKind[] {
  if (kinds.length <= kept + 1) return [...kinds];
  const rest = kinds.slice(kept);
  const sum = (value: (kind: LayerKind) => number): number => rest.reduce((total, kind) => total + value(kind), 0);
  return [
    ...kinds.slice(0, kept),
    {
      opType: otherName,
      count: sum((kind) => kind.count),
      bytesBefore: sum((kind) => kind.bytesBefore),
      bytesAfter: sum((kind) => kind.bytesAfter),
      timeBeforeMs: sum((kind) => kind.timeBeforeMs),
      timeAfterMs: sum((kind) => kind.timeAfterMs),
    },
  ];
}
