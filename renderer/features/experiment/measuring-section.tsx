import { NumberInput, Switch, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Inspection } from '../../../shared/inspection.ts';
import { lookUp } from '../../../shared/look-up.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { DropLimits } from './drop-limits.tsx';
import type { Draft } from './draft.ts';
import { Section } from './section.tsx';
import classes from './experiment-page.module.css';

/** Symbolic dimensions of the model's inputs, in order. */
function symbolicDims(inspection: Inspection | null): string[] {
  const names = (inspection?.model.inputs ?? []).flatMap((input) =>
    input.dims.filter((dim) => typeof dim === 'string'),
  );
  return [...new Set(names)];
}

export function MeasuringSection(props: {
  readonly draft: Draft;
  readonly inspection: Inspection | null;
  readonly onChange: (patch: Partial<Draft>) => void;
}) {
  const { t } = useTranslation();
  const { draft, inspection, onChange } = props;
  const tags = useRequest('runs.tags', {});
  const numberOrNull = (value: string | number): number | null => (typeof value === 'number' ? value : null);
  return (
    <>
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
            onChange={(value) => onChange({ evaluationSamples: numberOrNull(value) })}
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
          {symbolicDims(inspection).map((name) => (
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
                  dims: Object.fromEntries(
                    typeof value === 'number' && value >= 1 ? [...others, [name, value]] : others,
                  ),
                });
              }}
            />
          ))}
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
      </Section>
      <Section icon="check" title={t('experiment.section.gates')}>
        <p className="muted">{t('experiment.gatesHelp')}</p>
        <div className={classes.pair}>
          <NumberInput
            size="xs"
            label={t('gate.maxAccuracyDrop')}
            placeholder={t('experiment.noGate')}
            step={0.5}
            value={draft.gates.maxAccuracyDrop ?? ''}
            onChange={(value) => onChange({ gates: { ...draft.gates, maxAccuracyDrop: numberOrNull(value) } })}
          />
          <NumberInput
            size="xs"
            label={t('gate.minSpeedup')}
            placeholder={t('experiment.noGate')}
            min={0}
            step={0.1}
            value={draft.gates.minSpeedup ?? ''}
            onChange={(value) => onChange({ gates: { ...draft.gates, minSpeedup: numberOrNull(value) } })}
          />
          <NumberInput
            size="xs"
            label={t('gate.maxSizeRatio')}
            placeholder={t('experiment.noGate')}
            min={0}
            step={0.05}
            value={draft.gates.maxSizeRatio ?? ''}
            onChange={(value) => onChange({ gates: { ...draft.gates, maxSizeRatio: numberOrNull(value) } })}
          />
        </div>
        <DropLimits
          limits={draft.gates.maxDrops}
          onChange={(maxDrops) => onChange({ gates: { ...draft.gates, maxDrops } })}
        />
      </Section>
      <Section icon="file" title={t('experiment.section.record')}>
        <Switch
          size="xs"
          label={t('experiment.keepPrepared')}
          description={t('experiment.keepPreparedHelp')}
          checked={draft.keepPrepared && draft.place === null}
          disabled={draft.place !== null}
          onChange={(event) => onChange({ keepPrepared: event.currentTarget.checked })}
        />
        <TextInput
          size="xs"
          label={t('experiment.name')}
          placeholder={t('experiment.namePlaceholder')}
          maxLength={200}
          value={draft.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <TagsInput
          size="xs"
          label={t('experiment.tags')}
          maxTags={50}
          data={[...(tags.value ?? [])]}
          value={[...draft.tags]}
          onChange={(value) => onChange({ tags: value })}
        />
      </Section>
    </>
  );
}
