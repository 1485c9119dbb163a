import { isReduced, precisionOf } from '../../../shared/precision.ts';
import { SegmentedControl, Switch } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { layerSpeedup } from '../../../shared/charts/layer-speedup.ts';
import type { RunDetails } from '../../../shared/contract/results.ts';
import { isFlippable } from '../../../shared/predict-float.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { LayerFilter, matchesLayer } from '../../components/layer-filter.tsx';
import { Panel } from '../../components/page.tsx';
import { Table } from '../../components/table.tsx';
import { formatSorts, parseSorts, useViewChoice } from '../../hooks/use-view-choice.ts';
import { useLayerColumns } from './layer-columns.tsx';
import { LayerDetails } from './layer-details.tsx';
import classes from './run-page.module.css';
import { withFloatSwitch } from './float-switch.tsx';
import { WhatIfBar } from './what-if-bar.tsx';
import whatIf from './what-if.module.css';
import { inWorthOrder } from './worth-looking.ts';
import { SpeedupChart } from './speedup-chart.tsx';

const orders = ['worth', 'graph'] as const;
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
  const columns = useMemo(() => withFloatSwitch(known, flipped, flip, t), [known, flipped, flip, t]);
  const ordered = useMemo(() => (order === 'worth' ? inWorthOrder(layers) : layers), [layers, order]);
  const shown = useMemo(
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
            rows={shown}
            rowId={(row) => row.name}
            activeId={active}
            onActivate={(row) => onActive(row.name)}
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
                <LayerFilter value={filter} onChange={setFilter} shown={shown.length} total={layers.length} />
              </>
            }
          />
        </div>
      </div>
      <div className={classes.layerSide}>
        <Panel label={t('speedup.title')}>
          <SpeedupChart kind="compact" layers={layers} active={active} onActive={onActive} kept={40} height={168} />
        </Panel>
        <Panel label={t('layers.selected')}>
          {layer === null ? (
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
