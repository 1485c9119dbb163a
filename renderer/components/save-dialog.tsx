import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from './notice.tsx';

/** Asks for what is needed to keep something, and stays open, saying why, when it could not be kept. */
export function SaveDialog(props: {
  readonly title: string;
  readonly saveLabel: string;
  /** Whether the fields hold what can be saved. */
  readonly ready: boolean;
  readonly save: () => Promise<unknown>;
  readonly onSaved: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const { title, saveLabel, ready, save, onSaved, onClose, children } = props;

  function submit(): void {
    if (!ready || saving) return;
    setSaving(true);
    save().then(onSaved, (reason: unknown) => {
      setSaving(false);
      setError(reason instanceof Error ? reason : new Error(String(reason)));
    });
  }

  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          {children}
          {error !== null && <ErrorNotice error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={!ready} loading={saving}>
              {saveLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
