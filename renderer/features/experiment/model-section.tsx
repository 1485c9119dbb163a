import { useTranslation } from 'react-i18next';
import { PathField } from '../../components/path-field.tsx';
import type { Draft } from './draft.ts';
import { Section } from './section.tsx';

export function ModelSection(props: {
  readonly draft: Draft;
  readonly recent: readonly string[];
  readonly error: string | null;
  readonly onChange: (path: string | null) => void;
}) {
  const { t } = useTranslation();
  return (
    <Section icon="model" title={t('experiment.section.model')}>
      <PathField
        label={t('experiment.model')}
        placeholder={t('experiment.modelPlaceholder')}
        kind="model"
        value={props.draft.modelPath}
        recent={props.recent}
        error={props.error}
        onChange={props.onChange}
      />
    </Section>
  );
}
