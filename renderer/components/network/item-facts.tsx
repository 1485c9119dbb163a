import { useTranslation } from 'react-i18next';
import type { Item } from '../../../shared/network/module-tree.ts';
import type { RunNetwork } from '../../../shared/network/network.ts';
import { describePrecision } from '../../../shared/precision.ts';
import { describeSlowCause } from '../../../shared/slow-cause-texts.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/units.ts';
import { formatLayerDecibels, formatTimes } from '../../format.ts';
import type { NodeFigures } from '../../../shared/network/figures.ts';
import type { Picture } from './use-picture.ts';
import classes from './network.module.css';

/** What is known of the node or module that is selected. */
export function ItemFacts(props: { readonly network: RunNetwork; readonly picture: Picture; readonly item: Item }) {
  const { t, i18n } = useTranslation();
  const { network, picture, item } = props;
  const { figures, state } = picture.subjectOf(item, 'after');
  const node = item.kind === 'node' ? network.nodes[item.node]! : null;
  const sums = item.kind === 'module' ? picture.moduleFigures(item.id) : null;
  const cause = node === null ? null : (figures as NodeFigures).cause;
  const { beforeMs, afterMs, bytesBefore, bytesAfter, sqnrDb, introducedDb, saturationDb, conversionMs } = figures;
  const speedup = beforeMs !== null && afterMs !== null && beforeMs > 0 && afterMs > 0 ? beforeMs / afterMs : null;
  const rows: (readonly [string, string])[] = [];
  const add = (label: string, value: string | null): void => {
    if (value !== null) rows.push([label, value]);
  };
  if (node?.kind === 'operator') add(t('column.op'), node.opType);
  if (sums !== null) {
    add(t('network.nodes'), formatCount(sums.nodeCount));
    add(t('plan.float'), sums.floatCount === 0 ? null : formatCount(sums.floatCount));
  }
  add(t('network.change'), node?.kind === 'operator' || sums !== null ? t(`network.states.${state}`) : null);
  add(t('network.into'), node?.into ?? null);
  for (const change of node?.changes ?? []) add(t('network.now'), change);
  add(t('column.becomes'), figures.precision === null ? null : describePrecision(figures.precision, t('plan.float')));
  add(t('layers.time'), beforeMs === null && afterMs === null ? null : `${formatMs(beforeMs)} → ${formatMs(afterMs)}`);
  add(t('column.speedup'), speedup === null ? null : formatTimes(speedup));
  add(
    t('column.whySlower'),
    cause === null ? null : describeSlowCause(cause, i18n.language === 'zh-CN' ? 'zh-CN' : 'en').sentence,
  );
  add(t('network.conversions'), conversionMs === null || conversionMs === 0 ? null : formatMs(conversionMs));
  add(
    t('layers.bytes'),
    bytesBefore + bytesAfter === 0 ? null : `${formatBytes(bytesBefore)} → ${formatBytes(bytesAfter)}`,
  );
  add(t('network.overlays.error'), sqnrDb === null ? null : formatLayerDecibels(sqnrDb));
  add(t('network.overlays.alone'), introducedDb === null ? null : formatLayerDecibels(introducedDb));
  add(t('network.overlays.saturation'), saturationDb === null ? null : formatLayerDecibels(saturationDb));
  const name = node === null ? (item.kind === 'module' ? item.id : '') : node.name;
  return (
    <>
      <div className={classes.name}>{name}</div>
      <dl className={classes.facts}>
        {rows.map(([label, value], index) => (
          <FactRow key={`${label} ${index}`} label={label} value={value} />
        ))}
      </dl>
    </>
  );
}

function FactRow({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}
