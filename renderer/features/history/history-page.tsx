import { useDebouncedCallback } from '@mantine/hooks';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../../shared/contract/results.ts';
import { request } from '../../api.ts';
import { MoreMenu } from '../../components/more-menu.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { runTitle } from '../../components/run-cells.tsx';
import { Table } from '../../components/table.tsx';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { useFailure, useUndo } from '../../hooks/use-notify.tsx';
import { useRequest } from '../../hooks/use-request.ts';
import { navigate } from '../../hooks/use-route.ts';
import { ImportActions, SelectionActions } from './history-actions.tsx';
import { useHistoryColumns } from './history-columns.tsx';
import { HistoryFilterBar } from './history-filter-bar.tsx';
import { useHistoryQuery } from './use-history-query.ts';
import { useRunPages, type HistoryRow } from './use-run-pages.ts';
import classes from './history-page.module.css';

/** A thousand runs that are deleted at once are a thousand events. */
const changesDelayMs = 50;

export function HistoryPage() {
  const { t, i18n } = useTranslation();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { filters, changeFilters, sort, setSort, query, isFiltered } = useHistoryQuery();
  const tags = useRequest('runs.tags', {});
  const offerUndo = useUndo();
  const fail = useFailure();
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

  const names = useMemo(
    () => new Map(pages.rows.flatMap((row) => (row.run === null ? [] : [[row.run.runId, runTitle(row.run)] as const]))),
    [pages.rows],
  );
  return (
    <Page
      fill
      title={t('navigation.history')}
      actions={
        <>
          {selected.size === 0 ? <ImportActions /> : <SelectionActions runIds={[...selected]} onDelete={remove} />}
          <MoreMenu />
        </>
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
          keptAs="history"
          selection={{ ids: selected, onChange: setSelected, labelOf: (id) => names.get(id) ?? id }}
          empty={
            pages.loading ? t('common.loading') : pages.error !== null ? '' : <NothingHere isFiltered={isFiltered} />
          }
          toolbar={
            <HistoryFilterBar filters={filters} onChange={changeFilters} tags={tags.value ?? []} total={pages.total} />
          }
        />
      </div>
      <p className="muted" data-uncopied>
        {t('history.hint')}
      </p>
    </Page>
  );
}

function NothingHere({ isFiltered }: { readonly isFiltered: boolean }) {
  const { t } = useTranslation();
  if (isFiltered) return t('history.nothingFound');
  return (
    <span>
      {t('history.empty')} <a href="#/new">{t('navigation.experiment')}</a>
    </span>
  );
}
