import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

/** [a, b, c, d, e, f] of a canvas transform. */
type Matrix = readonly [number, number, number, number, number, number];
const identity: Matrix = [1, 0, 0, 1, 0, 0];

function multiply(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface State {
  readonly matrix: Matrix;
  readonly clip: Rect | null;
  readonly fillStyle: string;
  readonly strokeStyle: string;
  readonly lineWidth: number;
  readonly lineCap: string;
  readonly lineJoin: string;
  readonly lineDash: readonly number[];
  readonly lineDashOffset: number;
  readonly globalAlpha: number;
  readonly font: string;
  readonly textAlign: string;
  readonly textBaseline: string;
}

/** One piece of a text set in one font. */
export interface TextPiece {
  readonly text: string;
  readonly family: string;
}

/** What the context must know about fonts; sizes and widths in pixels. */
export interface TextMeasure {
  measure(text: string, sizePx: number, bold: boolean): number;
  /** Height of capitals and digits as a share of the size. */
  readonly capHeightShare: number;
  readonly ascentShare: number;
  readonly descentShare: number;
  split(text: string): readonly TextPiece[];
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character]!);
}

/** Two decimals are a hundredth of a pixel: nobody sees more, and files stay small and the same everywhere. */
function number(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Object.is(rounded, -0) ? '0' : String(rounded);
}

