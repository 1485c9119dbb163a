import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { notify } from '../hooks/use-notify.tsx';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';
import { pageAsMarkdown } from './page-markdown.ts';

/** Where the view on screen can be seen again. The key that a browser was let in by is not in it. */
function viewAddress(): string {
  return window.location.href;
}

/** What every view can give away: its address, and itself as Markdown. Below it what else can be done here. */
export function MoreMenu({ children }: { readonly children?: ReactNode }) {
  const { t } = useTranslation();
  const copy = (text: string, said: string): void => {
    void copyText(text).then((isCopied) =>
      notify(isCopied ? { message: said } : { message: t('table.copyFailed'), color: 'orange' }),
    );
  };
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <Tooltip label={t('more.title')}>
          <ActionIcon size={30} variant="default" aria-label={t('more.title')}>
            <Icon name="more" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="link" />} onClick={() => copy(viewAddress(), t('more.linkCopied'))}>
          {t('more.copyLink')}
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="copy" />}
          onClick={() => {
            const main = document.getElementById('main');
            if (main !== null) copy(pageAsMarkdown(main, viewAddress()), t('more.markdownCopied'));
          }}
        >
          {t('more.copyMarkdown')}
        </Menu.Item>
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}
