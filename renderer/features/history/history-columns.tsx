import type { TFunction } from 'i18next';
import { ActionIcon } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { decisionWords } from '../../../shared/decision-texts.ts';
import type { RunRow } from '../../../shared/contract/results.ts';
import { formatBytes, formatDuration, formatMs } from '../../../shared/units.ts';
import { Icon } from '../../components/icon.tsx';
import {
  AccuracyCell,
  DecisionMark,
  describeTask,
  runTitle,
  sizeRatio,
  StatusMark,
  Tags,
} from '../../components/run-cells.tsx';
import { MiddleCut } from '../../components/middle-cut.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { fileNameOf, formatTimes, formatTimestamp } from '../../format.ts';
import { formatRoute } from '../../route.ts';
import classes from './history-page.module.css';
import type { HistoryRow } from './use-run-pages.ts';

const deviceTag = 'device:';

/** The device of the lab that a run came from; null for one of this machine. */
function deviceOf({ tags }: RunRow): string | null {
  return tags.find((tag) => tag.startsWith(deviceTag))?.slice(deviceTag.length) ?? null;
}

/** What columns are made from. */
interface ColumnFacts {
  readonly t: TFunction;
  readonly language: string;
  readonly toggleStar: (row: RunRow) => void;
  readonly hasDevices: boolean;
}

/** A row whose run is not loaded yet is empty. */
export function useHistoryColumns(
  toggleStar: (row: RunRow) => void,
  language: string,
  hasDevices: boolean,
): TableColumn<HistoryRow>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const made = columns.map((make) => make({ t, language, toggleStar, hasDevices }));
    return hasDevices ? made : made.filter(({ id }) => id !== 'device');
  }, [t, language, toggleStar, hasDevices]);
}

const draw =
  (cell: (run: RunRow) => ReactNode) =>
  (row: HistoryRow): ReactNode =>
    row.run === null ? '' : cell(row.run);
const shown =
  (of: (run: RunRow) => string) =>
  (row: HistoryRow): string =>
    row.run === null ? '' : of(row.run);
const value =
  (of: (run: RunRow) => string | number | null) =>
  (row: HistoryRow): string | number | null =>
    row.run === null ? null : of(row.run);

const columns: readonly ((facts: ColumnFacts) => TableColumn<HistoryRow>)[] = [
  ({ t, toggleStar }) => ({
    id: 'starred',
    header: '★',
    width: 36,
    sortable: false,
    value: value((run) => (run.starred ? '★' : '')),
    render: draw((run) => (
      <ActionIcon
        size="xs"
        tabIndex={-1}
        className={classes.star}
        data-on={run.starred || undefined}
        aria-label={t(run.starred ? 'run.unstar' : 'run.star')}
        aria-pressed={run.starred}
        onClick={(event) => {
          event.stopPropagation();
          toggleStar(run);
        }}
      >
        <Icon name="star" size={14} filled={run.starred} />
      </ActionIcon>
    )),
  }),
  ({ t }) => ({
    id: 'name',
    header: t('column.run'),
    width: 186,
    grow: 4,
    hideable: false,
    value: value(runTitle),
    render: draw((run) => (
      <a
        className={classes.name}
        tabIndex={-1}
        href={formatRoute({ page: 'run', runId: run.runId })}
        title={run.notes === '' ? runTitle(run) : run.notes}
      >
        {runTitle(run)}
      </a>
    )),
  }),
  ({ t }) => ({
    id: 'status',
    header: t('column.status'),
    width: 84,
    value: value((run) => run.status),
    shown: shown((run) => t(`status.${run.status}`)),
    render: draw((run) => (
      <span title={run.errorMessage ?? ''}>
        <StatusMark status={run.status} gatesMet={run.gatesMet} />
      </span>
    )),
  }),
  ({ t, language }) => ({
    id: 'decision',
    header: t('column.decision'),
    width: 92,
    value: value((run) => run.decision),
    shown: shown((run) =>
      run.decision === null ? '–' : decisionWords[language === 'zh-CN' ? 'zh-CN' : 'en'][run.decision],
    ),
    render: draw((run) => <DecisionMark decision={run.decision} />),
  }),
  ({ t }) => ({
    id: 'modelPath',
    header: t('column.model'),
    width: 84,
    grow: 1,
    clip: 'middle',
    value: value((run) => fileNameOf(run.modelPath)),
    shown: shown((run) => fileNameOf(run.modelPath)),
    render: draw((run) => (
      <span title={run.modelPath}>
        <MiddleCut text={fileNameOf(run.modelPath)} />
      </span>
    )),
  }),
  ({ t }) => ({
    id: 'recipeName',
    header: t('column.recipe'),
    width: 130,
    grow: 0.7,
    initiallyHidden: true,
    value: value((run) => run.recipeName),
  }),
  ({ t }) => ({
    id: 'threads',
    header: t('column.threads'),
    width: 72,
    align: 'end',
    sortable: false,
    initiallyHidden: true,
    value: value((run) => run.threads),
  }),
  ({ t }) => ({
    id: 'speedupRatio',
    header: t('column.speedup'),
    width: 88,
    align: 'end',
    value: value((run) => run.speedupRatio),
    render: draw((run) => formatTimes(run.speedupRatio)),
  }),
  ({ t }) => ({
    id: 'latencyMedianMsAfter',
    yields: true,
    header: t('column.latencyAfter'),
    width: 78,
    align: 'end',
    value: value((run) => run.latencyMedianMsAfter),
    render: draw((run) => formatMs(run.latencyMedianMsAfter)),
  }),
  ({ t }) => ({
    id: 'sizeBytesAfter',
    header: t('column.size'),
    width: 112,
    align: 'end',
    // In the order of what is shown first: the bytes, not how much smaller they are.
    value: value((run) => run.sizeBytesAfter),
    render: draw((run) =>
      run.sizeBytesAfter === null ? (
        '–'
      ) : (
        <>
          {formatBytes(run.sizeBytesAfter)} <span className="muted">{formatTimes(sizeRatio(run))}</span>
        </>
      ),
    ),
  }),
  ({ t }) => ({
    id: 'mainLossPercent',
    header: t('column.task'),
    definition: t('definition.taskLoss'),
    width: 104,
    align: 'end',
    // By what was lost: figures of different tasks have no common order.
    value: value((run) => run.mainLossPercent),
    shown: shown(describeTask),
    render: draw((run) => <AccuracyCell row={run} />),
  }),
  ({ t }) => ({
    id: 'device',
    header: t('column.device'),
    width: 84,
    grow: 0.4,
    sortable: false,
    value: value((run) => deviceOf(run) ?? ''),
  }),
  ({ t, hasDevices }) => ({
    id: 'tags',
    header: t('run.tags'),
    width: 80,
    grow: 0.8,
    sortable: false,
    ...(hasDevices ? { yields: true } : {}),
    value: value((run) => run.tags.join(', ')),
    // The device has a column of its own.
    render: draw((run) => <Tags tags={run.tags.filter((tag) => !tag.startsWith(deviceTag))} />),
  }),
  ({ t, language }) => ({
    id: 'durationMs',
    header: t('column.duration'),
    width: 92,
    align: 'end',
    initiallyHidden: true,
    value: value((run) => run.durationMs),
    render: draw((run) => formatDuration(run.durationMs, language)),
  }),
  ({ t, language }) => ({
    id: 'startedTimestampMs',
    header: t('column.started'),
    width: 122,
    align: 'end',
    value: value((run) => run.startedTimestampMs),
    render: draw((run) => formatTimestamp(run.startedTimestampMs, language)),
  }),
];
