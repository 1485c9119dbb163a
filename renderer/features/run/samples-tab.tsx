import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunDocument } from '../../../shared/run.ts';
import {
  nameAnswer,
  nameSample,
  sampleOutcomes,
  type SampleEvidence,
  type SampleRow,
} from '../../../shared/sample-evidence.ts';
import { countOutcomes, sampleWords } from '../../../shared/sample-texts.ts';
import { formatCount } from '../../../shared/units.ts';
import { Panel } from '../../components/page.tsx';
import { Table } from '../../components/table.tsx';
import { MiddleCut } from '../../components/middle-cut.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatLayerDecibels } from '../../format.ts';
import { formatSorts, parseSorts, useViewChoice } from '../../hooks/use-view-choice.ts';
import { SamplePicture } from './sample-picture.tsx';
import classes from './run-page.module.css';

const signed = (value: number | null): string =>
  value === null ? '–' : `${value > 0 ? '+' : ''}${value.toFixed(Math.abs(value) < 1 ? 3 : 2)}`;

function useLanguage(): 'en' | 'zh-CN' {
  return useTranslation().i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
}

/** What the rows have anything to say about; a task without answers is told by its error alone. */
function useSampleColumns(samples: SampleEvidence): TableColumn<SampleRow>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return useMemo(() => {
    const words = sampleWords[language];
    const has = (field: 'expected' | 'before' | 'marginBefore') => samples.rows.some((row) => row[field] !== null);
    const answer = (id: 'expected' | 'before' | 'after'): TableColumn<SampleRow> => ({
      id,
      header: words[id],
      width: 96,
      grow: 1,
      value: (row) => nameAnswer(row[id], samples),
      render: (row) => <span title={nameAnswer(row[id], samples)}>{nameAnswer(row[id], samples)}</span>,
    });
    return [
      {
        id: 'sample',
        header: words.sample,
        width: 120,
        grow: 1,
        clip: 'middle',
        value: nameSample,
        render: (row) => (
          <span title={`#${row.index}`}>
            <MiddleCut text={nameSample(row)} />
          </span>
        ),
        hideable: false,
      },
      {
        id: 'outcome',
        header: words.outcome,
        width: 92,
        value: (row) => words.outcomes[row.outcome],
        render: (row) => (
          <span className={row.outcome === 'lost' ? classes.bad : undefined}>{words.outcomes[row.outcome]}</span>
        ),
      },
      ...(has('expected') ? [answer('expected')] : []),
      ...(has('before') ? [answer('before'), answer('after')] : []),
      ...(has('marginBefore')
        ? [
            {
              id: 'margin',
              header: words.margin,
              definition: t('definition.margin'),
              width: 148,
              align: 'end' as const,
              value: (row: SampleRow) =>
                row.marginBefore === null || row.marginAfter === null ? null : row.marginAfter - row.marginBefore,
              render: (row: SampleRow) => `${signed(row.marginBefore)} → ${signed(row.marginAfter)}`,
            },
          ]
        : []),
      {
        id: 'sqnr',
        yields: true,
        header: t('column.sqnr'),
        width: 76,
        align: 'end',
        value: (row) => row.sqnrDb,
        render: (row) => formatLayerDecibels(row.sqnrDb),
      },
    ];
  }, [t, language, samples]);
}

type Shown = 'all' | SampleRow['outcome'];

