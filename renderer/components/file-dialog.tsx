import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PickKind } from '../../shared/contract/requests.ts';
import type { FileEntry } from '../../shared/contract/results.ts';
import { formatBytes } from '../../shared/units.ts';
import { useRequest } from '../hooks/use-request.ts';
import { Icon } from './icon.tsx';
import { ErrorNotice } from './notice.tsx';
import { Table } from './table.tsx';
import type { TableColumn } from './table-column.ts';
import classes from './file-picker.module.css';

export interface Question {
  readonly kind: PickKind;
  readonly startPath: string | null;
  readonly answer: (path: string | null) => void;
}

const extensions: Readonly<Partial<Record<PickKind, readonly string[]>>> = {
  model: ['.onnx'],
  'data-file': ['.npz', '.npy', '.pb', '.txt', '.jsonl', '.ndjson', '.csv', '.tsv'],
  labels: ['.csv', '.txt', '.json'],
  tokenizer: ['.json'],
  annotations: ['.json'],
  preprocessor: ['.json'],
  bundle: ['.vernier'],
  database: ['.db', '.sqlite'],
};

function isOffered(entry: FileEntry, kind: PickKind): boolean {
  if (entry.kind === 'folder') return true;
  if (kind === 'folder') return false;
  if (kind === 'data') return ['.npz', '.npy'].some((extension) => entry.name.toLowerCase().endsWith(extension));
  const wanted = extensions[kind];
  return wanted === undefined || wanted.some((extension) => entry.name.toLowerCase().endsWith(extension));
}

function parentOf(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, '');
}

function useEntryColumns(): TableColumn<FileEntry>[] {
  const { t } = useTranslation();
  return useMemo(
    (): TableColumn<FileEntry>[] => [
      {
        id: 'name',
        header: t('picker.name'),
        width: 240,
        grow: 1,
        value: (entry) => entry.name,
        render: (entry) => (
          <span className={classes.entry}>
            <Icon name={entry.kind === 'folder' ? 'folder' : 'file'} />
            <span className="clip">{entry.name}</span>
          </span>
        ),
      },
      {
        id: 'size',
        header: t('picker.size'),
        width: 90,
        align: 'end',
        value: (entry) => entry.sizeBytes,
        render: (entry) => (entry.sizeBytes === null ? '' : formatBytes(entry.sizeBytes)),
      },
    ],
    [t],
  );
}

/** A browser of the folders that the host may show. */
export function FileDialog({ question, onClose }: { question: Question; onClose: (path: string | null) => void }) {
  const { t } = useTranslation();
  const { kind } = question;
  const [folder, setFolder] = useState<string | null>(
    question.startPath === null ? null : parentOf(question.startPath),
  );
  const [chosen, setChosen] = useState<FileEntry | null>(null);
  const [typed, setTyped] = useState('');
  const listing = useRequest('files.list', { path: folder });
  const choosesFolder = kind === 'data' || kind === 'folder' || kind === 'annotations';
  const writes = kind === 'save' || kind === 'database';
  const entries = useMemo(
    () => (listing.value?.entries ?? []).filter((entry) => isOffered(entry, kind)),
    [listing.value, kind],
  );
  const columns = useEntryColumns();
  function open(entry: FileEntry): void {
    if (entry.kind === 'folder') {
      setFolder(entry.path);
      setChosen(null);
    } else onClose(entry.path);
  }
  const answer = writes
    ? typed !== '' && folder !== null
      ? `${folder}/${typed}`
      : (chosen?.path ?? null)
    : choosesFolder
      ? (chosen?.path ?? folder)
      : chosen?.kind === 'file'
        ? chosen.path
        : null;
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={t(`picker.title.${kind}`)}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="xs">
        <Group gap="xs" wrap="nowrap">
          <Button
            variant="default"
            leftSection={<Icon name="up" />}
            disabled={folder === null}
            onClick={() => {
              setFolder(listing.value?.parent ?? null);
              setChosen(null);
            }}
          >
            {t('picker.up')}
          </Button>
          <span className={`mono clip ${classes.path}`} title={folder ?? ''}>
            {folder ?? t('picker.roots')}
          </span>
        </Group>
        {listing.error !== null && <ErrorNotice error={listing.error} />}
        <div className={classes.list}>
          <Table
            label={t('picker.entries')}
            columns={columns}
            rows={entries}
            rowId={(entry) => entry.path}
            activeId={chosen?.path ?? null}
            onActivate={setChosen}
            onOpen={open}
            empty={listing.loading ? t('common.loading') : t('picker.empty')}
          />
        </div>
        {writes && (
          <TextInput
            label={t('picker.fileName')}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onClose(null)}>
            {t('common.cancel')}
          </Button>
          {chosen?.kind === 'folder' && (
            <Button variant="default" onClick={() => open(chosen)}>
              {t('picker.openFolder')}
            </Button>
          )}
          <Button disabled={answer === null} onClick={() => onClose(answer)}>
            {choosesFolder && (chosen === null || chosen.kind === 'folder')
              ? t('picker.useFolder')
              : t('picker.choose')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
