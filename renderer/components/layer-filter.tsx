import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';

/** Words that must all occur in a layer's name, operator or reason. */
export function matchesLayer(layer: { name: string; opType: string; reason: string }, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = `${layer.name} ${layer.opType} ${layer.reason}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

export function LayerFilter(props: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly shown: number;
  readonly total: number;
}) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        size="xs"
        style={{ flex: '1 1 130px', maxWidth: 220 }}
        type="search"
        data-find
        placeholder={t('table.filterLayers')}
        aria-label={t('table.filterLayers')}
        leftSection={<Icon name="search" size={14} />}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <span className="muted" role="status" style={{ whiteSpace: 'nowrap' }}>
        {props.shown === props.total
          ? t('table.layerCount', { count: props.total })
          : t('table.layersShown', { shown: props.shown, total: props.total })}
      </span>
    </>
  );
}
