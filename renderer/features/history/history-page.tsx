import { ActionIcon, Button, Select, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedCallback, useDebouncedValue } from '@mantine/hooks';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { runSortColumns, type ExportFormat, type RunSortColumn } from '../../../shared/contract/requests.ts';
import type { RunRow } from '../../../shared/contract/results.ts';
import { runStatuses, type RunStatus } from '../../../shared/run.ts';
import { request } from '../../api.ts';
import { ExportMenu } from '../../components/export-menu.tsx';
import { usePickPath } from '../../components/file-picker.tsx';
import { Icon } from '../../components/icon.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { SavedComparisons } from '../../components/saved-comparisons.tsx';
import { runTitle } from '../../components/run-cells.tsx';
import { Table, type TableSort } from '../../components/table.tsx';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { useImport } from '../../hooks/use-import.ts';
import { useFailure, useUndo } from '../../hooks/use-notify.tsx';
import { useRequest } from '../../hooks/use-request.ts';
import { navigate } from '../../hooks/use-route.ts';
import { useHistoryColumns } from './history-columns.tsx';
import classes from './history-page.module.css';
import { useRunPages, type HistoryQuery, type HistoryRow } from './use-run-pages.ts';

const searchDelayMs = 150;
/** A thousand runs that are deleted at once are a thousand events. */
const changesDelayMs = 50;
const formats: readonly ExportFormat[] = ['pdf', 'html', 'md', 'csv', 'json', 'cyclonedx', 'mlflow'];

export function HistoryPage() {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState('');
  const [status, setStatus] = useState<RunStatus | null>(null);
  const [starred, setStarred] = useState(false);
  const [tag, setTag] = useState<string | null>(null);
  const [sort, setSort] = useState<TableSort | null>({ column: 'startedTimestampMs', descending: true });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [searched] = useDebouncedValue(text, searchDelayMs);
  const tags = useRequest('runs.tags', {});
  const pick = usePickPath();
  const importBundle = useImport();
  const offerUndo = useUndo();
  const fail = useFailure();

  const query = useMemo((): HistoryQuery => {
    const column = runSortColumns.find((known): known is RunSortColumn => known === sort?.column);
    return {
      text: searched,
      status,
      starred: starred ? true : null,
      tag,
      sort: column === undefined || sort === null ? null : { column, descending: sort.descending },
    };
  }, [searched, status, starred, tag, sort]);
  const pages = useRunPages(query);
  const { reload, change } = pages;
  const reloadSoon = useDebouncedCallback(() => {
    reload();
    tags.reload();
  }, changesDelayMs);
  useHostEvent('run.changed', reloadSoon);

  const open = useCallback((row: HistoryRow) => {
    if (row.run !== null) navigate({ page: 'run', runId: row.run.runId });
  }, []);
  const toggleStar = useCallback(
    (row: RunRow) => {
      change({ ...row, starred: !row.starred });
      request('runs.update', { runId: row.runId, starred: !row.starred }).catch((error: unknown) => {
        reload();
        fail(error);
      });
    },
    [change, reload, fail],
  );
  // Nothing of a lab shows where there never was one.
  const hasDevices = (tags.value ?? []).some((tag) => tag.startsWith('device:'));
  const columns = useHistoryColumns(toggleStar, i18n.language, hasDevices);

  function remove(): void {
    const runIds = [...selected];
    request('runs.delete', { runIds }).then(({ count }) => {
      setSelected(new Set());
      reload();
      offerUndo(t('history.deleted', { count }), async () => {
        await request('runs.restore', { runIds });
        reload();
      });
    }, fail);
  }

  const filtered = query.text !== '' || status !== null || starred || tag !== null;
  const names = useMemo(
    () => new Map(pages.rows.flatMap((row) => (row.run === null ? [] : [[row.run.runId, runTitle(row.run)] as const]))),
    [pages.rows],
  );
  return (
    <Page
      fill
      title={t('navigation.history')}
      actions={
        selected.size === 0 ? (
          <>
            <SavedComparisons />
            <Button
              variant="default"
              leftSection={<Icon name="folder" />}
              onClick={() => {
                void pick('bundle').then((path) => {
                  if (path !== null) importBundle(path);
                });
              }}
            >
              {t('import.action')}
            </Button>
          </>
        ) : (
          <>
            <span className="muted" role="status">
              {t('history.selected', { count: selected.size })}
            </span>
            <Button
              disabled={selected.size < 2}
              leftSection={<Icon name="compare" />}
              onClick={() => navigate({ page: 'compare', runIds: [...selected] })}
            >
              {t('history.compare')}
            </Button>
            <ExportMenu runIds={[...selected]} formats={formats} />
            <Button variant="default" leftSection={<Icon name="trash" />} onClick={remove}>
              {t('history.delete')}
            </Button>
          </>
        )
      }
    >
      {pages.error !== null && <ErrorNotice error={pages.error} />}
      <div className={classes.table}>
        <Table
          label={t('navigation.history')}
          columns={columns}
          rows={pages.rows}
          rowId={(row) => row.id}
          sort={sort}
          onSort={setSort}
          onOpen={open}
          onVisibleRange={pages.load}
          withTools
          selection={{ ids: selected, onChange: setSelected, labelOf: (id) => names.get(id) ?? id }}
          empty={
            pages.loading ? (
              t('common.loading')
            ) : pages.error !== null ? (
              ''
            ) : filtered ? (
              t('history.nothingFound')
            ) : (
              <span>
                {t('history.empty')} <a href="#/new">{t('navigation.experiment')}</a>
              </span>
            )
          }
          toolbar={
            <>
              <TextInput
                size="xs"
                w={300}
                type="search"
                data-find
                placeholder={t('history.search')}
                aria-label={t('history.search')}
                leftSection={<Icon name="search" size={14} />}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
              <Select
                size="xs"
                w={130}
                clearable
                aria-label={t('column.status')}
                placeholder={t('history.anyStatus')}
                value={status}
                data={runStatuses.map((value) => ({ value, label: t(`status.${value}`) }))}
                onChange={(value) => setStatus(runStatuses.find((known) => known === value) ?? null)}
              />
              <Select
                size="xs"
                w={140}
                clearable
                searchable
                aria-label={t('run.tags')}
                placeholder={t('history.anyTag')}
                value={tag}
                data={[...(tags.value ?? [])]}
                onChange={setTag}
              />
              <Tooltip label={t('history.onlyStarred')}>
                <ActionIcon
                  aria-label={t('history.onlyStarred')}
                  aria-pressed={starred}
                  onClick={() => setStarred(!starred)}
                  className={classes.star}
                  data-on={starred || undefined}
                >
                  <Icon name="star" filled={starred} />
                </ActionIcon>
              </Tooltip>
              <span className="muted" role="status">
                {t('history.count', { count: pages.total })}
              </span>
            </>
          }
        />
      </div>
      <p className="muted">{t('history.hint')}</p>
    </Page>
  );
}
