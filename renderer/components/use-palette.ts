import { useComputedColorScheme } from '@mantine/core';
import { darkPalette, lightPalette, type Palette } from '../theme.ts';

/** Colours for canvases, which cannot read CSS variables by themselves. */
export function usePalette(): Palette {
  return useComputedColorScheme('light') === 'dark' ? darkPalette : lightPalette;
}
