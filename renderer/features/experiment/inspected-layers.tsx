import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Inspection } from '../../../shared/inspection.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Icon } from '../../components/icon.tsx';
import { LayerFilter, matchesLayer } from '../../components/layer-filter.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatDims } from '../../format.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import classes from './experiment-page.module.css';

type InspectedLayer = Inspection['layers'][number];

/** The layers of a model that nothing was done to yet. */
export function InspectedLayers({ layers }: { readonly layers: Inspection['layers'] }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const [filter, setFilter] = useState('');
  const largest = useMemo(
    () => ({
      bytes: Math.max(1, ...layers.map((layer) => layer.bytes)),
      macs: Math.max(1, ...layers.map((layer) => layer.macs ?? 0)),
    }),
    [layers],
  );
  const shownColumns = useMemo(() => columns.map((make) => make({ t, engineText, largest })), [t, engineText, largest]);
  // Two nodes may share a name; their place tells them apart.
  const numbered = useMemo(() => layers.map((layer, index) => ({ ...layer, index })), [layers]);
  const shown = useMemo(() => numbered.filter((layer) => matchesLayer(layer, filter)), [numbered, filter]);
  return (
    <Table
      label={t('inspection.layers')}
      columns={shownColumns}
      rows={shown}
      rowId={(layer) => String((layer as InspectedLayer & { index: number }).index)}
      withTools
      keptAs="inspection"
      toolbar={<LayerFilter value={filter} onChange={setFilter} shown={shown.length} total={layers.length} />}
    />
  );
}

/** What columns are made from. */
interface ColumnFacts {
  readonly t: TFunction;
  readonly engineText: ReturnType<typeof useEngineText>;
  /** What fills a bar. */
  readonly largest: { readonly bytes: number; readonly macs: number };
}

const columns: readonly ((facts: ColumnFacts) => TableColumn<InspectedLayer>)[] = [
  ({ t }) => ({
    id: 'name',
    header: t('column.layer'),
    width: 172,
    grow: 2,
    clip: 'middle',
    value: (layer) => layer.name,
    hideable: false,
  }),
  ({ t }) => ({
    id: 'opType',
    header: t('column.op'),
    width: 92,
    value: (layer) => layer.opType,
    render: (layer) => <span title={layer.opType}>{layer.opType}</span>,
  }),
  ({ t, engineText }) => ({
    id: 'quantizable',
    header: t('column.quantizable'),
    width: 98,
    grow: 1,
    value: (layer) => (layer.quantizable && layer.reason === '' ? '' : layer.reason),
    render: (layer) =>
      layer.quantizable && layer.reason === '' ? (
        <span className={classes.yes}>
          <Icon name="check" />
          int8
        </span>
      ) : (
        <span className="muted" title={engineText(layer.reason)}>
          {layer.quantizable ? t('plan.folded') : engineText(layer.reason)}
        </span>
      ),
    text: (layer) => (layer.reason === '' ? 'int8' : layer.reason),
  }),
  ({ t }) => ({
    id: 'outputShape',
    header: t('column.outputShape'),
    width: 124,
    yields: true,
    value: (layer) => formatDims(layer.outputShape),
  }),
  ({ t, largest }) => ({
    id: 'bytes',
    header: t('column.bytes'),
    width: 76,
    align: 'end',
    value: (layer) => layer.bytes,
    render: (layer) => (layer.bytes === 0 ? '–' : formatBytes(layer.bytes)),
    heat: (layer) => layer.bytes / largest.bytes,
  }),
  ({ t, largest }) => ({
    id: 'macs',
    header: t('column.macs'),
    definition: t('definition.macs'),
    width: 86,
    align: 'end',
    value: (layer) => layer.macs,
    render: (layer) => (layer.macs === 0 ? '–' : formatCount(layer.macs)),
    heat: (layer) => (layer.macs ?? 0) / largest.macs,
  }),
];
