import { changedClasses, changedConfusions, signCount } from '../../shared/confusion-matrix.ts';
import type { RunDocument } from '../../shared/run.ts';
import { nameAnswer, nameSample, type SampleEvidence, type SampleRow } from '../../shared/sample-evidence.ts';
import { countOutcomes, sampleWords } from '../../shared/sample-texts.ts';
import { formatCount, formatDecibels, formatFixed } from '../../shared/units.ts';
import { dim } from './output.ts';
import { renderTable, renderTitle } from './tables.ts';
import { textWidth, wrapText } from './wrap-text.ts';

const words = sampleWords.en;

const signed = (value: number | null): string =>
  value === null ? '–' : `${value > 0 ? '+' : ''}${formatFixed(value, Math.abs(value) < 1 ? 3 : 2)}`;

function renderRows(rows: readonly SampleRow[], evidence: SampleEvidence): string {
  const hasAnswers = rows.some(({ before, after }) => before !== null || after !== null);
  const hasExpected = rows.some(({ expected }) => expected !== null);
  const hasMargins = rows.some(({ marginBefore }) => marginBefore !== null);
  return renderTable(
    [
      { title: 'sample', fill: true },
      { title: 'outcome' },
      ...(hasExpected ? [{ title: 'expected', fill: true } as const] : []),
      ...(hasAnswers ? [{ title: 'before', fill: true } as const, { title: 'after', fill: true } as const] : []),
      ...(hasMargins ? [{ title: 'margin', align: 'right', leaveOut: 2 } as const] : []),
      { title: 'SQNR', align: 'right', leaveOut: 1 },
    ],
    rows.map((row) => [
      nameSample(row),
      words.outcomes[row.outcome],
      ...(hasExpected ? [nameAnswer(row.expected, evidence)] : []),
      ...(hasAnswers ? [nameAnswer(row.before, evidence), nameAnswer(row.after, evidence)] : []),
      ...(hasMargins ? [`${signed(row.marginBefore)} -> ${signed(row.marginAfter)}`] : []),
      row.sqnrDb === null ? '–' : formatDecibels(row.sqnrDb),
    ]),
  );
}

/** Classes and pairs that are listed at most. */
const mostListed = 20;

function renderClasses(evidence: SampleEvidence): string[] {
  const changed = changedClasses(evidence, mostListed);
  if (changed.length === 0) return [];
  const table = renderTable(
    [
      { title: 'class', fill: true },
      { title: 'samples', align: 'right' },
      { title: 'right before', align: 'right' },
      { title: 'right after', align: 'right' },
      { title: 'change', align: 'right' },
    ],
    changed.map(({ class: index, count, rightBefore, rightAfter }) => [
      nameAnswer(index, evidence),
      formatCount(count),
      formatCount(rightBefore),
      formatCount(rightAfter),
      signCount(rightAfter - rightBefore),
    ]),
  );
  return [renderTitle(words.perClass), table];
}

function renderConfusions(evidence: SampleEvidence): string[] {
  const changed = changedConfusions(evidence, mostListed);
  if (changed.length === 0) return [];
  const all = evidence.confusions.filter(({ before, after }) => before !== after).length;
  const table = renderTable(
    [
      { title: 'class', fill: true },
      { title: 'answered instead', fill: true },
      { title: 'before', align: 'right' },
      { title: 'after', align: 'right' },
      { title: 'change', align: 'right' },
    ],
    changed.map(({ expected, given, before, after }) => [
      nameAnswer(expected, evidence),
      nameAnswer(given, evidence),
      formatCount(before),
      formatCount(after),
      signCount(after - before),
    ]),
  );
  const rest = all > changed.length ? [dim(`The ${changed.length} of ${formatCount(all)} that changed most.`)] : [];
  return [renderTitle(words.confusions), table, ...rest];
}

/** Which samples are answered otherwise, worst first, and the classes they belong to. */
export function renderSamples({ samples, accuracy }: Pick<RunDocument, 'samples' | 'accuracy'>): string {
  if (samples === null) return wrapText(words.notKept, textWidth());
  const title = `${renderTitle(words.title)}: ${countOutcomes(samples, 'en')} of ${formatCount(accuracy.count)}`;
  if (samples.rows.length === 0) return title;
  const { counts, rows } = samples;
  const all = counts.lost + counts.changed + counts.gained + counts.bothWrong;
  const rest = all > rows.length ? [dim(`Only the worst ${rows.length} of them are kept.`)] : [];
  return [title, renderRows(rows, samples), ...rest, ...renderClasses(samples), ...renderConfusions(samples)].join(
    '\n',
  );
}
