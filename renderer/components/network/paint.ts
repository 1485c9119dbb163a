import type { Palette } from '../../theme.ts';
import { canvasFontPx, sansSerif } from '../../theme.ts';
import { middleOf, titlePlace, type Scene, type Shape, type Stroke } from './scene.ts';

export interface View {
  /** Screen = scale * place + offset, in CSS pixels. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Below these scales nobody reads texts, and hatching is grey. */
const textScale = 0.42;
const hatchScale = 0.25;
const hatchStep = 7;

function roundRect(context: CanvasRenderingContext2D, { box, radius }: Shape): void {
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, radius);
}

function paintHatch(context: CanvasRenderingContext2D, shape: Shape, palette: Palette): void {
  const { x, y, width, height } = shape.box;
  context.save();
  roundRect(context, shape);
  context.clip();
  context.strokeStyle = palette.border;
  context.lineWidth = 1;
  context.beginPath();
  for (let start = -height; start < width; start += hatchStep) {
    context.moveTo(x + start, y + height);
    context.lineTo(x + start + height, y);
  }
  context.stroke();
  context.restore();
}

function paintTexts(context: CanvasRenderingContext2D, shape: Shape, palette: Palette): void {
  const { box, title, subtitle, figure } = shape;
  context.textBaseline = 'middle';
  context.fillStyle = palette.text;
  context.textAlign = 'left';
  context.font = `600 ${canvasFontPx}px ${sansSerif}`;
  const isCentred = subtitle === '' && !box.isOpen;
  const y = isCentred ? box.y + box.height / 2 : titlePlace(box);
  context.fillText(title, box.x + 9, y);
  context.font = `${canvasFontPx}px ${sansSerif}`;
  if (figure !== '') {
    context.textAlign = 'right';
    context.fillText(figure, box.x + box.width - 9, y);
    context.textAlign = 'left';
  }
  if (subtitle !== '') {
    context.fillStyle = palette.text;
    context.globalAlpha *= 0.8;
    context.font = `${canvasFontPx - 1}px ${sansSerif}`;
    context.fillText(subtitle, box.x + 9, box.y + box.height - 11);
  }
}

function paintShape(context: CanvasRenderingContext2D, shape: Shape, scale: number, palette: Palette): void {
  context.globalAlpha = shape.isFaded ? 0.35 : 1;
  roundRect(context, shape);
  context.fillStyle = shape.fill;
  context.fill();
  if (shape.isHatched && scale > hatchScale) paintHatch(context, shape, palette);
  roundRect(context, shape);
  context.setLineDash(shape.isDashed ? [4, 3] : []);
  context.strokeStyle = shape.stroke;
  context.lineWidth = Math.max(shape.strokeWidth, (shape.strokeWidth > 1 ? 1.5 : 0.6) / scale);
  context.stroke();
  if (scale > textScale || (shape.box.isOpen && scale > textScale / 1.5)) paintTexts(context, shape, palette);
  context.globalAlpha = 1;
}

function tracePath(context: Pick<Path2D, 'moveTo' | 'lineTo' | 'quadraticCurveTo'>, points: Stroke['points']): void {
  const [first, ...rest] = points;
  if (first === undefined) return;
  context.moveTo(first[0], first[1]);
  for (const [index, [x, y]] of rest.entries()) {
    const next = rest[index + 1];
    if (next === undefined) context.lineTo(x, y);
    else context.quadraticCurveTo(x, y, (x + next[0]) / 2, (y + next[1]) / 2);
  }
}

/** The smallest rectangle around a line. */
function isSeen(points: Stroke['points'], [left, top, right, bottom]: Bounds): boolean {
  let [lowX, highX, lowY, highY] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    if (x < lowX) lowX = x;
    if (x > highX) highX = x;
    if (y < lowY) lowY = y;
    if (y > highY) highY = y;
  }
  return lowX <= right && highX >= left && lowY <= bottom && highY >= top;
}

type Bounds = readonly [left: number, top: number, right: number, bottom: number];

function paintStrokes(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  scale: number,
  bounds: Bounds,
): void {
  for (const stroke of strokes) {
    if (!isSeen(stroke.points, bounds)) continue;
    context.beginPath();
    tracePath(context, stroke.points);
    context.strokeStyle = stroke.color;
    context.lineWidth = Math.max(stroke.width, 0.5 / scale);
    context.setLineDash(stroke.isDashed ? [4, 3] : []);
    context.stroke();
    if (!stroke.isMarked || scale < hatchScale) continue;
    const [x, y] = middleOf(stroke.points);
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x + 5, y);
    context.lineTo(x, y + 5);
    context.lineTo(x - 5, y);
    context.closePath();
    context.fillStyle = stroke.color;
    context.fill();
  }
}

