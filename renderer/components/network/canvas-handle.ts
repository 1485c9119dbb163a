import { select } from 'd3-selection';
import { zoomIdentity, type ZoomBehavior, type ZoomTransform } from 'd3-zoom';
import type { Box } from './layout.ts';
import type { View } from './paint.ts';
import type { Scene } from './scene.ts';

/** What its surroundings ask of the picture. */
export interface CanvasHandle {
  readonly fit: () => void;
  /** Shows the beginning, in a size that can be read. */
  readonly begin: () => void;
  readonly zoomBy: (factor: number) => void;
  readonly centreOn: (box: Pick<Box, 'x' | 'y' | 'width' | 'height'>) => void;
  readonly moveBy: (x: number, y: number) => void;
  readonly view: () => View;
  readonly size: () => { readonly width: number; readonly height: number };
}

/** The picture that the others move along with, asked anew each time. */
interface FirstCanvas {
  readonly element: () => HTMLCanvasElement;
  readonly scene: () => Scene;
  readonly transform: () => ZoomTransform;
  readonly behavior: () => ZoomBehavior<HTMLCanvasElement, unknown>;
}

const padding = 24;
export const scaleLimits: [number, number] = [0.01, 3];
const readableScale = 0.7;

export function canvasHandle(first: FirstCanvas): CanvasHandle {
  const move = (transform: ZoomTransform): void => first.behavior().transform(select(first.element()), transform);
  const sizeOf = () => ({ width: first.element().clientWidth, height: first.element().clientHeight });
  const fitScale = (): number => {
    const scene = first.scene();
    const { width, height } = sizeOf();
    return Math.min((width - 2 * padding) / scene.width, (height - 2 * padding) / scene.height, 1.2);
  };
  const show = (scale: number, centred: boolean): void => {
    const scene = first.scene();
    const { width, height } = sizeOf();
    const y = centred ? (height - scale * scene.height) / 2 : padding;
    move(zoomIdentity.translate((width - scale * scene.width) / 2, y).scale(scale));
  };
  return {
    fit: () => show(Math.max(scaleLimits[0], fitScale()), true),
    begin: () => {
      const scale = fitScale();
      const asWide = (sizeOf().width - 2 * padding) / first.scene().width;
      if (scale >= readableScale) show(scale, true);
      else show(Math.min(1, Math.max(readableScale, asWide)), false);
    },
    zoomBy: (factor) => first.behavior().scaleBy(select(first.element()), factor),
    centreOn: (box) => {
      const scale = Math.max(first.transform().k, readableScale);
      const { width, height } = sizeOf();
      const shown = Math.min(box.height, height / scale / 2);
      move(
        zoomIdentity
          .translate(width / 2 - scale * (box.x + box.width / 2), height / 2 - scale * (box.y + shown / 2))
          .scale(scale),
      );
    },
    moveBy: (x, y) => {
      const { k, x: left, y: top } = first.transform();
      move(zoomIdentity.translate(left + x, top + y).scale(k));
    },
    view: () => ({ scale: first.transform().k, x: first.transform().x, y: first.transform().y }),
    size: sizeOf,
  };
}
