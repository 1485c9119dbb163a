import { select } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from 'd3-zoom';
import { useCallback, useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Palette } from '../../theme.ts';
import type { Box } from './layout.ts';
import { paintScene, type View } from './paint.ts';
import type { Scene } from './scene.ts';
import classes from './network.module.css';

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

const padding = 24;
const scaleLimits: [number, number] = [0.01, 3];
const readableScale = 0.7;

function boxAt(scene: Scene, x: number, y: number): Box | null {
  const isHit = ({ box }: Scene['shapes'][number]): boolean =>
    x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  // Inner ones come last.
  return scene.shapes.findLast(isHit)?.box ?? null;
}

/** One or two pictures that move together. Pans and zooms paint and make no new React tree. */
export function NetworkCanvas({
  ref,
  ...props
}: {
  readonly scenes: readonly { readonly key: string; readonly title: string | null; readonly scene: Scene }[];
  readonly palette: Palette;
  readonly ref: Ref<CanvasHandle>;
  readonly onPick: (box: Box | null) => void;
  readonly onToggle: (box: Box) => void;
  readonly onView: () => void;
}) {
  const { scenes, palette } = props;
  const canvases = useRef(new Map<string, HTMLCanvasElement>());
  const view = useRef<ZoomTransform>(zoomIdentity);
  const behavior = useRef<ZoomBehavior<HTMLCanvasElement, unknown> | null>(null);
  const current = useRef(props);
  useEffect(() => {
    current.current = props;
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
    const observer = new ResizeObserver(() => {
      for (const element of elements) {
        element.width = Math.round(element.clientWidth * window.devicePixelRatio);
        element.height = Math.round(element.clientHeight * window.devicePixelRatio);
      }
      paintAll();
    });
    for (const element of elements) observer.observe(element);
    return () => {
      observer.disconnect();
      for (const element of elements) select(element).on('.zoom', null);
    };
  }, [keys, paintAll]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  useImperativeHandle(ref, () => {
    const first = (): HTMLCanvasElement => [...canvases.current.values()][0]!;
    const move = (transform: ZoomTransform): void => behavior.current!.transform(select(first()), transform);
    const sizeOf = () => ({ width: first().clientWidth, height: first().clientHeight });
    const fitScale = (): number => {
      const { scene } = current.current.scenes[0]!;
      const { width, height } = sizeOf();
      return Math.min((width - 2 * padding) / scene.width, (height - 2 * padding) / scene.height, 1.2);
    };
    const show = (scale: number, centred: boolean): void => {
      const { scene } = current.current.scenes[0]!;
      const { width, height } = sizeOf();
      const y = centred ? (height - scale * scene.height) / 2 : padding;
      move(zoomIdentity.translate((width - scale * scene.width) / 2, y).scale(scale));
    };
    return {
      fit: () => show(Math.max(scaleLimits[0], fitScale()), true),
      begin: () => {
        const scale = fitScale();
        if (scale >= readableScale) show(scale, true);
        else
          show(
            Math.min(
              1,
              Math.max(readableScale, (sizeOf().width - 2 * padding) / current.current.scenes[0]!.scene.width),
            ),
            false,
          );
      },
      zoomBy: (factor) => behavior.current!.scaleBy(select(first()), factor),
      centreOn: (box) => {
        const scale = Math.max(view.current.k, readableScale);
        const { width, height } = sizeOf();
        const shown = Math.min(box.height, height / scale / 2);
        move(
          zoomIdentity
            .translate(width / 2 - scale * (box.x + box.width / 2), height / 2 - scale * (box.y + shown / 2))
            .scale(scale),
        );
      },
      moveBy: (x, y) => move(zoomIdentity.translate(view.current.x + x, view.current.y + y).scale(view.current.k)),
      view: () => ({ scale: view.current.k, x: view.current.x, y: view.current.y }),
      size: sizeOf,
    };
  }, []);

  const boxUnder = (scene: Scene, event: { readonly nativeEvent: MouseEvent }): Box | null => {
    const { offsetX, offsetY } = event.nativeEvent;
    const { k, x, y } = view.current;
    return boxAt(scene, (offsetX - x) / k, (offsetY - y) / k);
  };
  return (
    <div className={classes.canvases}>
      {scenes.map(({ key, title, scene }) => (
        <div key={key} className={classes.pane}>
          {title !== null && <div className={classes.paneTitle}>{title}</div>}
          <canvas
            ref={(element) => {
              if (element === null) canvases.current.delete(key);
              else canvases.current.set(key, element);
            }}
            className={classes.canvas}
            onClick={(event) => props.onPick(boxUnder(scene, event))}
            onDoubleClick={(event) => {
              const box = boxUnder(scene, event);
              if (box?.item.kind === 'module') props.onToggle(box);
            }}
          />
        </div>
      ))}
    </div>
  );
}
