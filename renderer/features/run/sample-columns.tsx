import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { nameAnswer, nameSample, type SampleEvidence, type SampleRow } from '../../../shared/sample-evidence.ts';
import { sampleWords } from '../../../shared/sample-texts.ts';
import { MiddleCut } from '../../components/middle-cut.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatLayerDecibels } from '../../format.ts';
import { useTextLanguage } from './use-text-language.ts';
import classes from './run-page.module.css';

const signed = (value: number | null): string =>
  value === null ? '–' : `${value > 0 ? '+' : ''}${value.toFixed(Math.abs(value) < 1 ? 3 : 2)}`;

/** What the rows have anything to say about; a task without answers is told by its error alone. */
export function useSampleColumns(samples: SampleEvidence): TableColumn<SampleRow>[] {
  const { t } = useTranslation();
  const language = useTextLanguage();
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
