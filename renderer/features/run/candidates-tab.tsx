import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Candidate } from '../../../shared/run.ts';
import { formatLoss, lossWords, nameLoss } from '../../../shared/task-loss.ts';
import { formatBytes, formatSampleDecibels, formatShare } from '../../../shared/units.ts';
import { Icon } from '../../components/icon.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatTimes } from '../../format.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import classes from './run-page.module.css';

type Numbered = Candidate & { readonly index: number };

/** What candidates were compared by where it is not SQNR. */
function lossColumn(candidates: readonly Candidate[], language: string): TableColumn<Numbered>[] {
  const loss = candidates.find(({ taskLoss }) => taskLoss !== undefined)?.taskLoss;
  if (loss === undefined) return [];
  return [
    {
      id: 'taskLoss',
      header: nameLoss(loss, language),
      definition: lossWords(loss, language).definition,
      width: 150,
      align: 'end',
      value: ({ taskLoss }) => taskLoss?.value ?? null,
      render: ({ taskLoss }) => formatLoss(taskLoss),
    },
  ];
}

/** What the recipe's "auto" compared before deciding, and which won. */
export function CandidatesTab({ candidates }: { candidates: readonly Candidate[] }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const engineText = useEngineText();
  const rows = useMemo(() => candidates.map((candidate, index): Numbered => ({ ...candidate, index })), [candidates]);
  const columns = useMemo((): TableColumn<Numbered>[] => {
    const ranksClasses = candidates.some(({ top1Agreement }) => top1Agreement !== null);
    const hasWorst = candidates.some(({ worstTenthSqnrDb }) => worstTenthSqnrDb !== null);
    const best = Math.max(1, ...candidates.map((candidate) => candidate.sqnrDb ?? 0));
    return [
      {
        id: 'name',
        header: t('column.candidate'),
        width: 366,
        grow: 1,
        value: (candidate) => candidate.name,
        render: (candidate) =>
          candidate.chosen ? (
            <span className={classes.chosen}>
              <Icon name="check" /> {engineText(candidate.name, candidate.nameSaid)}
            </span>
          ) : (
            engineText(candidate.name, candidate.nameSaid)
          ),
      },
      {
        id: 'chosen',
        header: t('column.chosen'),
        width: 80,
        value: (candidate) => candidate.chosen,
        render: (candidate) => (candidate.chosen ? t('common.yes') : ''),
      },
      ...lossColumn(candidates, language),
      {
        id: 'sqnr',
        header: t('column.sqnr'),
        definition: t('definition.candidateSqnr'),
        width: 100,
        align: 'end',
        value: (candidate) => candidate.sqnrDb ?? Number.POSITIVE_INFINITY,
        render: (candidate) => formatSampleDecibels(candidate.sqnrDb),
        heat: (candidate) => (candidate.sqnrDb === null ? 1 : Math.max(0, candidate.sqnrDb / best)),
      },
      ...(hasWorst
        ? [
            {
              id: 'worstTenth',
              header: t('column.worstTenth'),
              definition: t('definition.worstTenth'),
              width: 110,
              align: 'end' as const,
              value: (candidate: Numbered) => candidate.worstTenthSqnrDb,
              render: (candidate: Numbered) => formatSampleDecibels(candidate.worstTenthSqnrDb),
            },
          ]
        : []),
      ...(ranksClasses
        ? [
            {
              id: 'agreement',
              header: t('column.agreement'),
              definition: t('definition.agreement'),
              width: 104,
              align: 'end' as const,
              value: (candidate: Numbered) => candidate.top1Agreement,
              render: (candidate: Numbered) => formatShare(candidate.top1Agreement),
            },
          ]
        : []),
      {
        id: 'latency',
        header: t('column.speedup'),
        definition: t('definition.candidateSpeedup'),
        width: 84,
        align: 'end',
        value: (candidate) => candidate.latencyRatio,
        render: (candidate) => formatTimes(candidate.latencyRatio),
      },
      ...(candidates.some(({ sizeBytes }) => sizeBytes !== undefined)
        ? [
            {
              id: 'size',
              header: t('column.size'),
              width: 84,
              align: 'end' as const,
              value: (candidate: Numbered) => candidate.sizeBytes ?? null,
              render: (candidate: Numbered) =>
                candidate.sizeBytes === undefined ? '' : formatBytes(candidate.sizeBytes),
            },
          ]
        : []),
      {
        id: 'note',
        header: t('column.note'),
        width: 240,
        grow: 1,
        value: (candidate) => candidate.note,
        render: (candidate) => (
          <span title={engineText(candidate.note, candidate.noteSaid)}>
            {engineText(candidate.note, candidate.noteSaid)}
          </span>
        ),
      },
    ];
  }, [t, engineText, candidates, language]);
  if (candidates.length === 0) return <p className={classes.empty}>{t('candidates.none')}</p>;
  return (
    <Table
      label={t('run.tab.candidates')}
      columns={columns}
      rows={rows}
      rowId={(candidate) => String(candidate.index)}
      withTools
      keptAs="candidates"
      toolbar={<span className="muted">{t('candidates.explanation')}</span>}
    />
  );
}
