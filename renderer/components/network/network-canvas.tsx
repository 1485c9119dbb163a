import type { Ref } from 'react';
import type { Palette } from '../../theme.ts';
import type { CanvasHandle } from './canvas-handle.ts';
import type { Box } from './layout.ts';
import type { Scene } from './scene.ts';
import { useCanvases } from './use-canvases.ts';
import type { TitledScene } from './use-scenes.ts';
import classes from './network.module.css';

function boxAt(scene: Scene, [x, y]: readonly [x: number, y: number]): Box | null {
  const isHit = ({ box }: Scene['shapes'][number]): boolean =>
    x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  // Inner ones come last.
  return scene.shapes.findLast(isHit)?.box ?? null;
}

/** One or two pictures side by side; a click picks a box, two open or close a module. */
export function NetworkCanvas({
  ref,
  ...props
}: {
  readonly scenes: readonly TitledScene[];
  readonly palette: Palette;
  readonly ref: Ref<CanvasHandle>;
  readonly onPick: (box: Box | null) => void;
  readonly onToggle: (box: Box) => void;
  readonly onView: () => void;
}) {
  const { setCanvas, placeOf } = useCanvases(ref, props);
  return (
    <div className={classes.canvases}>
      {props.scenes.map(({ key, title, scene }) => (
        <div key={key} className={classes.pane}>
          {title !== null && <div className={classes.paneTitle}>{title}</div>}
          <canvas
            ref={(element) => setCanvas(key, element)}
            className={classes.canvas}
            onClick={(event) => props.onPick(boxAt(scene, placeOf(event)))}
            onDoubleClick={(event) => {
              const box = boxAt(scene, placeOf(event));
              if (box?.item.kind === 'module') props.onToggle(box);
            }}
          />
        </div>
      ))}
    </div>
  );
}
