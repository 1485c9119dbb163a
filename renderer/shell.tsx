import { AppShell, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { onConnection, request, type ConnectionState } from './api.ts';
import classes from './app.module.css';
import { Banners } from './banners.tsx';
import { CommandPalette, openCommandPalette } from './command-palette.tsx';
import { ImportQuestion } from './components/import-question.tsx';
import { useAppState } from './hooks/use-app-state.ts';
import { useDroppedFiles } from './hooks/use-dropped-files.ts';
import { useHostEvent } from './hooks/use-host-event.ts';
import { offerAction } from './hooks/use-notify.tsx';
import { useOpenFiles } from './hooks/use-open-files.ts';
import { navigate, useRoute } from './hooks/use-route.ts';
import { useSample } from './hooks/use-sample.ts';
import { PageOf } from './page-of.tsx';
import { newExperimentRoute } from './route.ts';
import { kindOfFile } from './route-to-files.ts';
import { Sidebar } from './sidebar.tsx';
import { useMenuCommands } from './use-menu-commands.ts';

/** Around every page: sidebar, palette, banners, what is dropped. */
export function Shell({ infoError, onReload }: { infoError: Error | null; onReload: () => void }) {
  const { t } = useTranslation();
  const route = useRoute();
  const openFiles = useOpenFiles();
  const sample = useSample();
  const { info } = useAppState();
  const [connection, setConnection] = useState<ConnectionState>('connected');
  const [onBattery, setOnBattery] = useState<boolean | null>(null);

  useEffect(
    () =>
      onConnection((state) => {
        setConnection(state);
        if (state === 'connected') onReload();
      }),
    [onReload],
  );
  useHostEvent('power.changed', (power) => setOnBattery(power.onBattery));
  useHostEvent('files.opened', ({ paths }) => openFiles.open(paths));
  const dragging = useDroppedFiles((files) => {
    const paths = files.map((file) => file.path).filter((path) => path !== '');
    const [first] = files;
    if (paths.length > 0) openFiles.open(paths);
    else if (first !== undefined) {
      offerAction(t('app.dropNeedsPicker', { name: first.name }), {
        label: t('app.dropPick'),
        act: () => openFiles.pickAndOpen(kindOfFile(first.name)),
      });
    }
  });

  const { pickAndOpen } = openFiles;
  const openModel = useCallback(() => pickAndOpen('model'), [pickAndOpen]);
  useMenuCommands(openModel, sample.start);
  // After the listeners above; a host that was restarted is told again.
  useEffect(() => void request('window.listening', {}), []);
  useHotkeys(
    [
      ['mod+K', openCommandPalette],
      ['mod+O', openModel],
      ['alt+N', () => navigate(newExperimentRoute)],
      // Electron has no keys for it; browsers have, and do the same.
      ['alt+ArrowLeft', () => window.history.back()],
      ['alt+ArrowRight', () => window.history.forward()],
    ],
    // From every field as well.
    [],
  );

  return (
    <AppShell
      // Below 1200 px a rail of icons, as app.module.css has it.
      navbar={{ width: { base: 56, lg: 204 }, breakpoint: 0 }}
      padding={0}
      classNames={{ root: classes.root, main: classes.main, navbar: classes.navbar }}
    >
      <a
        className={classes.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <CommandPalette route={route} onOpenModel={openModel} onTrySample={sample.start} />
      <Sidebar route={route} onBattery={onBattery ?? info?.onBattery ?? false} />
      <AppShell.Main id="main" tabIndex={-1}>
        <Banners connection={connection} infoError={infoError} onReload={onReload} />
        <PageOf route={route} />
      </AppShell.Main>
      {openFiles.offeredBundles.length > 0 && (
        <ImportQuestion paths={openFiles.offeredBundles} onAnswer={openFiles.answerOffer} />
      )}
      {dragging && (
        <div className={classes.dropTarget} aria-hidden="true">
          <Text size="lg" fw={600}>
            {t('app.dropHere')}
          </Text>
        </div>
      )}
    </AppShell>
  );
}
