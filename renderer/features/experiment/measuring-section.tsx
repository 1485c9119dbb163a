import { NumberInput, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Inspection } from '../../../shared/inspection.ts';
import { lookUp } from '../../../shared/look-up.ts';
import type { Draft } from './draft.ts';
import { Section } from './section.tsx';
import classes from './experiment-page.module.css';

interface MeasuringProps {
  readonly draft: Draft;
  readonly inspection: Inspection | null;
  readonly onChange: (patch: Partial<Draft>) => void;
}

/** With how much care it is measured: threads, samples, time. */
export function MeasuringSection({ draft, inspection, onChange }: MeasuringProps) {
  const { t } = useTranslation();
  return (
    <Section icon="cpu" title={t('experiment.section.measuring')}>
      <div className={classes.pair}>
        <NumberInput
          size="xs"
          label={t('experiment.threads')}
          min={1}
          max={256}
          allowDecimal={false}
          value={draft.threads}
          onChange={(value) => typeof value === 'number' && value >= 1 && onChange({ threads: value })}
        />
        <NumberInput
          size="xs"
          label={t('experiment.evaluationSamples')}
          placeholder={t('experiment.allLeft')}
          min={1}
          allowDecimal={false}
          value={draft.evaluationSamples ?? ''}
          onChange={(value) => onChange({ evaluationSamples: typeof value === 'number' ? value : null })}
        />
        <NumberInput
          size="xs"
          label={t('experiment.searchSeconds')}
          placeholder={t('experiment.noBudget')}
          min={1}
          max={86_400}
          suffix=" s"
          value={draft.searchSeconds ?? ''}
          onChange={(value) => onChange({ searchSeconds: typeof value === 'number' && value > 0 ? value : null })}
        />
        <DimensionFields draft={draft} inspection={inspection} onChange={onChange} />
        <NumberInput
          size="xs"
          label={t('experiment.seed')}
          min={0}
          max={0xffff_ffff}
          allowDecimal={false}
          value={draft.seed}
          onChange={(value) => typeof value === 'number' && value >= 0 && onChange({ seed: value })}
        />
      </div>
      {(['effects', 'saturation'] as const).map((name) => (
        <Switch
          key={name}
          size="xs"
          label={t(`experiment.${name}`)}
          description={t(`experiment.${name}Help`)}
          checked={draft[name]}
          onChange={(event) => onChange({ [name]: event.currentTarget.checked })}
        />
      ))}
    </Section>
  );
}

/** Symbolic dimensions of the model's inputs, in order. */
function symbolicDims(inspection: Inspection | null): string[] {
  const names = (inspection?.model.inputs ?? []).flatMap((input) =>
    input.dims.filter((dim) => typeof dim === 'string'),
  );
  return [...new Set(names)];
}

/** A field for each size that the model leaves open. */
function DimensionFields({ draft, inspection, onChange }: MeasuringProps) {
  const { t } = useTranslation();
  return symbolicDims(inspection).map((name) => (
    <NumberInput
      key={name}
      size="xs"
      label={t('experiment.dimension', { name })}
      min={1}
      allowDecimal={false}
      placeholder={String(lookUp(inspection?.dims ?? {}, name) ?? 1)}
      value={lookUp(draft.dims, name) ?? ''}
      onChange={(value) => {
        const others = Object.entries(draft.dims).filter(([other]) => other !== name);
        onChange({
          dims: Object.fromEntries(typeof value === 'number' && value >= 1 ? [...others, [name, value]] : others),
        });
      }}
    />
  ));
}
