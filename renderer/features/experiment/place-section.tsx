import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useLab } from '../../hooks/use-lab.ts';
import type { Draft } from './draft.ts';
import { Section } from './section.tsx';

/** This machine has no name among the places of a lab. */
const here = '';

/** Where the run goes; there is nothing to choose without a lab. */
export function PlaceSection(props: {
  readonly place: Draft['place'];
  readonly onChange: (place: Draft['place']) => void;
}) {
  const { settings } = useAppState();
  return settings.lab === null ? null : <PlaceChoice {...props} />;
}

function PlaceChoice({ place, onChange }: Parameters<typeof PlaceSection>[0]) {
  const { t } = useTranslation();
  const { overview, error } = useLab();
  const devices = overview?.devices ?? [];
  const labels = [...new Set(devices.flatMap((device) => device.labels))].sort();
  const options = [
    { value: here, label: t('devices.thisMachine') },
    { value: 'any', label: t('devices.anyDevice') },
    ...(devices.length > 1 || place === 'all' ? [{ value: 'all', label: t('devices.everyDevice') }] : []),
    ...devices.map(({ name, cpuModel, state }) => ({
      value: name,
      label: `${name} · ${cpuModel} · ${t(`devices.state.${state}`)}`,
    })),
    ...labels.map((label) => ({ value: `label=${label}`, label: t('devices.withLabel', { label }) })),
  ];
  // What was chosen may have left meanwhile; it may come back, and the run waits for it.
  const known = options.some(({ value }) => value === (place ?? here));
  return (
    <Section icon="devices" title={t('devices.where')}>
      <Select
        size="xs"
        label={t('devices.runOn')}
        description={place === null ? null : t('devices.runOnHelp')}
        error={error === null ? null : t('devices.silent')}
        allowDeselect={false}
        data={known ? options : [...options, { value: place ?? here, label: place ?? '' }]}
        value={place ?? here}
        onChange={(value) => onChange(value === null || value === here ? null : value)}
      />
    </Section>
  );
}
