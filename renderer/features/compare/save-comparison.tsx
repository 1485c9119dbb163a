import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
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
  const [error, setError] = useState<Error | null>(null);
  const name = typed.trim();

  function save(): void {
    request('comparisons.save', { name, runIds: [...runIds] }).then(
      () => {
        notify({ message: t('comparisons.saved', { name }) });
        onClose();
      },
      (reason: unknown) => setError(reason instanceof Error ? reason : new Error(String(reason))),
    );
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('comparisons.save')}
      centered
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== '') save();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('comparisons.name')}
            description={t('comparisons.nameHelp')}
            data-autofocus
            maxLength={200}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {error !== null && <ErrorNotice error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={name === ''}>
              {t('comparisons.saveNow')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
