import { Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { taskNames } from '../../../shared/tasks.ts';
import { PathField } from '../../components/path-field.tsx';
import type { Draft } from './draft.ts';

type Data = Draft['data'];

/** What the model is for, and what is right: boxes or masks, names of classes, characters and texts. */
export function TargetFields({ data, onChange }: { readonly data: Data; readonly onChange: (data: Data) => void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const isUsed = data.classesPath !== null || data.charactersPath !== null || data.textsPath !== null;
  return (
    <>
      <Select
        size="xs"
        label={t('experiment.task')}
        placeholder={t('experiment.taskFound')}
        clearable
        value={data.task}
        data={taskNames.map((value) => ({ value, label: t(`task.${value}`) }))}
        onChange={(task) => onChange({ ...data, task: taskNames.find((name) => name === task) ?? null })}
      />
      <PathField
        label={t('experiment.annotations')}
        description={t('experiment.annotationsHelp')}
        kind="annotations"
        value={data.annotationsPath}
        onChange={(annotationsPath) => onChange({ ...data, annotationsPath })}
      />
      <details open={isOpen || isUsed} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="muted">{t('experiment.moreTargets')}</summary>
        <PathField
          label={t('experiment.classes')}
          description={t('experiment.classesHelp')}
          kind="labels"
          value={data.classesPath}
          onChange={(classesPath) => onChange({ ...data, classesPath })}
        />
        <PathField
          label={t('experiment.characters')}
          description={t('experiment.charactersHelp')}
          kind="labels"
          value={data.charactersPath}
          onChange={(charactersPath) => onChange({ ...data, charactersPath })}
        />
        <PathField
          label={t('experiment.texts')}
          description={t('experiment.textsHelp')}
          kind="labels"
          value={data.textsPath}
          onChange={(textsPath) => onChange({ ...data, textsPath })}
        />
      </details>
    </>
  );
}
