import { ActionIcon, Select, TextInput, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { runStatuses } from '../../../shared/run.ts';
import { Icon } from '../../components/icon.tsx';
import type { HistoryFilters } from './use-history-query.ts';
import classes from './history-page.module.css';

/** Above the rows: which of them are shown, and how many those are. */
export function HistoryFilterBar(props: {
  readonly filters: HistoryFilters;
  readonly onChange: (patch: Partial<HistoryFilters>) => void;
  readonly tags: readonly string[];
  readonly total: number;
}) {
  const { t } = useTranslation();
  const { filters, onChange } = props;
  return (
    <>
      <TextInput
        size="xs"
        w={300}
        type="search"
        data-find
        placeholder={t('history.search')}
        aria-label={t('history.search')}
        leftSection={<Icon name="search" size={14} />}
        value={filters.text}
        onChange={(event) => onChange({ text: event.currentTarget.value })}
      />
      <Select
        size="xs"
        w={130}
        clearable
        aria-label={t('column.status')}
        placeholder={t('history.anyStatus')}
        value={filters.status}
        data={runStatuses.map((value) => ({ value, label: t(`status.${value}`) }))}
        onChange={(value) => onChange({ status: runStatuses.find((known) => known === value) ?? null })}
      />
      <Select
        size="xs"
        w={140}
        clearable
        searchable
        aria-label={t('run.tags')}
        placeholder={t('history.anyTag')}
        value={filters.tag}
        data={[...props.tags]}
        onChange={(tag) => onChange({ tag })}
      />
      <Tooltip label={t('history.onlyStarred')}>
        <ActionIcon
          aria-label={t('history.onlyStarred')}
          aria-pressed={filters.starred}
          onClick={() => onChange({ starred: !filters.starred })}
          className={classes.star}
          data-on={filters.starred || undefined}
        >
          <Icon name="star" filled={filters.starred} />
        </ActionIcon>
      </Tooltip>
      <span className="muted" role="status">
        {t('history.count', { count: props.total })}
      </span>
    </>
  );
}
