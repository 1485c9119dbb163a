/** [a, b, c, d, e, f] of a canvas transform. */
export type Matrix = readonly [number, number, number, number, number, number];
export const identity: Matrix = [1, 0, 0, 1, 0, 0];

export function multiply(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Two decimals are a hundredth of a pixel: nobody sees more, and files stay small and the same everywhere. */
export function number(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Object.is(rounded, -0) ? '0' : String(rounded);
}

export function pointAt(m: Matrix, x: number, y: number): string {
  return `${number(m[0] * x + m[2] * y + m[4])} ${number(m[1] * x + m[3] * y + m[5])}`;
}

export function scaleOf(m: Matrix): number {
  return Math.sqrt(Math.abs(m[0] * m[3] - m[1] * m[2]));
}

/** A path as SVG writes it, of points in the transform that holds as each is recorded. */
export class SvgPath {
  #commands: string[] = [];
  /** Set while the path is nothing but one upright rectangle. */
  #rect: Rect | null = null;
  #hasPoint = false;

  get isEmpty(): boolean {
    return this.#commands.length === 0;
  }

  get rectangle(): Rect | null {
    return this.#rect;
  }

  toString(): string {
    return this.#commands.join('');
  }

  #add(command: string): void {
    this.#commands.push(command);
    this.#rect = null;
    this.#hasPoint = true;
  }

  begin(): void {
    this.#commands = [];
    this.#rect = null;
    this.#hasPoint = false;
  }

  moveTo(m: Matrix, x: number, y: number): void {
    this.#add(`M${pointAt(m, x, y)}`);
  }

  lineTo(m: Matrix, x: number, y: number): void {
    this.#add(`${this.#hasPoint ? 'L' : 'M'}${pointAt(m, x, y)}`);
  }

  bezierCurveTo(m: Matrix, x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#add(`C${pointAt(m, x1, y1)} ${pointAt(m, x2, y2)} ${pointAt(m, x, y)}`);
  }

  quadraticCurveTo(m: Matrix, x1: number, y1: number, x: number, y: number): void {
    this.#add(`Q${pointAt(m, x1, y1)} ${pointAt(m, x, y)}`);
  }

  close(): void {
    if (this.#hasPoint) this.#commands.push('Z');
  }

  rect(m: Matrix, x: number, y: number, width: number, height: number): void {
    const isFirst = this.#commands.length === 0;
    this.#add(
      `M${pointAt(m, x, y)}L${pointAt(m, x + width, y)}L${pointAt(m, x + width, y + height)}L${pointAt(m, x, y + height)}Z`,
    );
    if (!isFirst || m[1] !== 0 || m[2] !== 0) return;
    const xs = [m[0] * x + m[4], m[0] * (x + width) + m[4]];
    const ys = [m[3] * y + m[5], m[3] * (y + height) + m[5]];
    this.#rect = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  }

  /** An upright one. */
  ellipse(
    m: Matrix,
    [x, y]: readonly [x: number, y: number],
    [radiusX, radiusY]: readonly [x: number, y: number],
    [start, end]: readonly [start: number, end: number],
    counterclockwise: boolean,
  ): void {
    const full = 2 * Math.PI;
    let sweep = counterclockwise ? start - end : end - start;
    sweep = sweep >= full ? full : ((sweep % full) + full) % full;
    const at = (angle: number) => pointAt(m, x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle));
    this.#add(`${this.#hasPoint ? 'L' : 'M'}${at(start)}`);
    // An SVG arc cannot be a whole circle: two halves always can.
    const direction = counterclockwise ? -1 : 1;
    const scale = scaleOf(m);
    for (const share of [0.5, 1]) {
      this.#add(
        `A${number(radiusX * scale)} ${number(radiusY * scale)} 0 0 ${counterclockwise ? 0 : 1} ${at(start + direction * sweep * share)}`,
      );
    }
  }
}
