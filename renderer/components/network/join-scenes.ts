import type { Scene } from './scene.ts';

const gap = 40;

/** Pictures side by side as one, as they are saved: what is beside each other on screen is so in the file. */
export function joinScenes(scenes: readonly Scene[]): Scene | null {
  const [first, ...others] = scenes;
  if (first === undefined) return null;
  return others.reduce((left, right): Scene => {
    const by = left.width + gap;
    return {
      shapes: [
        ...left.shapes,
        ...right.shapes.map((shape) => ({ ...shape, box: { ...shape.box, x: shape.box.x + by } })),
      ],
      strokes: [
        ...left.strokes,
        ...right.strokes.map((stroke) => ({
          ...stroke,
          points: stroke.points.map(([x, y]) => [x + by, y] as const),
        })),
      ],
      width: by + right.width,
      height: Math.max(left.height, right.height),
    };
  }, first);
}
