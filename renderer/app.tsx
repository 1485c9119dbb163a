import { useMantineColorScheme } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { Settings } from '../shared/contract/requests.ts';
import type { QueueEntry } from '../shared/contract/results.ts';
import { onConnection, request } from './api.ts';
import { FilePickerProvider } from './components/file-picker.tsx';
import { loadFonts } from './fonts.ts';
import { AppStateContext, type AppState } from './hooks/use-app-state.ts';
import { useCancellations } from './hooks/use-cancellations.ts';
import { useHostEvent } from './hooks/use-host-event.ts';
import { useFailure } from './hooks/use-notify.tsx';
import { useRequest } from './hooks/use-request.ts';
import { changeLanguage } from './i18n/i18n.ts';
import { Shell } from './shell.tsx';

export function App({ initialSettings }: { initialSettings: Settings }) {
  const [settings, setSettings] = useState(initialSettings);
  const [queue, setQueue] = useState<readonly QueueEntry[]>([]);
  const info = useRequest('app.info', {});
  const { setColorScheme } = useMantineColorScheme();
  const fail = useFailure();
  const { cancelling, cancelRun } = useCancellations();

  useEffect(
    () => setColorScheme(settings.theme === 'system' ? 'auto' : settings.theme),
    [settings.theme, setColorScheme],
  );
  useEffect(() => {
    // Fonts of one language may come after another was chosen: the last choice counts.
    let isCurrent = true;
    void loadFonts(settings.language).then(() => (isCurrent ? changeLanguage(settings.language) : undefined));
    return () => {
      isCurrent = false;
    };
  }, [settings.language]);
  useHostEvent('settings.changed', setSettings);
  // The engine's account of this machine takes longer than the window.
  useHostEvent('info.changed', info.reload);
  useHostEvent('queue.changed', setQueue);
  useEffect(() => {
    const load = () => {
      // A host that is silent is told of elsewhere (`app.info`), and what is known of the queue stays.
      request('run.queue', {}).then(setQueue, () => undefined);
    };
    load();
    // What changed while the host was not heard.
    return onConnection((connection) => {
      if (connection === 'connected') load();
    });
  }, []);

  const state = useMemo(
    (): AppState => ({
      info: info.value,
      settings,
      queue,
      cancelling,
      cancelRun,
      changeSettings(change) {
        setSettings((old) => ({ ...old, ...change }));
        request('settings.set', change).then(setSettings, (error: unknown) => {
          setSettings(settings);
          fail(error);
        });
      },
    }),
    [info.value, settings, queue, cancelling, cancelRun, fail],
  );

  return (
    <AppStateContext value={state}>
      <FilePickerProvider>
        <Shell infoError={info.error} onReload={info.reload} />
      </FilePickerProvider>
    </AppStateContext>
  );
}
