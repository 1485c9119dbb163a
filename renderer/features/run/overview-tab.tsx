import { useTranslation } from 'react-i18next';
import type { RunDocument } from '../../../shared/run.ts';
import { Panel } from '../../components/page.tsx';
import { AccuracyChart } from './accuracy-chart.tsx';
import { ErrorChart } from './error-chart.tsx';
import { FindingsPanel } from './findings-panel.tsx';
import { LatencyChart } from './latency-chart.tsx';
import { LedgerPanel } from './ledger-panel.tsx';
import classes from './run-page.module.css';
import { Measurements } from './measurements.tsx';
import { NetworkStrip } from './network-strip.tsx';
import { PredictionPanel } from './prediction-panel.tsx';
import { SizeChart } from './size-chart.tsx';
import { SpeedupChart } from './speedup-chart.tsx';
import { TimeChart } from './time-chart.tsx';

const layersInChart = 20;

export function OverviewTab(props: { readonly document: RunDocument; readonly onLayer: (name: string) => void }) {
  const { t } = useTranslation();
  const { document } = props;
  return (
    <div className={classes.overview}>
      <FindingsPanel document={document} />
      <PredictionPanel document={document} />
      <NetworkStrip document={document} onLayer={props.onLayer} />
      <LedgerPanel ledger={document.ledger} />
      <Panel id="proof-speed" label={t('latency.title')}>
        <LatencyChart document={document} />
        <Measurements measurements={document.measurements} />
      </Panel>
      <Panel id="proof-size" label={t('size.title')}>
        <SizeChart document={document} />
      </Panel>
      <Panel id="proof-task" label={t('accuracy.title')}>
        <AccuracyChart accuracy={document.accuracy} />
      </Panel>
      <Panel label={t('time.title')} className={classes.wide}>
        <TimeChart document={document} />
      </Panel>
      <Panel label={t('errorDepth.title')} className={classes.wide}>
        <ErrorChart document={document} onActive={props.onLayer} />
      </Panel>
      <Panel label={t('speedup.title')} className={classes.wide}>
        <SpeedupChart
          layers={document.layers}
          active={null}
          onActive={props.onLayer}
          kept={layersInChart}
          kind="named"
        />
      </Panel>
    </div>
  );
}
