import { select } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from 'd3-zoom';
import { useCallback, useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Palette } from '../../theme.ts';
import { canvasHandle, scaleLimits, type CanvasHandle } from './canvas-handle.ts';
import { paintScene } from './paint.ts';
import type { TitledScene } from './use-scenes.ts';

interface Painted {
  readonly scenes: readonly TitledScene[];
  readonly palette: Palette;
  readonly onView: () => void;
}

export interface Canvases {
  readonly setCanvas: (key: string, element: HTMLCanvasElement | null) => void;
  /** A point of a canvas, in places of its scene. */
  readonly placeOf: (event: { readonly nativeEvent: MouseEvent }) => readonly [x: number, y: number];
}

/** Paints one or two pictures that move together. Pans and zooms paint and make no new React tree. */
export function useCanvases(ref: Ref<CanvasHandle>, painted: Painted): Canvases {
  const { scenes, palette } = painted;
  const canvases = useRef(new Map<string, HTMLCanvasElement>());
  const view = useRef<ZoomTransform>(zoomIdentity);
  const behavior = useRef<ZoomBehavior<HTMLCanvasElement, unknown> | null>(null);
  const current = useRef(painted);
  useEffect(() => {
    current.current = painted;
  });

  const frame = useRef(0);
  const paintAll = useCallback(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      const { scenes: drawn, palette: colors, onView } = current.current;
      for (const { key, scene } of drawn) {
        const canvas = canvases.current.get(key);
        const context = canvas?.getContext('2d');
        if (canvas === undefined || context == null) continue;
        const { k: scale, x, y } = view.current;
        const size = { width: canvas.clientWidth, height: canvas.clientHeight, ratio: window.devicePixelRatio };
        paintScene(context, scene, { scale, x, y }, size, colors);
      }
      onView();
    });
  }, []);

  useEffect(() => paintAll(), [paintAll, scenes, palette]);
  const keys = scenes.map(({ key }) => key).join();
  useEffect(() => {
    const elements = [...canvases.current.values()];
    const moving = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent(scaleLimits)
      .clickDistance(4)
      .on('zoom', ({ transform }: { readonly transform: ZoomTransform }) => {
        view.current = transform;
        // The other side moves along.
        for (const element of elements) (element as unknown as { __zoom: ZoomTransform }).__zoom = transform;
        paintAll();
      });
    behavior.current = moving;
    for (const element of elements) {
      select(element).call(moving).on('dblclick.zoom', null);
      (element as unknown as { __zoom: ZoomTransform }).__zoom = view.current;
    }
    const observer = observeSizes(elements, paintAll);
    return () => {
      observer.disconnect();
      for (const element of elements) select(element).on('.zoom', null);
    };
  }, [keys, paintAll]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  useImperativeHandle(
    ref,
    () =>
      canvasHandle({
        element: () => [...canvases.current.values()][0]!,
        scene: () => current.current.scenes[0]!.scene,
        transform: () => view.current,
        behavior: () => behavior.current!,
      }),
    [],
  );

  return {
    setCanvas: (key, element) => {
      if (element === null) canvases.current.delete(key);
      else canvases.current.set(key, element);
    },
    placeOf: ({ nativeEvent: { offsetX, offsetY } }) => {
      const { k, x, y } = view.current;
      return [(offsetX - x) / k, (offsetY - y) / k];
    },
  };
}

/** Keeps each canvas as fine as the screen. */
function observeSizes(elements: readonly HTMLCanvasElement[], onSizes: () => void): ResizeObserver {
  const observer = new ResizeObserver(() => {
    for (const element of elements) {
      element.width = Math.round(element.clientWidth * window.devicePixelRatio);
      element.height = Math.round(element.clientHeight * window.devicePixelRatio);
    }
    onSizes();
  });
  for (const element of elements) observer.observe(element);
  return observer;
}
