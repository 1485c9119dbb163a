import { useTranslation } from 'react-i18next';
import type { RunDocument } from '../../../shared/run.ts';
import { formatBytes, formatDecibels, formatMs, formatShare } from '../../../shared/units.ts';
import { Panel } from '../../components/page.tsx';
import { formatRoute } from '../../route.ts';
import page from './run-page.module.css';
import classes from './what-if.module.css';

/** How good the prediction was that a run was started by. */
export function PredictionPanel({ document }: { readonly document: RunDocument }) {
  const { t } = useTranslation();
  const { prediction, model, latency, effects } = document;
  if (prediction === null) return null;
  const share = (predicted: number, came: number): string => {
    const off = predicted === 0 ? 0 : came / predicted - 1;
    return `${off > 0 ? '+' : ''}${formatShare(off)}`.replace('-', '−');
  };
  const { sqnrDb, sizeBytes, medianMs } = prediction;
  const came = effects?.wholeSqnrDb ?? null;
  const rows = [
    { title: t('axis.size'), predicted: formatBytes(sizeBytes), came: formatBytes(model.compressed.sizeBytes), off: share(sizeBytes, model.compressed.sizeBytes) }, // prettier-ignore
    { title: t('axis.latency'), predicted: formatMs(medianMs), came: formatMs(latency.after.medianMs), off: share(medianMs, latency.after.medianMs) }, // prettier-ignore
    ...(sqnrDb === null || came === null
      ? []
      : [
          {
            title: t('whatIf.closeness'),
            predicted: formatDecibels(sqnrDb),
            came: formatDecibels(came),
            off: `${came > sqnrDb ? '+' : ''}${formatDecibels(came - sqnrDb)}`.replace('-', '−'),
          },
        ]),
  ];
  return (
    <Panel title={t('prediction.title')} className={page.wide}>
      <p className="muted">
        {t('prediction.intro', { count: prediction.layers.length, layers: prediction.layers.slice(0, 3).join(', ') })}{' '}
        <a href={formatRoute({ page: 'run', runId: prediction.runId })}>{t('prediction.source')}</a>
      </p>
      <table className={classes.outcome} aria-label={t('prediction.title')}>
        <thead>
          <tr>
            <th scope="col">{t('prediction.figure')}</th>
            <th scope="col">{t('prediction.predicted')}</th>
            <th scope="col">{t('prediction.came')}</th>
            <th scope="col">{t('prediction.off')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.title}>
              <th scope="row">{row.title}</th>
              <td>{row.predicted}</td>
              <td>{row.came}</td>
              <td>{row.off}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
