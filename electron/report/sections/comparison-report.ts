import { compareRuns } from '../../../shared/compare-runs.ts';
import { decisionWords } from '../../../shared/decision-texts.ts';
import { decisionOf } from '../../../shared/decision.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import { nameCompression } from '../../../shared/name-compression.ts';
import type { PageSize, ReportLanguage } from '../../../shared/report-options.ts';
import type { RunDocument } from '../../../shared/run.ts';
import type { Block, ReportDocument, Section } from '../report-document.ts';
import { baseNameOf, judgeTone } from '../texts/report-figures.ts';
import { reportTexts } from '../texts/report-languages.ts';
import { writeVerdict } from '../texts/write-verdict.ts';
import { labelOf, letterOf } from './compared-letters.ts';
import { chartBlocks, comparabilityBlocks, runsTable, winnerBlock } from './comparison-summary.ts';
import { figuresSection, latencyRows, layerSection } from './comparison-tables.ts';
import { identitySection } from './identity-section.ts';
import { methodSection } from './reference-sections.ts';
import { noNames } from './run-names.ts';

const noThresholds = { maxAccuracyDropPoints: null, maxSpeedupDropPercent: null, maxSizeGrowthPercent: null };

/** Two to six finished runs side by side; the first is the baseline. */
export function buildComparisonReport(
  documents: readonly RunDocument[],
  language: ReportLanguage,
  pageSize: PageSize,
  names = noNames,
): ReportDocument {
  const texts = reportTexts[language];
  const comparison = compareRuns(documents, noThresholds);
  const models = [...new Set(documents.map((document) => baseNameOf(document.model.original.path)))];
  const newest = documents.reduce((a, b) => (b.startedTimestampMs > a.startedTimestampMs ? b : a));
  return {
    language,
    pageSize,
    kind: texts.comparisonReport,
    title: makeVisible(models.join(', ')),
    subtitle: texts.runsCompared(documents.length),
    createdTimestampMs: newest.startedTimestampMs + Math.round(newest.durationMs),
    author: texts.generatedBy(newest.environment.vernierVersion),
    keywords: [
      'ONNX',
      ...new Set(documents.map(({ layers }) => nameCompression(layers, 'en'))),
      ...documents.map((document) => document.runId),
    ],
    labels: { contents: texts.contents, page: texts.page, moreRows: texts.moreRows },
    sections: [
      {
        id: 'summary',
        title: texts.sections.summary,
        blocks: [
          winnerBlock(documents, texts),
          runsTable(documents, comparison, names, texts),
          ...comparabilityBlocks(comparison, texts),
          ...chartBlocks(documents, comparison, names, language, texts),
        ],
      },
      figuresSection(documents, texts),
      latencyRows(documents, texts),
      {
        id: 'verdicts',
        title: texts.sections.verdicts,
        blocks: documents.flatMap((document, index): Block[] => [
          { kind: 'heading', text: labelOf(document, index, names) },
          {
            kind: 'verdict',
            tone: judgeTone(document),
            title: decisionWords[texts.language][decisionOf(document).decision],
            lines: writeVerdict(document, texts).map(makeVisible),
          },
        ]),
      },
      ...documents.map((document, index): Section => {
        const section = identitySection(document, texts);
        return {
          ...section,
          id: `identity-${letterOf(index)}`,
          title: `${letterOf(index)}: ${section.title}`,
          collapsed: true,
        };
      }),
      methodSection(texts),
    ],
    longTable: layerSection(documents, texts),
  };
}
