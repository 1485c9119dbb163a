import { useTranslation } from 'react-i18next';
import type { Inspection } from '../../../shared/inspection.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { formatDims } from '../../format.ts';
import type { RequestState } from '../../hooks/use-request.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import classes from './experiment-page.module.css';
import { InspectedLayers } from './inspected-layers.tsx';
import { Looking } from './looking.tsx';

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
        <InspectedLayers layers={layers} />
      </div>
    </div>
  );
}
