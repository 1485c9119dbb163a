import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Inspection } from '../../../shared/inspection.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { LayerFilter, matchesLayer } from '../../components/layer-filter.tsx';
import { Icon } from '../../components/icon.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatDims } from '../../format.ts';
import type { RequestState } from '../../hooks/use-request.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import classes from './experiment-page.module.css';
import { Looking } from './looking.tsx';

type InspectedLayer = Inspection['layers'][number];

export function ModelPanel({ path, state }: { path: string | null; state: RequestState<Inspection> }) {
  const { t } = useTranslation();
  if (path === null) {
    return (
      <div className={classes.waiting}>
        <p>{t('experiment.dropModel')}</p>
      </div>
    );
  }
  if (state.error !== null) return <ErrorNotice error={state.error} title={t('experiment.inspectFailed')} />;
  if (state.value === null) {
    return <Looking />;
  }
  return <InspectionView inspection={state.value} />;
}

function InspectionView({ inspection }: { inspection: Inspection }) {
  const { t } = useTranslation();
  const { totals, model, layers } = inspection;
  const engineText = useEngineText();
  const [filter, setFilter] = useState('');
  const facts: readonly (readonly [string, string])[] = [
    [t('inspection.size'), formatBytes(model.sizeBytes)],
    [t('inspection.parameters'), formatCount(totals.parametersDeduplicated)],
    [t('inspection.macs'), formatCount(totals.macs)],
    [t('inspection.nodes'), formatCount(totals.nodes)],
    [t('inspection.quantizable'), formatCount(totals.quantizableNodes)],
    [t('inspection.opset'), String(model.opset)],
  ];
  const tensors = [
    ...model.inputs.map((tensor) => ({ tensor, role: t('inspection.input') })),
    ...model.outputs.map((tensor) => ({ tensor, role: t('inspection.output') })),
  ];
  const largest = useMemo(
    () => ({
      bytes: Math.max(1, ...layers.map((layer) => layer.bytes)),
      macs: Math.max(1, ...layers.map((layer) => layer.macs ?? 0)),
    }),
    [layers],
  );
  const columns = useMemo(
    (): TableColumn<InspectedLayer>[] => [
      {
        id: 'name',
        header: t('column.layer'),
        width: 172,
        grow: 2,
        clip: 'start',
        value: (layer) => layer.name,
        hideable: false,
      },
      {
        id: 'opType',
        header: t('column.op'),
        width: 92,
        value: (layer) => layer.opType,
        render: (layer) => <span title={layer.opType}>{layer.opType}</span>,
      },
      {
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
      },
      {
        id: 'outputShape',
        header: t('column.outputShape'),
        width: 124,
        yields: true,
        value: (layer) => formatDims(layer.outputShape),
      },
      {
        id: 'bytes',
        header: t('column.bytes'),
        width: 76,
        align: 'end',
        value: (layer) => layer.bytes,
        render: (layer) => (layer.bytes === 0 ? '–' : formatBytes(layer.bytes)),
        heat: (layer) => layer.bytes / largest.bytes,
      },
      {
        id: 'macs',
        header: t('column.macs'),
        definition: t('definition.macs'),
        width: 86,
        align: 'end',
        value: (layer) => layer.macs,
        render: (layer) => (layer.macs === 0 ? '–' : formatCount(layer.macs)),
        heat: (layer) => (layer.macs ?? 0) / largest.macs,
      },
    ],
    [t, engineText, largest],
  );
  // Two nodes may share a name; their place tells them apart.
  const numbered = useMemo(() => layers.map((layer, index) => ({ ...layer, index })), [layers]);
  const shown = useMemo(() => numbered.filter((layer) => matchesLayer(layer, filter)), [numbered, filter]);
  return (
    <div className={classes.stack}>
      <dl className={classes.facts}>
        {facts.map(([term, value]) => (
          <div key={term} className={classes.fact}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className={classes.tensors}>
        {tensors.map(({ tensor, role }) => (
          <div key={`${role} ${tensor.name}`} style={{ display: 'contents' }}>
            <span className="muted">{role}</span>
            <strong>{tensor.name}</strong>
            <span>{tensor.dataType}</span>
            <span>{formatDims(tensor.anyShape ? null : tensor.dims)}</span>
          </div>
        ))}
      </div>
      {inspection.diagnostics
        .filter((diagnostic) => diagnostic.severity !== 'info')
        .map((diagnostic) => (
          <Notice key={`${diagnostic.code} ${diagnostic.node ?? ''}`} tone="warning">
            {engineText(diagnostic.message)}
          </Notice>
        ))}
      <div className={classes.table}>
        <Table
          label={t('inspection.layers')}
          columns={columns}
          rows={shown}
          rowId={(layer) => String((layer as InspectedLayer & { index: number }).index)}
          withTools
          toolbar={<LayerFilter value={filter} onChange={setFilter} shown={shown.length} total={layers.length} />}
        />
      </div>
    </div>
  );
}
