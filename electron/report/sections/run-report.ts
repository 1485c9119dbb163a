import { decisionOf } from '../../../shared/decision.ts';
import { decisionWords, describeAxes } from '../../../shared/decision-texts.ts';
import { describeFinding, findingWords } from '../../../shared/finding-texts.ts';
import { findingsOf } from '../../../shared/findings.ts';
import type { ChartStyle } from '../../../shared/charts/chart-style.ts';
import { buildNetworkStrip, stripOf } from '../../../shared/charts/network-strip.ts';
import { describeStrip, stripWords } from '../../../shared/strip-texts.ts';
import { nameCompression } from '../../../shared/name-compression.ts';
import type { DeviceRow } from '../../../shared/device-matrix.ts';
import type { PageSize, ReportLanguage } from '../../../shared/report-options.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { formatLoss, nameLoss } from '../../../shared/task-loss.ts';
import { formatInterval, formatLedgerValue, formatRatio, formatShare } from '../../../shared/units.ts';
import { shortId } from '../../../shared/run-id.ts';
import { noteUntranslated } from '../texts/engine-note.ts';
import { describeMachine, describeSoftware, identitySection } from './identity-section.ts';
import { devicesSection } from './devices-section.ts';
import { layersSection } from './layers-section.ts';
import { latencySection, layerQualitySection, layerSpeedSection, sizeSection } from './measured-sections.ts';
import { accuracySection } from './accuracy-section.ts';
import { methodSection, recipeSection } from './reference-sections.ts';
import { chartBlock, reportChartStyle } from './report-charts.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { Block, Cell, Fact, Figure, ReportDocument, Section } from '../report-document.ts';
import { formatGateValue, formatSampleSqnr, formatTimestamp, judgeTone, nameGate } from '../texts/report-figures.ts';
import { reportTexts } from '../texts/report-languages.ts';
import type { ReportTexts } from '../texts/report-texts.ts';
import { noNames, titleOf } from './run-names.ts';
import { writeVerdict } from '../texts/write-verdict.ts';

const axisTones = { good: 'good', bad: 'bad', unproven: 'muted' } as const;

/** Size, speed and task, each in the colour of its own state. */
function headline(document: RunDocument, texts: ReportTexts): Figure[] {
  return describeAxes(decisionOf(document), document, texts.language).map(({ title, state, value, word, detail }) => ({
    label: title,
    value,
    detail: detail === '' ? word : `${word}; ${detail}`,
    tone: axisTones[state],
  }));
}

function findingBlocks(document: RunDocument, { language }: ReportTexts): Block[] {
  const words = findingWords[language];
  const findings = findingsOf(document);
  if (findings.length === 0) return [{ kind: 'paragraph', text: words.none, tone: 'muted' }];
  return [
    {
      kind: 'table',
      columns: [
        { title: words.title, fill: 1 },
        { title: words.evidence, fill: 2 },
      ],
      rows: findings.map((finding) => {
        const { title, evidence } = describeFinding(finding, language);
        return [{ text: title, tone: finding.tone === 'bad' ? 'bad' : 'warning', strong: true }, makeVisible(evidence)];
      }),
    },
  ];
}

function gateTable(document: RunDocument, texts: ReportTexts): Block[] {
  if (document.gates.length === 0) return [];
  const { words } = texts;
  return [
    {
      kind: 'table',
      columns: [
        { title: words.gate, fill: 1 },
        { title: words.limit, align: 'right' },
        { title: words.actual, align: 'right' },
        { title: words.result },
      ],
      rows: document.gates.map((gate) => [
        nameGate(gate, texts),
        formatGateValue(gate, gate.limit),
        formatGateValue(gate, gate.actual),
        { text: gate.met ? words.met : words.notMet, tone: gate.met ? 'good' : 'bad', strong: true },
      ]),
    },
  ];
}

