import { Alert } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AppError } from '../../shared/app-error.ts';
import { useErrorText } from '../hooks/use-engine-text.ts';
import { Icon } from './icon.tsx';
import classes from './notice.module.css';

/** One thing to know before going on. Warnings have a sign as well as a colour. */
export function Notice(props: {
  readonly tone: 'info' | 'warning';
  readonly title?: string;
  readonly children?: ReactNode;
  readonly alert?: boolean;
}) {
  return (
    <Alert
      role={props.alert === true ? 'alert' : 'note'}
      icon={<Icon name={props.tone === 'warning' ? 'warning' : 'info'} />}
      title={props.title}
      data-tone={props.tone}
      classNames={{
        root: classes.root,
        title: classes.title,
        icon: classes.icon,
        message: classes.message,
        wrapper: classes.wrapper,
      }}
    >
      {props.children}
    </Alert>
  );
}

/** What went wrong: the message names the file or node and what to do. */
export function ErrorNotice({ error, title }: { error: Error; title?: string }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const code = error instanceof AppError ? error.code : 'internal';
  return (
    <Notice tone="warning" alert title={title ?? t(`error.${code}`)}>
      {errorText(error)}
    </Notice>
  );
}
