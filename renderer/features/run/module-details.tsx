import { useTranslation } from 'react-i18next';
import { formatBytes, formatMs } from '../../../shared/units.ts';
import { formatLayerDecibels } from '../../format.ts';
import { totalOf, type LayerModule } from './layer-tree.ts';
import classes from './run-page.module.css';

/** The chosen module: what its layers come to, and which of them is the furthest off. */
export function ModuleDetails(props: { readonly module: LayerModule; readonly onLayer: (name: string) => void }) {
  const { t } = useTranslation();
  const { id, layers, reducedCount } = props.module;
  const total = totalOf(id, layers);
  const worst = layers
    .filter((layer) => layer.sqnrDb !== null)
    .toSorted((left, right) => left.sqnrDb! - right.sqnrDb!)[0];
  return (
    <>
      <div className={classes.layerName}>{id}</div>
      <dl className={classes.layerFacts}>
        <dt>{t('column.layer')}</dt>
        <dd>
          {t('table.layerCount', { count: layers.length })} ·{' '}
          {t('layers.lowBit', { count: reducedCount, total: layers.length })}
        </dd>
        <dt>{t('layers.time')}</dt>
        <dd>
          {formatMs(total.latencyBeforeMs)} → {formatMs(total.latencyAfterMs)}
        </dd>
        <dt>{t('layers.bytes')}</dt>
        <dd>
          {formatBytes(total.bytesBefore)} → {formatBytes(total.bytesAfter)}
        </dd>
        {worst !== undefined && (
          <>
            <dt>{t('layers.worst')}</dt>
            <dd>
              <button type="button" className={classes.textButton} onClick={() => props.onLayer(worst.name)}>
                {worst.name}
              </button>{' '}
              · {formatLayerDecibels(worst.sqnrDb)}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}
