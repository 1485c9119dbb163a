import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Palette } from '../../theme.ts';
import type { CanvasHandle } from './canvas-handle.ts';
import type { Scene } from './scene.ts';
import classes from './network.module.css';

const size = { width: 132, height: 168 };

export interface MinimapHandle {
  readonly paint: () => void;
}

/** The whole picture in small, with the part that is seen; a click leads there. Decoration for who sees: keys lead everywhere. */
export function Minimap({
  scene,
  palette,
  canvas,
  ref,
}: {
  readonly scene: Scene;
  readonly palette: Palette;
  readonly canvas: { readonly current: CanvasHandle | null };
  readonly ref: Ref<MinimapHandle>;
}) {
  const element = useRef<HTMLCanvasElement>(null);
  const scale = Math.min(size.width / scene.width, size.height / scene.height);
  const [width, height] = [Math.max(8, scene.width * scale), Math.max(8, scene.height * scale)];
  const paint = (): void => {
    const context = element.current?.getContext('2d');
    const handle = canvas.current;
    if (context == null || handle === null) return;
    const ratio = window.devicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = palette.surface;
    context.fillRect(0, 0, width, height);
    for (const { box, fill } of scene.shapes) {
      context.fillStyle = fill === palette.surface ? palette.strongBorder : fill;
      context.globalAlpha = box.isOpen ? 0.25 : 1;
      context.fillRect(box.x * scale, box.y * scale, Math.max(1, box.width * scale), Math.max(1, box.height * scale));
    }
    context.globalAlpha = 1;
    const view = handle.view();
    const seen = handle.size();
    const ofScreen = scale / view.scale;
    context.strokeStyle = palette.accent;
    context.lineWidth = 1.5;
    const within = (value: number, most: number): number => Math.max(1, Math.min(most - 1, value));
    const [left, right] = [-view.x, seen.width - view.x].map((x) => within(x * ofScreen, width)) as [number, number];
    const [top, bottom] = [-view.y, seen.height - view.y].map((y) => within(y * ofScreen, height)) as [number, number];
    context.strokeRect(left, top, right - left, bottom - top);
  };
  useImperativeHandle(ref, () => ({ paint }));
  useEffect(() => paint());
  return (
    <canvas
      ref={element}
      aria-hidden="true"
      className={classes.minimap}
      width={width * window.devicePixelRatio}
      height={height * window.devicePixelRatio}
      style={{ width, height }}
      onClick={({ nativeEvent: { offsetX, offsetY } }) =>
        canvas.current?.centreOn({ x: offsetX / scale, y: offsetY / scale, width: 0, height: 0 })
      }
    />
  );
}
