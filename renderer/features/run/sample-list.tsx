import { Button, SegmentedControl } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { samplesOfCell } from '../../../shared/confusion-matrix.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { nameAnswer, sampleOutcomes, type SampleEvidence, type SampleRow } from '../../../shared/sample-evidence.ts';
import { countOutcomes, sampleWords } from '../../../shared/sample-texts.ts';
import { formatCount } from '../../../shared/units.ts';
import { Icon } from '../../components/icon.tsx';
import { Table } from '../../components/table.tsx';
import { formatSorts, parseSorts, useViewChoice } from '../../hooks/use-view-choice.ts';
import { useSampleColumns } from './sample-columns.tsx';
import { SamplePicture } from './sample-picture.tsx';
import { ChangedClasses, ChangedConfusions } from './sample-side.tsx';
import { useMatrixCell } from './use-matrix-cell.ts';
import { useTextLanguage } from './use-text-language.ts';
import classes from './run-page.module.css';

type Shown = 'all' | SampleRow['outcome'];

/** Rows of the outcome and of the cell of the matrix that the address names, and what there is to choose from. */
function useShownRows(samples: SampleEvidence) {
  const [outcome, setOutcome] = useViewChoice('outcome', 'all');
  const [cell, setCell] = useMatrixCell();
  const ofCell = useMemo(() => (cell === null ? samples.rows : samplesOfCell(samples.rows, cell)), [samples, cell]);
  const there = sampleOutcomes.filter((known) => ofCell.some((row) => row.outcome === known));
  const shown: Shown = there.find((known) => known === outcome) ?? 'all';
  const rows = useMemo(
    // All, or an outcome of an address that no sample has.
    () => (shown === 'all' ? ofCell : ofCell.filter((row) => row.outcome === shown)),
    [ofCell, shown],
  );
  return { rows, there, shown, setOutcome, cell, setCell };
}

/** Which samples are answered otherwise, worst first, and the classes they belong to. */
export function SampleList(props: {
  readonly samples: SampleEvidence;
  readonly accuracy: RunDocument['accuracy'];
  /** Another view of the same. */
  readonly choice: ReactNode;
}) {
  const { t } = useTranslation();
  const { samples, accuracy } = props;
  const language = useTextLanguage();
  const words = sampleWords[language];
  const { rows, there, shown, setOutcome, cell, setCell } = useShownRows(samples);
  const [active, setActive] = useViewChoice('sample', '', 'replace');
  const [sort, setSort] = useViewChoice('samplesSort', '');
  const sortedBy = useMemo(() => parseSorts(sort), [sort]);
  const columns = useSampleColumns(samples);
  const options = ['all', ...there] as const;
  const hasPictures = samples.rows.some(({ picture }) => picture !== null);
  const hasClasses = samples.confusions.length + samples.classes.length > 0;
  const chosen = rows.find(({ index }) => String(index) === active) ?? rows[0];
  return (
    <div className={hasPictures || hasClasses ? classes.layers : classes.alone}>
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
            {hasClasses && props.choice}
            {there.length > 1 && (
              <SegmentedControl
                size="xs"
                aria-label={words.outcome}
                value={shown}
                data={options.map((value) => ({ value, label: value === 'all' ? words.all : words.outcomes[value] }))}
                onChange={setOutcome}
              />
            )}
            {cell !== null && (
              <Button
                size="compact-xs"
                variant="light"
                rightSection={<Icon name="close" size={12} />}
                aria-label={t('confusion.clearCell')}
                onClick={() => setCell(null)}
              >
                {nameAnswer(cell.expected, samples)} → {nameAnswer(cell.given, samples)}
              </Button>
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
        <ChangedClasses samples={samples} />
        <ChangedConfusions samples={samples} />
      </div>
    </div>
  );
}
