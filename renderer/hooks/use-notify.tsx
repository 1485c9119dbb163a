import { Button } from '@mantine/core';
import { notifications, type NotificationData } from '@mantine/notifications';
import i18next from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { AppError, failureOf } from '../../shared/app-error.ts';
import { useErrorText } from './use-engine-text.ts';

/** Long enough to read it and to think about the button in it. */
const shownMs = 15_000;

/** Shows a message at the window's edge. @returns what `notifications.hide` takes. */
export function notify(message: NotificationData): string {
  // Its cross is no word: it needs a name for whoever cannot see it.
  return notifications.show({ closeButtonProps: { 'aria-label': i18next.t('common.close') }, ...message });
}

/** Says what went wrong: its kind, then the message, which names the file and what to do. */
export function useFailure(): (error: unknown, title?: string) => void {
  const { t } = useTranslation();
  const errorText = useErrorText();
  return useCallback(
    (error, title) => {
      notify({
        title: title ?? t(`error.${error instanceof AppError ? error.code : 'internal'}`),
        message: errorText(failureOf(error)),
        color: 'orange',
        autoClose: shownMs,
      });
    },
    [t, errorText],
  );
}

/** Says something and offers to do something about it. */
export function offerAction(title: string, action: { readonly label: string; readonly act: () => void }): void {
  const id = notify({
    title,
    autoClose: shownMs,
    message: (
      <Button
        variant="subtle"
        size="compact-xs"
        px={0}
        onClick={() => {
          notifications.hide(id);
          action.act();
        }}
      >
        {action.label}
      </Button>
    ),
  });
}

/** Says what was just done and offers to take it back. */
export function useUndo(): (done: string, undo: () => Promise<void>) => void {
  const { t } = useTranslation();
  const fail = useFailure();
  return useCallback(
    (done, undo) => offerAction(done, { label: t('common.undo'), act: () => void undo().catch(fail) }),
    [t, fail],
  );
}
