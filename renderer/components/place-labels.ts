export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlacedLabel {
  readonly text: string;
  readonly left: number;
  /** Its middle. */
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const lineHeightPx = 13;
const pointRadiusPx = 8;
/** Names side by side closer than this would read as one. */
const gapPx = 8;
/** Points closer than this lie on each other to the eye, and share a label. */
const sameSpotPx = 10;

/**
 * Where the names of points go so that neither names nor points cover each other: beside the point, else above or below it.
 * @param area where labels may be, in the pixels of the points.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  area: Box,
  widthOf: (text: string) => number,
): PlacedLabel[] {
  const spots: { x: number; y: number; texts: string[] }[] = [];
  for (const { x, y, text } of points) {
    const spot = spots.find((other) => Math.hypot(other.x - x, other.y - y) < sameSpotPx);
    if (spot === undefined) spots.push({ x, y, texts: [text] });
    else spot.texts.push(text);
  }
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - pointRadiusPx,
    right: x + pointRadiusPx,
    top: y - pointRadiusPx,
    bottom: y + pointRadiusPx,
  }));
  return spots.map(({ x, y, texts }) => {
    const text = texts.join(' · ');
    const width = widthOf(text);
    const candidates = [
      { left: x + pointRadiusPx + 2, y },
      { left: x - pointRadiusPx - 2 - width, y },
      { left: x - width / 2, y: y - pointRadiusPx - lineHeightPx / 2 - 1 },
      { left: x - width / 2, y: y + pointRadiusPx + lineHeightPx / 2 + 1 },
    ].map((place) => ({ ...place, box: boxOf(place.left, place.y, width) }));
    const free = candidates.filter(({ box }) => isWithin(box, area) && !taken.some((other) => overlaps(box, other)));
    const chosen = free[0] ?? candidates.find(({ box }) => isWithin(box, area)) ?? candidates[0]!;
    const { box } = chosen;
    taken.push({ ...box, left: box.left - gapPx, right: box.right + gapPx });
    return { text, left: chosen.left, y: chosen.y };
  });
}

function boxOf(left: number, y: number, width: number): Box {
  return { left, right: left + width, top: y - lineHeightPx / 2, bottom: y + lineHeightPx / 2 };
}

function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}

function overlaps(left: Box, right: Box): boolean {
  return left.left < right.right && right.left < left.right && left.top < right.bottom && right.top < left.bottom;
}
