import { ActionIcon, Autocomplete, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PickKind } from '../../shared/contract/requests.ts';
import { usePickPath } from './file-picker.tsx';
import { Icon } from './icon.tsx';
import classes from './path-field.module.css';

/** A path: typed, picked, or one used lately. Reports when it is complete, not at every key. */
export function PathField(props: {
  readonly label: string;
  readonly description?: string;
  readonly kind: PickKind;
  readonly value: string | null;
  readonly onChange: (path: string | null) => void;
  readonly recent?: readonly string[];
  readonly placeholder?: string;
  /** Why what is there cannot be used. */
  readonly error?: string | null;
}) {
  const { t } = useTranslation();
  const pick = usePickPath();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? props.value ?? '';
  function commit(text: string): void {
    setTyped(null);
    const path = text.trim() === '' ? null : text.trim();
    if (path !== props.value) props.onChange(path);
  }
  return (
    <Autocomplete
      label={props.label}
      description={props.description}
      placeholder={props.placeholder}
      error={props.error ?? null}
      size="xs"
      value={shown}
      data={[...(props.recent ?? [])]}
      // The list offers recent files; it does not search while a path is typed.
      filter={({ options }) => options}
      title={shown}
      spellCheck={false}
      maxDropdownHeight={260}
      onChange={setTyped}
      onOptionSubmit={commit}
      onBlur={() => commit(shown)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        // The first takes the path over; only the next sends a form that is not filled in yet.
        if (shown.trim() !== (props.value ?? '')) event.preventDefault();
        commit(shown);
      }}
      classNames={{ input: classes.input, option: classes.option }}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      rightSectionWidth={32}
      rightSectionPointerEvents="all"
      rightSection={
        <Tooltip label={t('picker.browse')}>
          <ActionIcon
            size="sm"
            aria-label={t('picker.browseFor', { name: props.label })}
            onClick={() => {
              void pick(props.kind, props.value).then((path) => {
                if (path !== null) commit(path);
              });
            }}
          >
            <Icon name="folder" />
          </ActionIcon>
        </Tooltip>
      }
    />
  );
}
