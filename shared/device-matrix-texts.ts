import { decisionWords } from './decision-texts.ts';
import { metricWords } from './engine-texts.ts';
import type { DeviceRow } from './device-matrix.ts';
import { lossOf } from './metric-row.ts';
import {
  formatBytes,
  formatDecibels,
  formatInterval,
  formatMetric,
  formatMetricChange,
  formatRatio,
  formatTimePair,
} from './units.ts';

/*
 * One compressed model on several machines, in words and cells, the same in terminal, window and reports.
 */

type Language = 'en' | 'zh-CN';

export interface MatrixColumn {
  readonly id: string;
  readonly title: string;
  readonly align: 'start' | 'end';
  readonly text: (row: DeviceRow) => string;
}

const titles = {
  en: {
    device: 'Device',
    cpu: 'CPU',
    dotProduct: 'Dot product',
    speedup: 'Speed-up',
    latency: 'Latency',
    task: 'Task',
    taskInterval: 'Task, 95 %',
    memory: 'Memory',
    size: 'Size',
    decision: 'Decision',
    interval: '95 %',
    title: 'On several devices',
    yes: 'yes',
    no: 'no',
    identical: 'identical',
  },
  'zh-CN': {
    device: '设备',
    cpu: '处理器',
    dotProduct: '点积指令',
    speedup: '加速比',
    latency: '延迟',
    task: '任务',
    taskInterval: '任务 95 % 区间',
    memory: '内存',
    size: '体积',
    decision: '结论',
    interval: '95 % 区间',
    title: '在多台设备上',
    yes: '有',
    no: '无',
    identical: '完全一致',
  },
} as const;

export const matrixTitle: Readonly<Record<Language, string>> = {
  en: titles.en.title,
  'zh-CN': titles['zh-CN'].title,
};

/** "73.1 % (-0.4 points)", or how close the outputs are where nothing was held against targets. */
function describeTask({ metric, sqnrDb }: DeviceRow, language: Language): string {
  if (metric !== null) {
    return `${formatMetric(metric.after, metric.unit)} (${changeOf(metric.difference, metric.unit, language)})`;
  }
  return sqnrDb === null ? titles[language].identical : formatDecibels(sqnrDb);
}

function changeOf(
  difference: number | null,
  unit: Parameters<typeof formatMetricChange>[1],
  language: Language,
): string {
  const text = formatMetricChange(difference, unit);
  return language === 'zh-CN' ? text.replace(/ points$/, ' 个百分点') : text;
}

function taskInterval({ metric }: DeviceRow, language: Language): string {
  const interval = metric?.ci95 ?? null;
  if (metric === null || interval === null) return '';
  return `[${interval.map((end) => changeOf(end, metric.unit, language).replace(/ (points|个百分点|dB)$/, '')).join(', ')}]`;
}

/** Devices against what was measured on each, with its interval; what no row has anything in is left out. */
export function matrixColumns(rows: readonly DeviceRow[], language: Language): readonly MatrixColumn[] {
  const words = titles[language];
  const column = (
    id: Exclude<keyof typeof words, 'title' | 'yes' | 'no' | 'identical'>,
    align: MatrixColumn['align'],
    text: MatrixColumn['text'],
  ): MatrixColumn => ({ id, title: words[id], align, text });
  const columns = [
    column('device', 'start', (row) => row.device),
    column('cpu', 'start', (row) => row.cpuModel),
    column('dotProduct', 'start', (row) => (row.hasInt8DotProduct ? words.yes : words.no)),
    column('speedup', 'end', (row) => formatRatio(row.speedup.ratio)),
    column('interval', 'end', (row) => formatInterval(row.speedup.ci95, formatRatio)),
    column('latency', 'end', (row) => formatTimePair(row.latencyBeforeMs, row.latencyAfterMs, ' → ')),
    column('task', 'end', (row) => describeTask(row, language)),
    column('taskInterval', 'end', (row) => taskInterval(row, language)),
    column('memory', 'end', (row) => formatBytes(row.peakMemoryBytes)),
    column('size', 'end', (row) => formatRatio(row.sizeRatio)),
    column('decision', 'start', (row) => decisionWords[language][row.decision]),
  ];
  return columns.filter(({ text }) => rows.some((row) => text(row) !== ''));
}

