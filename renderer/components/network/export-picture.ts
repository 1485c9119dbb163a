import type { Palette } from '../../theme.ts';
import { paintScene, writeSvg } from './paint.ts';
import type { Scene } from './scene.ts';

/** Chromium refuses canvases beyond this. */
const longestSidePx = 16_000;
const mostPixels = 120_000_000;

function offer(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function exportSvg(scene: Scene, palette: Palette, name: string): void {
  offer(new Blob([writeSvg(scene, palette)], { type: 'image/svg+xml' }), `${name}.svg`);
}

/** The whole picture at twice its size, or as large as a canvas may be. */
export function exportPng(scene: Scene, palette: Palette, name: string): void {
  const { width, height } = scene;
  const scale = Math.min(2, longestSidePx / Math.max(width, height), Math.sqrt(mostPixels / (width * height)));
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const context = canvas.getContext('2d');
  if (context === null) return;
  paintScene(context, scene, { scale, x: 0, y: 0 }, { width: canvas.width, height: canvas.height, ratio: 1 }, palette);
  canvas.toBlob((blob) => {
    if (blob !== null) offer(blob, `${name}.png`);
  }, 'image/png');
}
