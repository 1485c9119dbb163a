import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportFormat } from '../../shared/contract/requests.ts';
import type { ExportOutcome } from '../../shared/contract/results.ts';
import type { PageSize } from '../../shared/report-options.ts';
import { request } from '../api.ts';
import { usePickPath } from '../components/file-picker.tsx';
import { fileNameOf } from '../format.ts';
import { useAppState } from './use-app-state.ts';
import { notify, offerAction, useFailure } from './use-notify.tsx';

/** Shows a file where it lies, or says where that is when the host has no file manager. */
export function useReveal(): (path: string) => void {
  const { t } = useTranslation();
  const fail = useFailure();
  return useCallback(
    (path) => {
      request('files.reveal', { path }).then((shown) => {
        if (!shown) notify({ title: t('export.liesAt'), message: path, autoClose: 12_000 });
      }, fail);
    },
    [t, fail],
  );
}

/** Where people print on Letter, by the region of the browser's language; everywhere else on A4. */
const letterRegions = new Set(['US', 'CA', 'MX', 'CL', 'CO', 'PH', 'VE']);

function readPageSize(): PageSize {
  return letterRegions.has(new Intl.Locale(navigator.language).region ?? '') ? 'Letter' : 'A4';
}

/** Says that something is going on where it takes longer than a blink. */
function showLater(message: string): { readonly end: () => void } {
  let id: string | null = null;
  const timer = setTimeout(() => {
    id = notify({ message, loading: true, autoClose: false, withCloseButton: false });
  }, 400);
  return {
    end: () => {
      clearTimeout(timer);
      if (id !== null) notifications.hide(id);
    },
  };
}

/** Writes runs to a file or folder of the user's choice and says where they went. */
export function useExport(): (runIds: readonly string[], format: ExportFormat) => void {
  const { t } = useTranslation();
  const { settings } = useAppState();
  const reveal = useReveal();
  const fail = useFailure();
  const pick = usePickPath();
  return useCallback(
    (runIds, format) => {
      const write = async (): Promise<ExportOutcome> => {
        const path = format === 'mlflow' ? await pick('folder') : null;
        if (format === 'mlflow' && path === null) return { kind: 'cancelled' };
        const { language } = settings;
        return request('runs.export', { runIds: [...runIds], format, path, language, pageSize: readPageSize() });
      };
      const progress = showLater(t('export.writing'));
      write()
        .finally(progress.end)
        .then(
          (outcome) => {
            if (outcome.kind === 'download') {
              const link = document.createElement('a');
              link.href = outcome.url;
              link.download = outcome.fileName;
              link.click();
            } else if (outcome.kind === 'written') {
              offerAction(t('export.written', { name: fileNameOf(outcome.path) }), {
                label: t('common.reveal'),
                act: () => reveal(outcome.path),
              });
            }
          },
          (error: unknown) => fail(error, t('export.failed')),
        );
    },
    [t, settings, reveal, fail, pick],
  );
}
