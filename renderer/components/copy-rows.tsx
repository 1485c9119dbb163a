import { ActionIcon, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { notify } from '../hooks/use-notify.tsx';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';

/** Puts the figures of a table or chart on the clipboard. */
export function CopyRows({ label, text }: { label: string; text: () => string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <Tooltip label={copied ? t('table.copied') : t('table.copy')}>
      <ActionIcon
        aria-label={t('table.copyNamed', { name: label })}
        onClick={() => {
          void copyText(text()).then((isCopied) => {
            if (!isCopied) {
              notify({ message: t('table.copyFailed'), color: 'orange' });
              return;
            }
            setCopied(true);
            window.setTimeout(() => setCopied(false), 1500);
          });
        }}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </ActionIcon>
    </Tooltip>
  );
}