/** The whole network at a glance; layers of control characters are told, too. */
function stripBlocks(document: RunDocument, style: ChartStyle, { language, chart }: ReportTexts): Block[] {
  const strip = stripOf(document);
  if (strip === null) return [];
  const words = stripWords[language];
  const description = makeVisible(describeStrip(strip, document.layers, language));
  return [
    chartBlock(buildNetworkStrip(strip, style, { ...words, before: chart.before, after: chart.after }), {
      title: words.title,
      description,
      heightPx: 118,
      note: description,
    }),
  ];
}

function summarySection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
  const { words } = texts;
  const { data } = document;
  const facts: Fact[] = [
    {
      label: words.data,
      value: data.random ? texts.differences['random-data'] : makeVisible(data.path ?? '–'),
      code: true,
    },
    { label: words.recipe, value: makeVisible(document.recipe.name) },
    { label: words.machine, value: describeMachine(document.environment) },
    { label: words.software, value: describeSoftware(document.environment) },
  ];
  return {
    id: 'summary',
    title: texts.sections.summary,
    blocks: [
      {
        kind: 'verdict',
        tone: judgeTone(document),
        title: decisionWords[texts.language][decisionOf(document).decision],
        lines: writeVerdict(document, texts).map(makeVisible),
      },
      { kind: 'figures', figures: headline(document, texts) },
      ...findingBlocks(document, texts),
      ...stripBlocks(document, style, texts),
      ...gateTable(document, texts),
      { kind: 'facts', facts },
    ],
  };
}

