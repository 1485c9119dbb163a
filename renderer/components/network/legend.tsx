import { useTranslation } from 'react-i18next';
import { diffStates } from '../../../shared/model-diff.ts';
import type { Palette } from '../../theme.ts';
import { precisionColor, rampOf, stateColor, type Overlay, type Scale } from './overlay.ts';
import classes from './network.module.css';

function Swatch({ color, hatched = false, label }: { color: string; hatched?: boolean; label: string }) {
  return (
    <span className={classes.legendItem}>
      <span className={classes.swatch} data-hatched={hatched || undefined} style={{ backgroundColor: color }} />
      {label}
    </span>
  );
}

/** What colours, hatching and marks on edges say. */
export function Legend(props: {
  readonly overlay: Overlay;
  readonly scale: Scale;
  readonly palette: Palette;
  readonly hasFloat: boolean;
  readonly hasConversions: boolean;
}) {
  const { t } = useTranslation();
  const { overlay, scale, palette } = props;
  const ramp = rampOf(overlay, scale, palette);
  return (
    <div className={classes.legend} role="group" aria-label={t('network.legend')}>
      {ramp !== null && (
        <span className={classes.legendItem}>
          {ramp[0]!.text}
          <span
            className={classes.ramp}
            style={{ backgroundImage: `linear-gradient(to right, ${ramp.map(({ color }) => color).join(', ')})` }}
          />
          {ramp.at(-1)!.text}
        </span>
      )}
      {overlay === 'precision' &&
        scale.precisions
          .filter((text) => text !== 'float')
          .slice(0, 6)
          .map((text) => <Swatch key={text} color={precisionColor(text, scale, palette)} label={text} />)}
      {overlay === 'change' &&
        diffStates.map((state) => (
          <Swatch key={state} color={stateColor(state, palette)} label={t(`network.states.${state}`)} />
        ))}
      {props.hasFloat && <Swatch color={palette.surface} hatched label={t('plan.float')} />}
      {props.hasConversions && (
        <span className={classes.legendItem}>
          <span className={classes.conversion} />
          {t('network.conversion')}
        </span>
      )}
    </div>
  );
}
