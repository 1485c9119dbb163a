/** How far a result may be from what it is held against: decibels of the output, or percentage points of right answers. */
export interface Tolerance {
  readonly amount: number;
  readonly unit: 'dB' | 'points';
}

/** As `--within` takes them: "1 dB", "0.5 points"; empty for none. */
export const tolerancePattern = /^(?:(\d+(?:\.\d+)?) ?(dB|points?))?$/i;
/** As `--max-size` takes them: "5 MB", "800 kB", "2 MiB"; empty for none. */
export const sizePattern = /^(?:(\d+(?:\.\d+)?) ?([kMG]i?)?B)?$/i;

/** Null for none. */
export function readTolerance(text: string): Tolerance | null {
  const [, amount, unit] = tolerancePattern.exec(text.trim()) ?? [];
  if (amount === undefined) return null;
  return { amount: Number(amount), unit: unit!.toLowerCase() === 'db' ? 'dB' : 'points' };
}

const prefixes = ['', 'k', 'm', 'g'];

/** Bytes, as they count everywhere: 1 MB = 10^6 bytes, 1 MiB = 2^20. Null for none. */
export function readSize(text: string): number | null {
  const [, amount, prefix = ''] = sizePattern.exec(text.trim()) ?? [];
  if (amount === undefined) return null;
  const base = prefix.length > 1 ? 1024 : 1000;
  return Math.floor(Number(amount) * base ** prefixes.indexOf(prefix.slice(0, 1).toLowerCase()));
}
