import type { Figures, Result, Rival, Row } from './results.ts';

/** Closer than this to the original nobody can tell the difference, so it is no reason for less speed (as in the search). */
export const ampleDb = 35;
/** dB. Forms whose SQNR differs by less are as close to the original. */
export const sameDb = 0.5;

/** A form that hardly changed the model is no rival of one that did. */
const leastSaved = 0.05;
const isSmaller = ({ bytes }: Figures, originalBytes: number): boolean => bytes <= originalBytes * (1 - leastSaved);

export function figuresOf({ figures }: Row): Figures | null {
  return figures === null || 'error' in figures ? null : figures;
}

/** The fastest form of a tool that is about as close as `auto`, or closer; null where there is none. */
export function findRival(rows: readonly Row[], tool: Row['tool'], auto: Figures, originalBytes: number): Row | null {
  const least = Math.min(auto.sqnrDb, ampleDb) - sameDb;
  const alike = rows.filter((row) => {
    const figures = figuresOf(row);
    const isCandidate = row.tool === tool && row.form !== 'auto' && figures !== null;
    return isCandidate && figures.sqnrDb >= least && isSmaller(figures, originalBytes);
  });
  return alike.toSorted((left, right) => figuresOf(right)!.speed - figuresOf(left)!.speed)[0] ?? null;
}

const times = (value: number): string => `${value.toFixed(2)}x`;
const interval = ([low, high]: readonly [number, number]): string => `[${low.toFixed(2)}, ${high.toFixed(2)}]`;
const kilobytes = (bytes: number): string => (bytes / 1e3).toFixed(0);

function describeRow(row: Row, bytes: number): string {
  const figures = figuresOf(row);
  const why = [row.cost, row.figures].find((part) => part !== null && 'error' in part) as { error: string } | undefined;
  const cells =
    figures === null
      ? [`not made: ${(why?.error ?? 'no file').replaceAll('|', '/')}`, '', '', '', '']
      : [
          kilobytes(figures.bytes),
          times(bytes / figures.bytes),
          `${times(figures.speed)} ${interval(figures.speedCi95)}`,
          figures.sqnrDb.toFixed(1),
          figures.top1?.toFixed(1) ?? '',
        ];
  const cost = 'error' in row.cost ? ['', ''] : [row.cost.seconds.toFixed(1), row.cost.megabytes.toFixed(0)];
  return `| ${[row.tool, row.form, ...cells, ...cost].join(' | ')} |`;
}

/** A model's table: every form of both tools. */
export function describeResult(result: Result): string[] {
  const { model, bytes, top1, date, machine, isa, versions, searchSeconds, rows } = result;
  return [
    '',
    `### ${model} (${kilobytes(bytes)} kB${top1 === null ? '' : `, top-1 ${top1.toFixed(1)} %`})`,
    '',
    `${date}; ${machine}, ${isa}; ${versions}; searches of at most ${searchSeconds} s.`,
    '',
    '| tool | form | kB | size | speed, 95 % | SQNR dB | top-1 % | quantizer s | MB |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => describeRow(row, bytes)),
  ];
}

/** `auto` in one line, beside the fastest form of each tool that is as close. */
export function describeVerdict({ model, bytes, rows, rivals }: Result): string {
  const own = rows.find(({ form }) => form === 'auto');
  const auto = own === undefined ? null : figuresOf(own);
  if (auto === null) return `| ${model} | not made | | | | |`;
  const describe = (tool: Row['tool']): string[] => {
    const rival = rivals.find((one) => one.tool === tool && isSmaller(one.figures, bytes));
    if (rival === undefined) return ['none is as close and smaller', ''];
    return [
      `${rival.form}: ${times(bytes / rival.figures.bytes)}, ${rival.figures.sqnrDb.toFixed(1)} dB`,
      `${rival.ratio.toFixed(2)} ${interval(rival.ratioCi95)}`,
    ];
  };
  const cells = [
    `${times(bytes / auto.bytes)}, ${times(auto.speed)}, ${auto.sqnrDb.toFixed(1)} dB`,
    ...describe('Vernier'),
    ...describe('ONNX Runtime'),
  ];
  return `| ${[model, ...cells].join(' | ')} |`;
}

export function describeRival(row: Row, measured: Figures): Rival {
  const { speed, speedCi95 } = measured;
  // Measured as a form of `auto`: how much faster the rival is.
  return {
    tool: row.tool,
    form: row.form,
    figures: figuresOf(row)!,
    ratio: 1 / speed,
    ratioCi95: [1 / speedCi95[1], 1 / speedCi95[0]],
  };
}

export function describeAll(results: readonly Result[]): string {
  return [
    '# Fidelity: Vernier beside ONNX Runtime’s own quantizers',
    '',
    'Made by `npm run bench:fidelity`; do not edit. `-- --setup FOLDER` makes the Python environment, `-- --python FOLDER/bin/python',
    '--models MODELS --only NAME` measures models anew; the rows of others stay, with the date and machine of their own.',
    '',
    'Both tools calibrate on the same samples (at most 64) and are measured on others (at most 128). One thread, medians of paired',
    'runs in one process, and their intervals. Size and speed are original / form. Seconds run from file to file, with whatever is',
    'searched; MB is the largest resident set of the quantizer. Models named `…-like`, and `resnet50` have common shapes and random weights:',
    'their SQNR compares forms, and says nothing of trained models. `reduced`: weights in 7 bits.',
    '',
    '## `auto` beside the fastest forms that are as close',
    '',
    `As close: an SQNR at most ${sameDb} dB behind that of \`auto\`, or above ${ampleDb} dB, where nobody can tell the difference. Forms that leave 95 % of the file are left out. The ratio is the time of that form / the time of \`auto\`, in`,
    'pairs of these two: above 1, `auto` is faster.',
    '',
    '| model | auto: size, speed, SQNR | Vernier’s fastest fixed form | its time / auto’s | ONNX Runtime’s fastest | its time / auto’s |',
    '|---|---|---|---|---|---|',
    ...results.map(describeVerdict),
    '',
    '## All forms',
    ...results.flatMap(describeResult),
    '',
  ].join('\n');
}