/** @param size of the canvas in CSS pixels; `ratio` device pixels for each. */
export function paintScene(
  context: CanvasRenderingContext2D,
  scene: Scene,
  view: View,
  size: { readonly width: number; readonly height: number; readonly ratio: number },
  palette: Palette,
): void {
  const { scale, x, y } = view;
  context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  context.fillStyle = palette.background;
  context.fillRect(0, 0, size.width, size.height);
  context.transform(scale, 0, 0, scale, x, y);
  const bounds: Bounds = [-x / scale, -y / scale, (size.width - x) / scale, (size.height - y) / scale];
  const isShown = ({ box }: Shape): boolean =>
    box.x <= bounds[2] && box.x + box.width >= bounds[0] && box.y <= bounds[3] && box.y + box.height >= bounds[1];
  const shown = scene.shapes.filter(isShown);
  for (const shape of shown) if (shape.box.isOpen) paintShape(context, shape, scale, palette);
  paintStrokes(context, scene.strokes, scale, bounds);
  for (const shape of shown) if (!shape.box.isOpen) paintShape(context, shape, scale, palette);
  context.setLineDash([]);
}

const escapeXml = (text: string): string => text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);

const round = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

function svgPath(points: Stroke['points']): string {
  const parts: string[] = [];
  tracePath(
    {
      moveTo: (x, y) => void parts.push(`M${round(x)} ${round(y)}`),
      lineTo: (x, y) => void parts.push(`L${round(x)} ${round(y)}`),
      quadraticCurveTo: (cx, cy, x, y) => void parts.push(`Q${round(cx)} ${round(cy)} ${round(x)} ${round(y)}`),
    },
    points,
  );
  return parts.join('');
}

function svgShape(shape: Shape, palette: Palette): string {
  const { box, title, subtitle, figure } = shape;
  const place = `x="${round(box.x)}" y="${round(box.y)}" width="${round(box.width)}" height="${round(box.height)}" rx="${round(shape.radius)}"`;
  const dash = shape.isDashed ? ' stroke-dasharray="4 3"' : '';
  const y = subtitle === '' && !box.isOpen ? box.y + box.height / 2 : titlePlace(box);
  const text = (content: string, x: number, at: number, extra = ''): string =>
    content === ''
      ? ''
      : `<text x="${round(x)}" y="${round(at)}" dominant-baseline="central" ${extra}>${escapeXml(content)}</text>`;
  return [
    `<g${shape.isFaded ? ' opacity="0.35"' : ''}>`,
    `<rect ${place} fill="${shape.fill}" stroke="${shape.stroke}" stroke-width="${shape.strokeWidth}"${dash}/>`,
    shape.isHatched ? `<rect ${place} fill="url(#hatch)"/>` : '',
    text(title, box.x + 9, y, 'font-weight="600"'),
    text(figure, box.x + box.width - 9, y, 'text-anchor="end"'),
    text(subtitle, box.x + 9, box.y + box.height - 11, `font-size="${canvasFontPx - 1}" fill="${palette.muted}"`),
    '</g>',
  ].join('');
}

/** The whole picture as an SVG file of its own. */
export function writeSvg(scene: Scene, palette: Palette): string {
  const [width, height] = [Math.ceil(scene.width), Math.ceil(scene.height)];
  const lines = scene.strokes.map(({ points, color, width: thick, isDashed, isMarked }) => {
    const [x, y] = middleOf(points);
    const mark = isMarked ? `<path d="M${round(x)} ${round(y - 5)}l5 5l-5 5l-5-5z" fill="${color}"/>` : '';
    return `<path d="${svgPath(points)}" fill="none" stroke="${color}" stroke-width="${thick}"${isDashed ? ' stroke-dasharray="4 3"' : ''}/>${mark}`;
  });
  const shapes = (isOpen: boolean): string[] =>
    scene.shapes.filter(({ box }) => box.isOpen === isOpen).map((shape) => svgShape(shape, palette));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, 'Noto Sans', 'Noto Sans SC', sans-serif" font-size="${canvasFontPx}" fill="${palette.text}">`,
    `<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v5" stroke="${palette.border}"/></pattern></defs>`,
    `<rect width="${width}" height="${height}" fill="${palette.background}"/>`,
    ...shapes(true),
    ...lines,
    ...shapes(false),
    '</svg>\n',
  ].join('\n');
}
