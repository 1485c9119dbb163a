import type { PageSize, ReportLanguage } from '../../../shared/report-options.ts';
import type { EndedRunDocument } from '../../../shared/run.ts';
import { formatDuration } from '../../../shared/units.ts';
import { shortId } from '../../../shared/run-id.ts';
import { noteUntranslated } from '../texts/engine-note.ts';
import { recipeSection } from './reference-sections.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { ReportDocument } from '../report-document.ts';
import { formatTimestamp } from '../texts/report-figures.ts';
import { noNames, titleOf } from './run-names.ts';
import { reportTexts } from '../texts/report-languages.ts';

/** A run that failed or was cancelled: what was asked for, how far it came in time, and why it ended. */
export function buildEndedRunReport(
  document: EndedRunDocument,
  language: ReportLanguage,
  pageSize: PageSize,
  names = noNames,
): ReportDocument {
  const texts = reportTexts[language];
  const { words } = texts;
  const hasFailed = document.status === 'failed';
  return {
    language,
    pageSize,
    kind: texts.compressionReport,
    title: titleOf(document.modelPath, document.runId, names),
    subtitle: texts.runOf(shortId(document.runId), formatTimestamp(document.startedTimestampMs)),
    createdTimestampMs: document.startedTimestampMs + Math.round(document.durationMs),
    author: 'Vernier',
    keywords: ['ONNX', document.runId, document.status],
    labels: { contents: texts.contents, page: texts.page, moreRows: texts.moreRows },
    longTable: null,
    sections: [
      {
        id: 'summary',
        title: texts.sections.summary,
        blocks: [
          {
            kind: 'verdict',
            tone: hasFailed ? 'bad' : 'warning',
            lines: [
              (hasFailed ? texts.failedAfter : texts.cancelledAfter)(
                formatDuration(document.durationMs, texts.language),
              ),
              makeVisible(texts.errorText(document.error)),
            ],
          },
          { kind: 'paragraph', text: texts.nothingMeasured },
          {
            kind: 'facts',
            facts: [
              { label: words.run, value: document.runId, code: true },
              { label: words.started, value: formatTimestamp(document.startedTimestampMs) },
              { label: words.model, value: makeVisible(document.modelPath), code: true },
              { label: words.data, value: makeVisible(document.dataPath ?? '–'), code: true },
              { label: words.threads, value: String(document.threads) },
              { label: words.code, value: makeVisible(document.error.code) },
            ],
          },
          ...noteUntranslated([document.error.message], () => texts.errorText(document.error), texts),
        ],
      },
      recipeSection(document, texts),
    ],
  };
}