/** `#rrggbbaa` and `rgba()` as a colour and an opacity: what every reader of SVG understands. */
function splitAlpha(color: string): { readonly color: string; readonly alpha: number } {
  const hex = /^#([0-9a-f]{6})([0-9a-f]{2})$/i.exec(color);
  if (hex !== null) return { color: `#${hex[1]!}`, alpha: Math.round((parseInt(hex[2]!, 16) / 255) * 1000) / 1000 };
  const rgba = /^rgba\(\s*(\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\s*\)$/.exec(color);
  if (rgba !== null) return { color: `rgb(${rgba[1]!},${rgba[2]!},${rgba[3]!})`, alpha: Number(rgba[4]) };
  return { color, alpha: 1 };
}

/**
 * The part of CanvasRenderingContext2D that Chart.js draws with, writing SVG: text stays text, output is the same on every
 * machine, and no native library or browser is needed. Transforms are applied to every point as it is recorded, as a
 * canvas does.
 */
export class SvgContext {
  readonly canvas: {
    width: number;
    height: number;
    readonly style: Record<string, string>;
    readonly getContext: () => SvgContext;
  };
  fillStyle = '#000000';
  strokeStyle = '#000000';
  lineWidth = 1;
  lineCap = 'butt';
  lineJoin = 'miter';
  lineDashOffset = 0;
  globalAlpha = 1;
  font = '10px sans-serif';
  textAlign = 'start';
  textBaseline = 'alphabetic';

  readonly #elements: string[] = [];
  readonly #clips = new Map<string, string>();
  readonly #stack: State[] = [];
  readonly #text: TextMeasure;
  readonly #idPrefix: string;
  #matrix: Matrix = identity;
  #clip: Rect | null = null;
  #lineDash: readonly number[] = [];
  #path: string[] = [];
  /** Set while the path is nothing but one upright rectangle. */
  #pathRect: Rect | null = null;
  #hasPoint = false;

  /** @param idPrefix keeps the ids of several charts in one page apart. */
  constructor(width: number, height: number, text: TextMeasure, idPrefix: string) {
    this.#text = text;
    this.#idPrefix = idPrefix;
    this.canvas = { width, height, style: {}, getContext: () => this };
  }

  /** The drawing so far. `title` and `description` are what a screen reader says. */
  toSvg(title: string, description: string): string {
    const { width, height } = this.canvas;
    const definitions = [...this.#clips.values()].join('');
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">` +
      `<title>${escapeXml(title)}</title><desc>${escapeXml(description)}</desc>` +
      `${definitions === '' ? '' : `<defs>${definitions}</defs>`}${this.#elements.join('')}</svg>`
    );
  }

  save(): void {
    this.#stack.push({
      matrix: this.#matrix,
      clip: this.#clip,
      fillStyle: this.fillStyle,
      strokeStyle: this.strokeStyle,
      lineWidth: this.lineWidth,
      lineCap: this.lineCap,
      lineJoin: this.lineJoin,
      lineDash: this.#lineDash,
      lineDashOffset: this.lineDashOffset,
      globalAlpha: this.globalAlpha,
      font: this.font,
      textAlign: this.textAlign,
      textBaseline: this.textBaseline,
    });
  }

  restore(): void {
    const state = this.#stack.pop();
    if (state === undefined) return;
    const { matrix, clip, lineDash, ...rest } = state;
    this.#matrix = matrix;
    this.#clip = clip;
    this.#lineDash = lineDash;
    Object.assign(this, rest);
  }

  translate(x: number, y: number): void {
    this.#matrix = multiply(this.#matrix, [1, 0, 0, 1, x, y]);
  }

  rotate(angle: number): void {
    this.#matrix = multiply(this.#matrix, [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0]);
  }

  scale(x: number, y: number): void {
    this.#matrix = multiply(this.#matrix, [x, 0, 0, y, 0, 0]);
  }

  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.#matrix = [a, b, c, d, e, f];
  }

  resetTransform(): void {
    this.#matrix = identity;
  }

  setLineDash(segments: readonly number[]): void {
    this.#lineDash = [...segments];
  }

  getLineDash(): readonly number[] {
    return this.#lineDash;
  }

  #point(x: number, y: number): string {
    const m = this.#matrix;
    return `${number(m[0] * x + m[2] * y + m[4])} ${number(m[1] * x + m[3] * y + m[5])}`;
  }

  #scale(): number {
    const m = this.#matrix;
    return Math.sqrt(Math.abs(m[0] * m[3] - m[1] * m[2]));
  }

  #add(command: string): void {
    this.#path.push(command);
    this.#pathRect = null;
    this.#hasPoint = true;
  }

  beginPath(): void {
    this.#path = [];
    this.#pathRect = null;
    this.#hasPoint = false;
  }

  moveTo(x: number, y: number): void {
    this.#add(`M${this.#point(x, y)}`);
  }

  lineTo(x: number, y: number): void {
    this.#add(`${this.#hasPoint ? 'L' : 'M'}${this.#point(x, y)}`);
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#add(`C${this.#point(x1, y1)} ${this.#point(x2, y2)} ${this.#point(x, y)}`);
  }

  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void {
    this.#add(`Q${this.#point(x1, y1)} ${this.#point(x, y)}`);
  }

  closePath(): void {
    if (this.#hasPoint) this.#path.push('Z');
  }

  rect(x: number, y: number, width: number, height: number): void {
    const isFirst = this.#path.length === 0;
    this.#add(
      `M${this.#point(x, y)}L${this.#point(x + width, y)}L${this.#point(x + width, y + height)}L${this.#point(x, y + height)}Z`,
    );
    const m = this.#matrix;
    if (!isFirst || m[1] !== 0 || m[2] !== 0) return;
    const xs = [m[0] * x + m[4], m[0] * (x + width) + m[4]];
    const ys = [m[3] * y + m[5], m[3] * (y + height) + m[5]];
    this.#pathRect = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  }

  arc(x: number, y: number, radius: number, start: number, end: number, counterclockwise = false): void {
    this.ellipse(x, y, radius, radius, 0, start, end, counterclockwise);
  }

  ellipse(
    x: number,
    y: number,
    radiusX: number,
    radiusY: number,
    rotation: number,
    start: number,
    end: number,
    counterclockwise = false,
  ): void {
    if (rotation !== 0) throw new AppError('internal', tell('svgRotatedEllipses'));
    const full = 2 * Math.PI;
    let sweep = counterclockwise ? start - end : end - start;
    sweep = sweep >= full ? full : ((sweep % full) + full) % full;
    const at = (angle: number) => this.#point(x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle));
    this.#add(`${this.#hasPoint ? 'L' : 'M'}${at(start)}`);
    // An SVG arc cannot be a whole circle: two halves always can.
    const direction = counterclockwise ? -1 : 1;
    const scale = this.#scale();
    for (const share of [0.5, 1]) {
      this.#add(
        `A${number(radiusX * scale)} ${number(radiusY * scale)} 0 0 ${counterclockwise ? 0 : 1} ${at(start + direction * sweep * share)}`,
      );
    }
  }

  clip(): void {
    if (this.#pathRect === null) throw new AppError('internal', tell('svgSlantedClips'));
    const rect = this.#pathRect;
    const old = this.#clip;
    this.#clip =
      old === null
        ? rect
        : {
            left: Math.max(old.left, rect.left),
            top: Math.max(old.top, rect.top),
            right: Math.min(old.right, rect.right),
            bottom: Math.min(old.bottom, rect.bottom),
          };
  }

  #clipAttribute(): string {
    if (this.#clip === null) return '';
    const { left, top, right, bottom } = this.#clip;
    const shape = `<rect x="${number(left)}" y="${number(top)}" width="${number(Math.max(0, right - left))}" height="${number(Math.max(0, bottom - top))}"/>`;
    let id = [...this.#clips.keys()].indexOf(shape);
    if (id === -1) {
      id = this.#clips.size;
      this.#clips.set(shape, `<clipPath id="${this.#idPrefix}-clip${id}">${shape}</clipPath>`);
    }
    return ` clip-path="url(#${this.#idPrefix}-clip${id})"`;
  }

  #paint(kind: 'fill' | 'stroke', style: unknown): string {
    // Chart.js also knows gradients and patterns; no chart of ours uses them.
    const { color, alpha } = splitAlpha(typeof style === 'string' ? style : '#000000');
    const opacity = alpha * this.globalAlpha;
    return ` ${kind}="${escapeXml(color)}"${opacity === 1 ? '' : ` ${kind}-opacity="${number(opacity)}"`}`;
  }

  #strokeAttributes(): string {
    const dash = this.#lineDash.length === 0 ? '' : ` stroke-dasharray="${this.#lineDash.map(number).join(' ')}"`;
    // Chart.js sets undefined where a line has none; a canvas ignores what is no number.
    const hasOffset = Number.isFinite(this.lineDashOffset) && this.lineDashOffset !== 0;
    const offset = !hasOffset ? '' : ` stroke-dashoffset="${number(this.lineDashOffset)}"`;
    const cap = this.lineCap === 'butt' ? '' : ` stroke-linecap="${this.lineCap}"`;
    const join = this.lineJoin === 'miter' ? '' : ` stroke-linejoin="${this.lineJoin}"`;
    return `${this.#paint('stroke', this.strokeStyle)} stroke-width="${number(this.lineWidth * this.#scale())}"${dash}${offset}${cap}${join}`;
  }

  fill(): void {
    if (this.#path.length === 0 || this.fillStyle === 'transparent') return;
    this.#elements.push(
      `<path d="${this.#path.join('')}"${this.#paint('fill', this.fillStyle)}${this.#clipAttribute()}/>`,
    );
  }

  stroke(): void {
    if (this.#path.length === 0 || this.lineWidth === 0) return;
    this.#elements.push(
      `<path d="${this.#path.join('')}" fill="none"${this.#strokeAttributes()}${this.#clipAttribute()}/>`,
    );
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.beginPath();
    this.rect(x, y, width, height);
    this.fill();
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.beginPath();
    this.rect(x, y, width, height);
    this.stroke();
  }

  /** Chart.js clears once, before it draws: there is nothing to remove then. */
  clearRect(): void {
    this.beginPath();
  }

  #fontSize(): number {
    return Number(/([\d.]+)px/.exec(this.font)?.[1] ?? 10);
  }

  #isBold(): boolean {
    return /^\s*(?:\S+\s+)*(?:bold|[6-9]00)\b/.test(this.font);
  }

  measureText(text: string): {
    readonly width: number;
    actualBoundingBoxAscent: number;
    actualBoundingBoxDescent: number;
  } {
    const size = this.#fontSize();
    return {
      width: this.#text.measure(text, size, this.#isBold()),
      actualBoundingBoxAscent: this.#text.ascentShare * size,
      actualBoundingBoxDescent: this.#text.descentShare * size,
    };
  }

  fillText(text: string, x: number, y: number): void {
    if (text === '') return;
    const size = this.#fontSize();
    const bold = this.#isBold();
    const width = this.#text.measure(text, size, bold);
    let left = x;
    if (this.textAlign === 'center') left = x - width / 2;
    else if (this.textAlign === 'right' || this.textAlign === 'end') left = x - width;
    let baseline = y;
    if (this.textBaseline === 'middle') baseline = y + (this.#text.capHeightShare * size) / 2;
    else if (this.textBaseline === 'top') baseline = y + this.#text.ascentShare * size;
    else if (this.textBaseline === 'bottom') baseline = y - this.#text.descentShare * size;

    const [a, b, c, d, e, f] = this.#matrix;
    const isUpright = a === 1 && b === 0 && c === 0 && d === 1;
    const pieces = this.#text.split(text);
    // Anchored where it was meant to be: a reader without our fonts then still sees it centred or flush right.
    const isAnchored = pieces.length === 1 && left !== x;
    const anchor = isAnchored ? ` text-anchor="${this.textAlign === 'center' ? 'middle' : 'end'}"` : '';
    if (isAnchored) left = x;
    // As wide as it was measured: a reader without our fonts then squeezes a text instead of cutting it off.
    for (const { family, text: pieceText } of pieces) {
      // pdfmake's SVG reader drops spaces in front of a text: the place says what they said.
      const shown = pieces.length === 1 ? pieceText : pieceText.trimStart();
      left += this.#text.measure(pieceText.slice(0, pieceText.length - shown.length), size, bold);
      const place = isUpright
        ? `x="${number(left + e)}" y="${number(baseline + f)}"`
        : `transform="matrix(${[a, b, c, d].map((value) => Math.round(value * 1e4) / 1e4).join(' ')} ${this.#point(left, baseline)})"`;
      this.#elements.push(
        `<text ${place}${anchor} font-family="${escapeXml(family)}" font-size="${number(size)}"${bold ? ' font-weight="bold"' : ''}` +
          `${this.#paint('fill', this.fillStyle)} textLength="${number(this.#text.measure(shown, size, bold))}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${this.#clipAttribute()}>${escapeXml(shown)}</text>`,
      );
      left += this.#text.measure(shown, size, bold);
    }
  }

  /** Chart.js outlines texts only on request, and no chart of ours asks for it. */
  strokeText(): void {
    throw new AppError('internal', tell('svgTextOutlines'));
  }
}
