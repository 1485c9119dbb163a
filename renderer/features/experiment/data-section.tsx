import { SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { preprocessPresets } from '../../../shared/tasks.ts';
import { PathField } from '../../components/path-field.tsx';
import { Notice } from '../../components/notice.tsx';
import { TargetFields } from './target-fields.tsx';
import type { Draft } from './draft.ts';
import { Section } from './section.tsx';

type Source = 'folder' | 'file' | 'random';

export function DataSection(props: {
  readonly draft: Draft;
  readonly recent: readonly string[];
  readonly refusal: { readonly field: 'data' | 'labels'; readonly text: string } | null;
  readonly onChange: (data: Draft['data']) => void;
}) {
  const { t } = useTranslation();
  const { data } = props.draft;
  const isFile = data.path !== null && /\.(npz|npy|pb|txt|jsonl|ndjson|csv|tsv)$/i.test(data.path);
  const isText = data.path !== null && /\.(txt|jsonl|ndjson|csv|tsv)$/i.test(data.path);
  const [chosen, setChosen] = useState<'folder' | 'file'>('folder');
  const source: Source = data.random ? 'random' : data.path === null ? chosen : isFile ? 'file' : 'folder';
  const errorOf = (field: 'data' | 'labels'): string | null =>
    props.refusal?.field === field ? props.refusal.text : null;
  return (
    <Section icon="data" title={t('experiment.section.data')}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('experiment.dataSource')}
        value={source}
        data={[
          { value: 'folder', label: t('experiment.source.folder') },
          { value: 'file', label: t('experiment.source.file') },
          { value: 'random', label: t('experiment.source.random') },
        ]}
        onChange={(value) => {
          if (value === 'random') props.onChange({ ...data, path: null, labelsPath: null, random: true });
          else {
            setChosen(value === 'file' ? 'file' : 'folder');
            props.onChange({ ...data, path: null, random: false });
          }
        }}
      />
      {source === 'random' ? (
        <Notice tone="warning">{t('experiment.randomWarning')}</Notice>
      ) : (
        <>
          <PathField
            label={t('experiment.data')}
            placeholder={t(source === 'file' ? 'experiment.dataFilePlaceholder' : 'experiment.dataFolderPlaceholder')}
            kind={source === 'file' ? 'data-file' : 'data'}
            value={data.path}
            recent={props.recent}
            error={errorOf('data')}
            onChange={(path) => props.onChange({ ...data, path })}
          />
          <PathField
            label={t('experiment.labels')}
            description={t('experiment.labelsHelp')}
            kind="labels"
            error={errorOf('labels')}
            value={data.labelsPath}
            onChange={(labelsPath) => props.onChange({ ...data, labelsPath })}
          />
          <TargetFields data={data} onChange={props.onChange} />
          {isText && (
            <PathField
              label={t('experiment.tokenizer')}
              description={t('experiment.tokenizerHelp')}
              kind="tokenizer"
              value={data.tokenizerPath}
              onChange={(tokenizerPath) => props.onChange({ ...data, tokenizerPath })}
            />
          )}
          <PathField
            label={t('experiment.preprocessor')}
            description={t('experiment.preprocessorHelp')}
            kind="preprocessor"
            value={data.preprocessorPath}
            onChange={(preprocessorPath) => props.onChange({ ...data, preprocessorPath })}
          />
          {(!isFile || data.preprocess !== null) && (
            <Select
              size="xs"
              label={t('experiment.preprocess')}
              description={t('experiment.preprocessHelp')}
              placeholder={t('experiment.preprocessFound')}
              clearable
              value={data.preprocess}
              data={[...preprocessPresets]}
              onChange={(found) =>
                props.onChange({ ...data, preprocess: preprocessPresets.find((name) => name === found) ?? null })
              }
            />
          )}
        </>
      )}
    </Section>
  );
}
