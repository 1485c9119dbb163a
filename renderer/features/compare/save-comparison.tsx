import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { SaveDialog } from '../../components/save-dialog.tsx';
import { notify } from '../../hooks/use-notify.tsx';

/** Keeps the comparison on screen under a name; the run it compares against comes first. */
export function SaveComparison({ runIds }: { runIds: readonly string[] }) {
  const { t } = useTranslation();
  const [naming, setNaming] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<Icon name="add" />} onClick={() => setNaming(true)}>
        {t('comparisons.save')}
      </Button>
      {naming && <NameComparison runIds={runIds} onClose={() => setNaming(false)} />}
    </>
  );
}

function NameComparison({ runIds, onClose }: { runIds: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const name = typed.trim();
  return (
    <SaveDialog
      title={t('comparisons.save')}
      saveLabel={t('comparisons.saveNow')}
      ready={name !== ''}
      save={() => request('comparisons.save', { name, runIds: [...runIds] })}
      onSaved={() => {
        notify({ message: t('comparisons.saved', { name }) });
        onClose();
      }}
      onClose={onClose}
    >
      <TextInput
        size="xs"
        label={t('comparisons.name')}
        description={t('comparisons.nameHelp')}
        data-autofocus
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </SaveDialog>
  );
}
