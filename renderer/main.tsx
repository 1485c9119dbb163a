import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './global.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Settings } from '../shared/contract/requests.ts';
import { request } from './api.ts';
import { App } from './app.tsx';
import { loadFonts } from './fonts.ts';
import { startTranslations } from './i18n/i18n.ts';
import { resolveVariables, theme } from './theme.ts';

const usualSettings: Settings = {
  theme: 'system',
  language: 'en',
  threads: 1,
  databasePath: null,
  engineMemoryMb: null,
  lookSeconds: null,
  lab: null,
  columnWidths: {},
};

async function start(): Promise<void> {
  // A host that cannot answer still gets a window, which then says so.
  const settings = await request('settings.get', {}).catch(() => usualSettings);
  await Promise.all([startTranslations(settings.language), loadFonts(settings.language)]);
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={resolveVariables}
        defaultColorScheme={settings.theme === 'system' ? 'auto' : settings.theme}
      >
        <Notifications position="bottom-right" limit={4} />
        <App initialSettings={settings} />
      </MantineProvider>
    </StrictMode>,
  );
}

void start();