const listed = 3;

/** Those that are not right: by what they lack and the others have, else by name. */
function nameBad(bad: readonly DeviceRow[], good: readonly DeviceRow[], language: Language): string {
  const isOfKind =
    good.length > 0 &&
    bad.every(({ hasInt8DotProduct }) => !hasInt8DotProduct) &&
    good.every(({ hasInt8DotProduct }) => hasInt8DotProduct);
  if (isOfKind) {
    const names = listNames(bad, language);
    return language === 'en'
      ? `machines without an int8 dot product such as VNNI (${names})`
      : `没有 VNNI 等 int8 点积指令的机器（${names}）`;
  }
  return listNames(bad, language);
}

function listNames(rows: readonly DeviceRow[], language: Language): string {
  const names = rows.slice(0, listed).map(({ device }) => device);
  const more = rows.length - names.length;
  if (language === 'zh-CN') return `${names.join('、')}${more > 0 ? ` 等 ${rows.length} 台机器` : ''}`;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What speaks against the row most, with its figure. */
function describeFault(row: DeviceRow, language: Language): string {
  const isChinese = language === 'zh-CN';
  const { metric, speedup, fault } = row;
  const interval = formatInterval(speedup.ci95, formatRatio);
  if (fault === 'task') {
    const loss = metric === null ? null : lossOf(metric);
    if (metric !== null && loss !== null && loss > 0) {
      const amount = changeOf(loss, metric.unit, language).replace('+', '');
      return isChinese
        ? `${metricWords(metric, language).label} 损失 ${amount}`
        : `it loses ${amount} of ${metric.label}`;
    }
    const task = describeTask(row, language);
    if (metric === null) return isChinese ? `任务指标为 ${task}` : `its outputs are at ${task}`;
    const change = `${changeOf(metric.difference, metric.unit, language)}, 95 % ${taskInterval(row, language)}`;
    return isChinese
      ? `${metricWords(metric, language).label} 的变化为 ${change}`
      : `its ${metric.label} changes by ${change}`;
  }
  if (fault === 'speed') {
    return isChinese
      ? `速度是原来的 ${formatRatio(speedup.ratio)}，95 % ${interval}`
      : `it runs at ${formatRatio(speedup.ratio)} the speed, 95 % ${interval},`;
  }
  return isChinese
    ? `体积只缩小到原来的 1/${formatRatio(row.sizeRatio).replace('x', '')}`
    : `it is only ${formatRatio(row.sizeRatio)} smaller`;
}

/** What devices make of the result, for the person who decides: the worst cell first. */
export function describeMatrix(rows: readonly DeviceRow[], language: Language): string {
  const worst = rows[0];
  const isChinese = language === 'zh-CN';
  if (worst === undefined) return isChinese ? '尚无设备测量过。' : 'No device has measured it yet.';
  const good = rows.filter(({ decision }) => decision === 'ship');
  const bad = rows.filter(({ decision }) => decision !== 'ship');
  if (bad.length === 0) {
    const figures = `${formatRatio(worst.speedup.ratio)} (95 % ${formatInterval(worst.speedup.ci95, formatRatio)})`;
    const task = describeTask(worst, language);
    return isChinese
      ? `${rows.length} 台机器全部达标；最差的是 ${worst.device}：${figures}，${task}。`
      : `Fit to ship on all ${rows.length} machines. Worst, on ${worst.device}: ${figures}, ${task}.`;
  }
  const fault = describeFault(worst, language);
  const where = nameBad(bad, good, language);
  const isProven = worst.decision === 'doNotShip';
  if (isChinese) {
    const place = /^[A-Za-z0-9]/.test(where) ? `在 ${where} 上` : `在${where}上`;
    const what = isProven ? `${place}，${fault}` : `${place}未证实（${fault}）`;
    return `${rows.length} 台机器中 ${good.length} 台达标：${what}。`;
  }
  const machines = rows.length === 1 ? 'machine' : 'machines';
  const what = isProven ? `${fault} on ${where}` : `not proven on ${where} (${fault.replace(/,$/, '')})`;
  return `Fit to ship on ${good.length} of ${rows.length} ${machines}: ${what}.`;
}
