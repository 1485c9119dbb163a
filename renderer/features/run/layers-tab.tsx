import { isReduced, precisionOf } from '../../../shared/precision.ts';
import { ActionIcon, SegmentedControl, Switch, Tooltip } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { layerSpeedup } from '../../../shared/charts/layer-speedup.ts';
import type { RunDetails } from '../../../shared/contract/results.ts';
import { isFlippable } from '../../../shared/predict-float.ts';
import type { Layer, RunDocument } from '../../../shared/run.ts';
import { Icon } from '../../components/icon.tsx';
import { LayerFilter, matchesLayer } from '../../components/layer-filter.tsx';
import { Panel } from '../../components/page.tsx';
import { Table } from '../../components/table.tsx';
import { formatSorts, parseSorts, useViewChoice } from '../../hooks/use-view-choice.ts';
import { useLayerColumns } from './layer-columns.tsx';
import { LayerDetails } from './layer-details.tsx';
import { flatRows, layerRowId, moduleRowId, type LayerModule, type LayerRow } from './layer-tree.ts';
import { ModuleDetails } from './module-details.tsx';
import { columnsOfRows } from './row-columns.tsx';
import classes from './run-page.module.css';
import { withFloatSwitch } from './float-switch.tsx';
import { useLayerTree, type LayerTree } from './use-layer-tree.ts';
import { WhatIfBar } from './what-if-bar.tsx';
import whatIf from './what-if.module.css';
import { inWorthOrder } from './worth-looking.ts';
import { SpeedupChart } from './speedup-chart.tsx';

const orders = ['worth', 'graph', 'modules'] as const;
const shows = ['all', 'reduced', 'float', 'slower'] as const;

export function LayersTab(props: {
  readonly document: RunDocument;
  readonly asked: RunDetails['request'];
  readonly active: string | null;
  readonly onActive: (name: string) => void;
}) {
  const { t } = useTranslation();
  const { document, active, onActive } = props;
  const { layers } = document;
  const [filter, setFilter] = useViewChoice('filter', '');
  const [shownKind, setShow] = useViewChoice('show', 'all');
  const show = shows.find((known) => known === shownKind) ?? 'all';
  const [orderKind, setOrder] = useViewChoice('order', 'worth');
  const order = orders.find((known) => known === orderKind) ?? 'worth';
  const [sort, setSort] = useViewChoice('sort', '');
  const sortedBy = useMemo(() => parseSorts(sort), [sort]);
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set());
  const flip = useCallback(
    (name: string) =>
      setFlipped((before) =>
        before.has(name) ? new Set([...before].filter((other) => other !== name)) : new Set([...before, name]),
      ),
    [],
  );
  const known = useLayerColumns(document);
  const isTree = order === 'modules';
  const columns = useMemo(
    () => columnsOfRows(withFloatSwitch(known, flipped, flip, t), isTree, t),
    [known, flipped, flip, isTree, t],
  );
  const shown = useShownLayers(layers, { filter, show, isWorthFirst: order === 'worth' });
  const tree = useLayerTree(document, isTree ? shown : null, active);
  const flat = useMemo(() => (isTree ? [] : flatRows(shown)), [isTree, shown]);
  const [module, setModule] = useState<LayerModule | null>(null);
  const chosenModule = isTree ? module : null;
  /** From beside the table. */
  const choose = (name: string): void => {
    setModule(null);
    tree?.reveal(name);
    onActive(name);
  };
  const layer = useMemo(() => layers.find((other) => other.name === active) ?? null, [layers, active]);
  return (
    <div className={classes.layers}>
      <div className={whatIf.main}>
        {flipped.size > 0 && (
          <WhatIfBar document={document} asked={props.asked} flipped={flipped} onReset={() => setFlipped(new Set())} />
        )}
        <div className={whatIf.table}>
          <Table
            label={t('run.tab.layers')}
            columns={columns}
            rows={tree?.rows ?? flat}
            rowId={rowIdOf}
            activeId={
              chosenModule !== null ? moduleRowId(chosenModule.id) : active === null ? null : layerRowId(active)
            }
            onActivate={(row) => {
              setModule(row.module);
              if (row.module === null) onActive(row.layer.name);
            }}
            onOpen={(row) => tree?.table.onOpen(row, !tree.table.open.has(row.id))}
            {...(tree !== null && { tree: tree.table })}
            keptAs="layers"
            sortedBy={sortedBy}
            onSortedBy={(sorts) => setSort(formatSorts(sorts))}
            withTools
            toolbar={
              <>
                <SegmentedControl
                  size="xs"
                  aria-label={t('layers.show')}
                  value={show}
                  data={shows.map((value) => ({ value, label: t(`layers.shows.${value}`) }))}
                  onChange={setShow}
                />
                <SegmentedControl
                  size="xs"
                  aria-label={t('layers.order')}
                  value={order}
                  data={orders.map((value) => ({ value, label: t(`layers.orders.${value}`) }))}
                  onChange={setOrder}
                />
                {tree !== null && <TreeButtons tree={tree} />}
                <LayerFilter value={filter} onChange={setFilter} shown={shown.length} total={layers.length} />
              </>
            }
          />
        </div>
      </div>
      <div className={classes.layerSide}>
        <Panel label={t('speedup.title')}>
          <SpeedupChart kind="compact" layers={layers} active={active} onActive={choose} kept={40} height={168} />
        </Panel>
        <Panel label={t(chosenModule === null ? 'layers.selected' : 'layers.selectedModule')}>
          {chosenModule !== null ? (
            <ModuleDetails module={chosenModule} onLayer={choose} />
          ) : layer === null ? (
            <p className="muted">{t('layers.selectHint')}</p>
          ) : (
            <>
              {isFlippable(layer) && (
                <Switch
                  size="xs"
                  mb={8}
                  label={t('whatIf.keepFloat')}
                  checked={flipped.has(layer.name)}
                  onChange={() => flip(layer.name)}
                />
              )}
              <LayerDetails layer={layer} document={document} />
            </>
          )}
        </Panel>
      </div>
    </div>
  );
}

const rowIdOf = (row: LayerRow): string => row.id;

function TreeButtons({ tree }: { readonly tree: LayerTree }) {
  const { t } = useTranslation();
  return (
    <>
      {(['openAll', 'closeAll'] as const).map((name) => (
        <Tooltip key={name} label={t(`layers.${name}`)}>
          <ActionIcon aria-label={t(`layers.${name}`)} onClick={tree[name]}>
            <Icon name={name} />
          </ActionIcon>
        </Tooltip>
      ))}
    </>
  );
}

/** Those that the filters leave, in the order that was asked for. */
function useShownLayers(
  layers: readonly Layer[],
  how: { readonly filter: string; readonly show: (typeof shows)[number]; readonly isWorthFirst: boolean },
): readonly Layer[] {
  const { filter, show, isWorthFirst } = how;
  const ordered = useMemo(() => (isWorthFirst ? inWorthOrder(layers) : layers), [layers, isWorthFirst]);
  return useMemo(
    () =>
      ordered.filter((layer) => {
        if (!matchesLayer(layer, filter)) return false;
        switch (show) {
          case 'all':
            return true;
          case 'reduced':
            return isReduced(precisionOf(layer));
          case 'float':
            return !isReduced(precisionOf(layer));
          case 'slower':
            return (layerSpeedup(layer) ?? 1) < 1;
        }
      }),
    [ordered, filter, show],
  );
}
