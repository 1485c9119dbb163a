import type { ChartConfiguration } from 'chart.js';
import type { RunDocument } from '../run.ts';
import { formatBytes } from '../units.ts';
import { baseOptions, type ChartStyle, legendOf, tickStyle } from './chart-style.ts';
import type { ChartTexts } from './chart-texts.ts';

export interface SizeKind {
  readonly kind: 'operator' | 'other-layers' | 'rest-of-file';
  /** Empty for the two sums. */
  readonly opType: string;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Stored bytes by op type, largest first, and what of the files belongs to no layer. */
export function sumSizeByKind(document: RunDocument, maxKinds = 4): SizeKind[] {
  const kinds = new Map<string, { bytesBefore: number; bytesAfter: number }>();
  for (const layer of document.layers) {
    if (layer.bytesBefore === 0 && layer.bytesAfter === 0) continue;
    const kind = kinds.get(layer.opType) ?? { bytesBefore: 0, bytesAfter: 0 };
    kind.bytesBefore += layer.bytesBefore;
    kind.bytesAfter += layer.bytesAfter;
    kinds.set(layer.opType, kind);
  }
  const sorted = [...kinds].toSorted((a, b) => b[1].bytesBefore - a[1].bytesBefore || a[0].localeCompare(b[0], 'en'));
  const shown: SizeKind[] = sorted
    .slice(0, maxKinds)
    .map(([opType, bytes]) => ({ kind: 'operator', opType, ...bytes }));
  const others = sorted.slice(maxKinds).map(([, bytes]) => bytes);
  if (others.length > 0) {
    shown.push({
      kind: 'other-layers',
      opType: '',
      bytesBefore: others.reduce((sum, bytes) => sum + bytes.bytesBefore, 0),
      bytesAfter: others.reduce((sum, bytes) => sum + bytes.bytesAfter, 0),
    });
  }
  const { original, compressed } = document.model;
  // Tied weights count at every layer that uses them, so the layers may add up to more than the file.
  shown.push({
    kind: 'rest-of-file',
    opType: '',
    bytesBefore: Math.max(0, original.sizeBytes - shown.reduce((sum, kind) => sum + kind.bytesBefore, 0)),
    bytesAfter: Math.max(0, compressed.sizeBytes - shown.reduce((sum, kind) => sum + kind.bytesAfter, 0)),
  });
  return shown;
}

export function nameSizeKind(kind: SizeKind, texts: ChartTexts): string {
  if (kind.kind === 'rest-of-file') return texts.restOfFile;
  return kind.kind === 'other-layers' ? texts.otherLayers : kind.opType;
}

/** What the bytes of both files are, one stacked bar each. */
export function buildSizeByKindChart(
  document: RunDocument,
  style: ChartStyle,
  texts: ChartTexts,
): ChartConfiguration<'bar'> {
  const kinds = sumSizeByKind(document);
  const { parts } = style.colors;
  return {
    type: 'bar',
    data: {
      labels: [texts.before, texts.after],
      datasets: kinds.map((kind, index) => ({
        label: nameSizeKind(kind, texts),
        data: [kind.bytesBefore, kind.bytesAfter],
        backgroundColor: kind.kind === 'rest-of-file' ? parts.at(-1)! : parts[index % (parts.length - 1)]!,
        borderColor: style.colors.surface,
        borderWidth: { left: 0, right: 0.75 },
        borderSkipped: false,
        barPercentage: 0.8,
        categoryPercentage: 0.85,
        maxBarThickness: 40,
      })),
    },
    options: {
      ...baseOptions(style),
      indexAxis: 'y',
      plugins: { legend: legendOf(style) },
      scales: {
        x: {
          stacked: true,
          min: 0,
          max: Math.max(document.model.original.sizeBytes, document.model.compressed.sizeBytes) * 1.02,
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: {
            ...tickStyle(style),
            maxTicksLimit: 7,
            includeBounds: false,
            callback: (value) => formatBytes(Number(value)).replace(/\.0+ /, ' '),
          },
        },
        y: {
          stacked: true,
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), color: style.colors.ink },
        },
      },
    },
  };
}
