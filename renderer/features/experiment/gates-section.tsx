import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Draft } from './draft.ts';
import { DropLimits } from './drop-limits.tsx';
import { Section } from './section.tsx';
import classes from './experiment-page.module.css';

/** What the compressed model has to hold. */
export function GatesSection(props: {
  readonly gates: Draft['gates'];
  readonly onChange: (gates: Draft['gates']) => void;
}) {
  const { t } = useTranslation();
  const { gates, onChange } = props;
  const numberOrNull = (value: string | number): number | null => (typeof value === 'number' ? value : null);
  return (
    <Section icon="check" title={t('experiment.section.gates')}>
      <p className="muted">{t('experiment.gatesHelp')}</p>
      <div className={classes.pair}>
        <NumberInput
          size="xs"
          label={t('gate.maxAccuracyDrop')}
          placeholder={t('experiment.noGate')}
          step={0.5}
          value={gates.maxAccuracyDrop ?? ''}
          onChange={(value) => onChange({ ...gates, maxAccuracyDrop: numberOrNull(value) })}
        />
        <NumberInput
          size="xs"
          label={t('gate.minSpeedup')}
          placeholder={t('experiment.noGate')}
          min={0}
          step={0.1}
          value={gates.minSpeedup ?? ''}
          onChange={(value) => onChange({ ...gates, minSpeedup: numberOrNull(value) })}
        />
        <NumberInput
          size="xs"
          label={t('gate.maxSizeRatio')}
          placeholder={t('experiment.noGate')}
          min={0}
          step={0.05}
          value={gates.maxSizeRatio ?? ''}
          onChange={(value) => onChange({ ...gates, maxSizeRatio: numberOrNull(value) })}
        />
      </div>
      <DropLimits limits={gates.maxDrops} onChange={(maxDrops) => onChange({ ...gates, maxDrops })} />
    </Section>
  );
}
