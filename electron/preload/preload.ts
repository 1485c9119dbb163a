import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { eventChannel, requestChannel } from '../../shared/channels.ts';
import type { PreloadBridge, Reply } from '../../shared/contract/bridge.ts';
import type { HostEvent } from '../../shared/contract/events.ts';

// All the window can do outside itself goes through these few functions; main checks every name and parameter.
const bridge: PreloadBridge = {
  host: 'electron',
  platform: process.platform,
  request: (name, parameters) => ipcRenderer.invoke(requestChannel, name, parameters) as Promise<Reply<unknown>>,
  onEvent: (listener) => {
    // The renderer never gets hold of Electron's event object, which leads back to ipcRenderer.
    const forward = (_event: unknown, payload: HostEvent) => listener(payload);
    ipcRenderer.on(eventChannel, forward);
    return () => ipcRenderer.off(eventChannel, forward);
  },
  pathOfFile: (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
};

contextBridge.exposeInMainWorld('vernier', bridge);