function ledgerSection(document: RunDocument, texts: ReportTexts): Section {
  const { words } = texts;
  const hasPrepared = document.ledger.some(({ prepared }) => prepared !== null);
  return {
    id: 'ledger',
    title: texts.sections.ledger,
    blocks: [
      { kind: 'paragraph', text: texts.ledgerIntro, tone: 'muted' },
      {
        kind: 'table',
        columns: [
          { title: words.claim, fill: 1 },
          { title: words.before, align: 'right' },
          ...(hasPrepared ? [{ title: words.prepared, align: 'right' as const }] : []),
          { title: words.after, align: 'right' },
          { title: words.ratio, align: 'right' },
          { title: words.interval, align: 'right' },
          { title: words.basis },
        ],
        rows: document.ledger.map((row) => [
          texts.claims[row.claim].name,
          formatLedgerValue(row.before, row.unit),
          ...(hasPrepared ? [row.prepared === null ? '' : formatLedgerValue(row.prepared, row.unit)] : []),
          formatLedgerValue(row.after, row.unit),
          { text: formatRatio(row.ratio), strong: true },
          row.ratioCi95 === null ? '' : formatInterval(row.ratioCi95, formatRatio),
          row.basis.startsWith('measured') ? texts.basisMeasured : texts.basisComputed,
        ]),
      },
      {
        kind: 'definitions',
        items: document.ledger.map((row) => [
          texts.claims[row.claim].name,
          // The run's own words where they can be read: they are what was true when it was made.
          makeVisible(
            texts.engineLanguageNote === null
              ? `${row.definition} ${capitalize(row.basis)}.`
              : texts.claims[row.claim].definition,
          ),
        ]),
      },
    ],
  };
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function candidateSection(document: RunDocument, texts: ReportTexts): Section[] {
  if (document.candidates.length === 0) return [];
  const { words } = texts;
  const ranksClasses = document.candidates.some(({ top1Agreement }) => top1Agreement !== null);
  const loss = document.candidates.find(({ taskLoss }) => taskLoss !== undefined)?.taskLoss;
  const hasWorst = document.candidates.some(({ worstTenthSqnrDb }) => worstTenthSqnrDb !== null);
  return [
    {
      id: 'candidates',
      title: texts.sections.candidates,
      blocks: [
        { kind: 'paragraph', text: texts.candidatesIntro, tone: 'muted' },
        {
          kind: 'table',
          columns: [
            { title: '' },
            { title: words.candidate, fill: 1 },
            ...(loss === undefined ? [] : [{ title: nameLoss(loss, texts.language), align: 'right' as const }]),
            { title: 'SQNR', align: 'right' },
            ...(hasWorst ? [{ title: words.worstTenth, align: 'right' as const }] : []),
            ...(ranksClasses ? [{ title: words.agreement, align: 'right' as const }] : []),
            { title: words.speedup, align: 'right' },
            { title: words.note, fill: 1 },
          ],
          rows: document.candidates.map((candidate): (Cell | string)[] => [
            { text: candidate.chosen ? '•' : '', tone: 'good', strong: true },
            {
              text: makeVisible(texts.engineText(candidate.name, candidate.nameSaid)),
              ...(candidate.chosen && { strong: true as const }),
            },
            ...(loss === undefined ? [] : [formatLoss(candidate.taskLoss)]),
            formatSampleSqnr(candidate.sqnrDb, texts),
            ...(hasWorst ? [formatSampleSqnr(candidate.worstTenthSqnrDb, texts)] : []),
            ...(ranksClasses ? [formatShare(candidate.top1Agreement)] : []),
            formatRatio(candidate.latencyRatio),
            { text: makeVisible(texts.engineText(candidate.note, candidate.noteSaid)), tone: 'muted' },
          ]),
        },
      ],
    },
  ];
}

const severityTones = { info: 'muted', warning: 'warning', error: 'bad' } as const;
const severityOrder = { error: 0, warning: 1, info: 2 } as const;

function diagnosticsSection(document: RunDocument, texts: ReportTexts): Section {
  const { words } = texts;
  const sorted = document.diagnostics.toSorted((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
  return {
    id: 'diagnostics',
    title: texts.sections.diagnostics,
    blocks:
      sorted.length === 0
        ? [{ kind: 'paragraph', text: texts.diagnosticsNone, tone: 'muted' }]
        : [
            {
              kind: 'table',
              columns: [
                { title: words.severity },
                { title: words.message, fill: 3 },
                { title: words.node, fill: 1, code: true },
              ],
              rows: sorted.map(({ severity, message, said, node }): (Cell | string)[] => [
                { text: texts.severities[severity], tone: severityTones[severity] },
                makeVisible(texts.engineText(message, said)),
                { text: node === null ? '' : makeVisible(node), tone: 'muted' },
              ]),
            },
            ...noteUntranslated(
              sorted.map(({ message }) => message),
              texts.engineText,
              texts,
            ),
          ],
  };
}

/**
 * Everything one run found out, most important first.
 * @param devices the same models on the machines of a lab, where they were measured on several.
 */
export function buildRunReport(
  document: RunDocument,
  language: ReportLanguage,
  pageSize: PageSize,
  names = noNames,
  devices: readonly DeviceRow[] = [],
): ReportDocument {
  const texts = reportTexts[language];
  const style = reportChartStyle(language);
  return {
    language,
    pageSize,
    kind: texts.compressionReport,
    title: titleOf(document.model.original.path, document.runId, names),
    subtitle: texts.runOf(shortId(document.runId), formatTimestamp(document.startedTimestampMs)),
    createdTimestampMs: document.startedTimestampMs + Math.round(document.durationMs),
    author: texts.generatedBy(document.environment.vernierVersion),
    keywords: ['ONNX', nameCompression(document.layers, 'en'), document.runId, document.model.compressed.sha256],
    labels: { contents: texts.contents, page: texts.page, moreRows: texts.moreRows },
    sections: [
      summarySection(document, style, texts),
      ...devicesSection(devices, language),
      ledgerSection(document, texts),
      accuracySection(document, style, texts),
      latencySection(document, style, texts),
      layerSpeedSection(document, style, texts),
      sizeSection(document, style, texts),
      ...layerQualitySection(document, style, texts),
      ...candidateSection(document, texts),
      diagnosticsSection(document, texts),
      identitySection(document, texts),
      recipeSection(document, texts),
      methodSection(texts),
    ],
    longTable: layersSection(document, texts),
  };
}
