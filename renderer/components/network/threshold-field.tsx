import { ActionIcon, NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../shared/units.ts';
import { Icon } from '../icon.tsx';
import { placeOf, rangeOf, reaches, valueAt } from './threshold.ts';
import type { ShownNetwork } from './use-shown-network.ts';
import classes from './network.module.css';

/** From what figure on nodes stay bright: a slider, a number, and how many are left. */
export function ThresholdField({ shown }: { readonly shown: ShownNetwork }) {
  const { t } = useTranslation();
  const { overlay, threshold, setThreshold, drawn, network, mode } = shown;
  const range = rangeOf(overlay, drawn.scale);
  if (range === null) return null;
  const side = mode === 'before' ? 'before' : 'after';
  const boxes = [...drawn.visible.items.values()].filter((item) =>
    item.kind === 'node' ? network.nodes[item.node]!.kind === 'operator' : !drawn.open.has(item.id),
  );
  const bright =
    threshold === null
      ? boxes.length
      : boxes.filter((item) => reaches(threshold, overlay, drawn.subjectOf(item, side))).length;
  const label = t(`network.threshold.${range.keeps}`, { what: t(`network.overlays.${overlay}`) });
  const choose = (value: number): void => {
    const isAll = range.keeps === 'least' ? value <= range.from : value >= range.to;
    setThreshold(isAll ? null : value);
  };
  return (
    <div className={classes.threshold} role="group" aria-label={t('network.threshold.title')} data-uncopied>
      <span>{label}</span>
      <input
        type="range"
        min={0}
        max={100}
        step={1}
        className={classes.slider}
        aria-label={label}
        aria-valuetext={threshold === null ? t('network.threshold.off') : `${threshold.value} ${range.unit}`}
        value={placeOf(threshold, range)}
        onChange={(event) => choose(valueAt(Number(event.currentTarget.value), range))}
      />
      <NumberInput
        size="xs"
        w={92}
        min={0}
        decimalScale={4}
        hideControls
        aria-label={t('network.threshold.number', { what: label, unit: range.unit })}
        placeholder={t('network.threshold.off')}
        suffix={` ${range.unit}`}
        value={threshold?.value ?? ''}
        onChange={(value) => setThreshold(typeof value === 'number' ? value : null)}
      />
      {threshold !== null && (
        <>
          <ActionIcon aria-label={t('network.threshold.clear')} onClick={() => setThreshold(null)}>
            <Icon name="close" size={12} />
          </ActionIcon>
          <span className="muted" role="status">
            {t('network.threshold.bright', { bright: formatCount(bright), all: formatCount(boxes.length) })}
          </span>
        </>
      )}
    </div>
  );
}