/** Which samples are answered otherwise, worst first, and the classes they belong to. */
export function SamplesTab({ samples, accuracy }: { samples: SampleEvidence; accuracy: RunDocument['accuracy'] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = sampleWords[language];
  const [outcome, setOutcome] = useViewChoice('outcome', 'all');
  const [active, setActive] = useViewChoice('sample', '', 'replace');
  const [sort, setSort] = useViewChoice('samplesSort', '');
  const sortedBy = useMemo(() => parseSorts(sort), [sort]);
  const columns = useSampleColumns(samples);
  const there = sampleOutcomes.filter((outcome) => samples.rows.some((row) => row.outcome === outcome));
  const shown: Shown = there.find((known) => known === outcome) ?? 'all';
  const rows = useMemo(() => {
    const found = samples.rows.filter((row) => row.outcome === outcome);
    // All, or an outcome of an address that no sample has.
    return found.length === 0 ? samples.rows : found;
  }, [samples, outcome]);
  if (samples.rows.length === 0) return <p className={classes.empty}>{words.none}</p>;
  const options = ['all', ...there] as const;
  const hasPictures = samples.rows.some(({ picture }) => picture !== null);
  const chosen = rows.find(({ index }) => String(index) === active) ?? rows[0];
  return (
    <div
      className={hasPictures || samples.confusions.length + samples.classes.length > 0 ? classes.layers : classes.alone}
    >
      <Table
        label={words.title}
        columns={columns}
        rows={rows}
        rowId={(row) => String(row.index)}
        sortedBy={sortedBy}
        onSortedBy={(sorts) => setSort(formatSorts(sorts))}
        {...(hasPictures && {
          activeId: chosen === undefined ? null : String(chosen.index),
          onActivate: (row: SampleRow) => setActive(String(row.index)),
        })}
        withTools
        keptAs="samples"
        toolbar={
          <>
            {there.length > 1 && (
              <SegmentedControl
                size="xs"
                aria-label={words.outcome}
                value={shown}
                data={options.map((value) => ({ value, label: value === 'all' ? words.all : words.outcomes[value] }))}
                onChange={setOutcome}
              />
            )}
            <span className="muted" role="status">
              {t('samples.counts', {
                counts: countOutcomes(samples, language),
                total: formatCount(accuracy.count),
                shown: rows.length,
              })}
            </span>
          </>
        }
      />
      <div className={classes.layerSide}>
        {chosen !== undefined && hasPictures && <SamplePicture row={chosen} samples={samples} />}
        <SampleSide samples={samples} />
      </div>
    </div>
  );
}

const sideRows = 12;

/** Per class and per pair of classes, what changed most. */
function SampleSide({ samples }: { samples: SampleEvidence }) {
  const words = sampleWords[useLanguage()];
  const changed = samples.classes
    .filter(({ rightBefore, rightAfter }) => rightBefore !== rightAfter)
    .slice(0, sideRows);
  const confused = samples.confusions.filter(({ before, after }) => before !== after).slice(0, sideRows);
  return (
    <>
      {changed.length > 0 && (
        <Panel title={words.perClass} label={words.perClass}>
          <SideTable
            heads={[words.className, words.count, words.rightBefore, words.rightAfter]}
            rows={changed.map(({ class: index, count, rightBefore, rightAfter }) => ({
              words: [nameAnswer(index, samples)],
              figures: [count, rightBefore, rightAfter],
              isWorse: rightAfter < rightBefore,
            }))}
          />
        </Panel>
      )}
      {confused.length > 0 && (
        <Panel title={words.confusions} label={words.confusions}>
          <SideTable
            heads={[words.className, words.given, words.before, words.after]}
            rows={confused.map(({ expected, given, before, after }) => ({
              words: [nameAnswer(expected, samples), nameAnswer(given, samples)],
              figures: [before, after],
              isWorse: after > before,
            }))}
          />
        </Panel>
      )}
    </>
  );
}

interface SideRow {
  readonly words: readonly string[];
  readonly figures: readonly number[];
  readonly isWorse: boolean;
}

function SideTable({ heads, rows }: { heads: readonly string[]; rows: readonly SideRow[] }) {
  return (
    <table className={classes.sideTable}>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ words, figures, isWorse }) => (
          <tr key={words.join(' ')}>
            {words.map((word, column) => (
              <td key={column} title={word} className={classes.sideWord}>
                {word}
              </td>
            ))}
            {figures.map((figure, column) => (
              <td key={column} className={isWorse && column === figures.length - 1 ? classes.bad : undefined}>
                {formatCount(figure)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
