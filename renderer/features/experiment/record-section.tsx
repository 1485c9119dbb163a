import { Switch, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRequest } from '../../hooks/use-request.ts';
import type { Draft } from './draft.ts';
import { Section } from './section.tsx';

/** What is kept of the run, and how it is found again. */
export function RecordSection(props: { readonly draft: Draft; readonly onChange: (patch: Partial<Draft>) => void }) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  const tags = useRequest('runs.tags', {});
  return (
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
  );
}
