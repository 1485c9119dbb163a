import { openCommandPalette } from './command-palette.tsx';
import { useAppState } from './hooks/use-app-state.ts';
import { useHostEvent } from './hooks/use-host-event.ts';
import { navigate } from './hooks/use-route.ts';
import { newExperimentRoute, startRoute } from './route.ts';

/** Does what the desktop's menu asks for. */
export function useMenuCommands(openModel: () => void, trySample: () => void): void {
  const { queue, cancelRun } = useAppState();
  const running = queue.find((entry) => entry.status === 'running') ?? null;
  useHostEvent('menu.command', ({ command }) => {
    switch (command) {
      case 'new-experiment':
        navigate(newExperimentRoute);
        break;
      case 'open-model':
        openModel();
        break;
      case 'try-sample':
        trySample();
        break;
      case 'start':
        navigate(startRoute);
        break;
      case 'history':
        navigate({ page: 'history' });
        break;
      case 'queue':
        navigate({ page: 'queue' });
        break;
      case 'settings':
      case 'about':
        navigate({ page: 'settings' });
        break;
      case 'find':
        openCommandPalette();
        break;
      case 'cancel-run':
        if (running !== null) cancelRun(running.runId);
        break;
    }
  });
}
