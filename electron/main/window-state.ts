import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../host/json-file.ts';

const stateSchema = z.strictObject({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400).max(20_000),
  height: z.number().int().min(300).max(20_000),
  maximized: z.boolean(),
});
type WindowState = z.infer<typeof stateSchema>;

const defaultSize = { width: 1280, height: 800 };

/** Where the window was when it was last closed, if that place still is on a screen. */
export function readWindowState(folder: string): { readonly bounds: Partial<Rectangle>; readonly maximized: boolean } {
  const state = readJsonFile(join(folder, 'window.json'), stateSchema);
  if (state === null) return { bounds: defaultSize, maximized: false };
  const { maximized, ...bounds } = state;
  const isVisible = screen.getAllDisplays().some(({ workArea }) => {
    const right = Math.min(workArea.x + workArea.width, bounds.x + bounds.width);
    const bottom = Math.min(workArea.y + workArea.height, bounds.y + bounds.height);
    return right - Math.max(workArea.x, bounds.x) > 100 && bottom - Math.max(workArea.y, bounds.y) > 100;
  });
  return { bounds: isVisible ? bounds : { width: bounds.width, height: bounds.height }, maximized };
}

export function keepWindowState(window: BrowserWindow, folder: string): void {
  window.on('close', () => {
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      writeJsonFile(join(folder, 'window.json'), state);
    } catch {
      // The next window opens in the usual place.
    }
  });
}
