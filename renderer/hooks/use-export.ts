import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportFormat } from '../../shared/contract.ts';
import type { PageSize } from '../../shared/report-options.ts';
import { request } from '../api.ts';
import { fileNameOf } from '../format.ts';
import { useAppState } from './use-app-state.ts';
import { offerAction, useFailure } from './use-notify.tsx';

/** Shows a file where it lies, or says where that is when the host has no file manager. */
export function useReveal(): (path: string) => void {
  const { t } = useTranslation();
  const fail = useFailure();
  return useCallback(
    (path) => {
      request('files.reveal', { path }).then((shown) => {
        if (!shown) notifications.show({ title: t('export.liesAt'), message: path, autoClose: 12_000 });
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

/** Writes runs to a file of the user's choice and says where it went. */
export function useExport(): (runIds: readonly string[], format: ExportFormat) => void {
  const { t } = useTranslation();
  const { settings } = useAppState();
  const reveal = useReveal();
  const fail = useFailure();
  return useCallback(
    (runIds, format) => {
      request('runs.export', {
        runIds: [...runIds],
        format,
        language: settings.language,
        pageSize: readPageSize(),
      }).then(
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
    [t, settings.language, reveal, fail],
  );
}
