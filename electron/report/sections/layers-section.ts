import { describePrecision, isReduced, precisionOf } from '../../../shared/precision.ts';
import type { Layer, RunDocument } from '../../../shared/run.ts';
import { describeSlowCause } from '../../../shared/slow-cause-texts.ts';
import { slowCausesOf, type SlowCause } from '../../../shared/slow-causes.ts';
import { formatCount, formatFixed, formatRatio, formatShape } from '../../../shared/units.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { Cell, LongTableSection, TableBlock } from '../report-document.ts';
import type { ReportTexts } from '../texts/report-texts.ts';

/** Decimals with which the largest value of a column keeps about four digits. */
function decimalsFor(values: readonly (number | null)[]): number {
  const largest = Math.max(0, ...values.map((value) => Math.abs(value ?? 0)));
  return largest >= 1000 ? 1 : largest >= 10 ? 2 : 3;
}

/** What became of a layer, and why it is slower. */
function describeNote(layer: Layer, cause: SlowCause | undefined, texts: ReportTexts): string {
  const slower = cause === undefined ? '' : texts.slowerBecause(describeSlowCause(cause, texts.language).sentence);
  return [texts.engineText(layer.reason, layer.reasonSaid), slower].filter((part) => part !== '').join('; ');
}

function layerTable(document: RunDocument, texts: ReportTexts): TableBlock {
  const { layers } = document;
  const causes = slowCausesOf(document);
  const { words } = texts;
  const decimals = decimalsFor(layers.flatMap((layer) => [layer.latencyBeforeMs, layer.latencyAfterMs]));
  return {
    kind: 'table',
    dense: true,
    columns: [
      { title: '#', align: 'right' },
      { title: words.layer, fill: 3, code: true },
      { title: words.operator },
      { title: words.output },
      { title: words.parameters, align: 'right' },
      { title: 'MACs', align: 'right' },
      { title: words.bits },
      { title: words.before, align: 'right' },
      { title: words.after, align: 'right' },
      { title: words.ratio, align: 'right' },
      { title: 'SQNR (dB)', align: 'right' },
      { title: words.note, fill: 2 },
    ],
    rows: layers.map((layer, index): (Cell | string)[] => {
      const { latencyBeforeMs, latencyAfterMs } = layer;
      const precision = precisionOf(layer);
      const ratio = latencyBeforeMs === null || !latencyAfterMs ? null : latencyBeforeMs / latencyAfterMs;
      return [
        { text: String(index + 1), tone: 'muted' },
        makeVisible(layer.name),
        makeVisible(layer.opType),
        formatShape(layer.outputShape),
        layer.parameters === 0 ? '–' : formatFixed(layer.parameters, 0),
        layer.macs === 0 ? '–' : formatFixed(layer.macs, 0),
        { text: describePrecision(precision, words.float), ...(!isReduced(precision) && { tone: 'muted' as const }) },
        formatFixed(latencyBeforeMs, decimals),
        formatFixed(latencyAfterMs, decimals),
        ratio === null ? '–' : { text: formatRatio(ratio), ...(ratio < 1 && { tone: 'warning' as const }) },
        formatFixed(layer.sqnrDb, 1),
        { text: makeVisible(describeNote(layer, causes.get(layer.name), texts)), tone: 'muted' },
      ];
    }),
  };
}

export function layersSection(document: RunDocument, texts: ReportTexts): LongTableSection {
  const quantizedCount = document.layers.filter((layer) => isReduced(precisionOf(layer))).length;
  return {
    id: 'layers',
    title: texts.sections.layers,
    collapsed: true,
    blocks: [
      {
        kind: 'paragraph',
        text: texts.layersIntro(formatCount(quantizedCount), formatCount(document.layers.length)),
        tone: 'muted',
      },
      layerTable(document, texts),
    ],
  };
}
