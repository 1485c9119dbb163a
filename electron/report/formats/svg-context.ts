import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { escapeXml } from './escape-xml.ts';
import { identity, multiply, number, pointAt, scaleOf, SvgPath, type Matrix, type Rect } from './svg-path.ts';
import { lineAttributes, paintAttributes } from './svg-style.ts';
import { fontSizeOf, isBoldFont, placeText, type TextMeasure } from './svg-text.ts';

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
  readonly #path = new SvgPath();

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

  beginPath(): void {
    this.#path.begin();
  }

  moveTo(x: number, y: number): void {
    this.#path.moveTo(this.#matrix, x, y);
  }

  lineTo(x: number, y: number): void {
    this.#path.lineTo(this.#matrix, x, y);
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#path.bezierCurveTo(this.#matrix, x1, y1, x2, y2, x, y);
  }

  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void {
    this.#path.quadraticCurveTo(this.#matrix, x1, y1, x, y);
  }

  closePath(): void {
    this.#path.close();
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path.rect(this.#matrix, x, y, width, height);
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
    this.#path.ellipse(this.#matrix, [x, y], [radiusX, radiusY], [start, end], counterclockwise);
  }

  clip(): void {
    const rect = this.#path.rectangle;
    if (rect === null) throw new AppError('internal', tell('svgSlantedClips'));
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

  #strokeAttributes(): string {
    const { lineWidth, lineCap, lineJoin, lineDashOffset } = this;
    const line = { lineWidth, lineCap, lineJoin, lineDash: this.#lineDash, lineDashOffset };
    return paintAttributes('stroke', this.strokeStyle, this.globalAlpha) + lineAttributes(line, scaleOf(this.#matrix));
  }

  fill(): void {
    if (this.#path.isEmpty || this.fillStyle === 'transparent') return;
    this.#elements.push(
      `<path d="${this.#path.toString()}"${paintAttributes('fill', this.fillStyle, this.globalAlpha)}${this.#clipAttribute()}/>`,
    );
  }

  stroke(): void {
    if (this.#path.isEmpty || this.lineWidth === 0) return;
    this.#elements.push(
      `<path d="${this.#path.toString()}" fill="none"${this.#strokeAttributes()}${this.#clipAttribute()}/>`,
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

  measureText(text: string): {
    readonly width: number;
    actualBoundingBoxAscent: number;
    actualBoundingBoxDescent: number;
  } {
    const size = fontSizeOf(this.font);
    return {
      width: this.#text.measure(text, size, isBoldFont(this.font)),
      actualBoundingBoxAscent: this.#text.ascentShare * size,
      actualBoundingBoxDescent: this.#text.descentShare * size,
    };
  }

  fillText(text: string, x: number, y: number): void {
    if (text === '') return;
    const size = fontSizeOf(this.font);
    const bold = isBoldFont(this.font);
    const widthPx = this.#text.measure(text, size, bold);
    const wanted = { widthPx, sizePx: size, align: this.textAlign, baseline: this.textBaseline };
    const place = placeText(wanted, this.#text, x, y);
    const { baseline } = place;
    let { left } = place;

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
      const where = isUpright
        ? `x="${number(left + e)}" y="${number(baseline + f)}"`
        : `transform="matrix(${[a, b, c, d].map((value) => Math.round(value * 1e4) / 1e4).join(' ')} ${pointAt(this.#matrix, left, baseline)})"`;
      this.#elements.push(
        `<text ${where}${anchor} font-family="${escapeXml(family)}" font-size="${number(size)}"${bold ? ' font-weight="bold"' : ''}` +
          `${paintAttributes('fill', this.fillStyle, this.globalAlpha)} textLength="${number(this.#text.measure(shown, size, bold))}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${this.#clipAttribute()}>${escapeXml(shown)}</text>`,
      );
      left += this.#text.measure(shown, size, bold);
    }
  }

  /** Chart.js outlines texts only on request, and no chart of ours asks for it. */
  strokeText(): void {
    throw new AppError('internal', tell('svgTextOutlines'));
  }
}
