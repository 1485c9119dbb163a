import type { ErrorRecord } from '../../shared/app-error.ts';
import { decisionWords } from '../../shared/decision-texts.ts';
import type { Decision } from '../../shared/decision.ts';
import { mainRow } from '../../shared/metric-row.ts';
import { shortId } from '../../shared/run-id.ts';
import type { RunDocument } from '../../shared/run.ts';
import { describeCloseness, describeStudy, sizeRatioOf } from '../../shared/study-texts.ts';
import { rankStudy, type Placed } from '../../shared/study.ts';
import { typicalSqnrDb } from '../../shared/agreement.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { formatInterval, formatMs, formatRatio } from '../../shared/units.ts';
import { bad, emphasize, good } from './output.ts';
import { renderTable } from './tables.ts';
import { toOneLine } from './terminal-text.ts';

/** One run of a sweep, as far as it came. */
export interface SweptMember {
  readonly name: string;
  readonly scheme: Recipe['scheme'];
  readonly threads: number;
  readonly runId: string;
  readonly outPath: string;
  /** Of the lab; null for this machine. */
  readonly device: string | null;
  readonly status: 'done' | 'failed' | 'cancelled' | 'notStarted';
  readonly document: RunDocument | null;
  /** Why it failed, or why a finished one is not in the history. */
  readonly error: ErrorRecord | null;
}

const statusWords = { done: '', failed: 'failed', cancelled: 'stopped', notStarted: 'not started' } as const;

/** What came to an end, best first. */
export function placeMembers(members: readonly SweptMember[]): readonly Placed[] {
  return rankStudy(members.flatMap(({ name, document }) => (document === null ? [] : [{ name, run: document }])));
}

const colours: Readonly<Record<Decision, (text: string) => string>> = {
  ship: good,
  doNotShip: bad,
  notProven: (text) => text,
};

/** The winner and why the others lost in the first line, then each member, best first. */
export function renderStudy(studyTag: string, members: readonly SweptMember[]): string {
  const placed = placeMembers(members);
  const showsThreads = new Set(members.map(({ threads }) => threads)).size > 1;
  const devices = new Set(members.flatMap(({ device }) => device ?? []));
  const find = ({ member: { run } }: Placed): SweptMember => members.find(({ runId }) => runId === run.runId)!;
  const conditionsOf = ({ threads, device }: SweptMember): string[] => [
    ...(showsThreads ? [String(threads)] : []),
    ...(devices.size > 0 ? [device ?? '–'] : []),
  ];
  const finished = placed.map((one) => {
    const { run } = one.member;
    const swept = find(one);
    const { speedup, after } = run.latency;
    const { decision } = one.decided;
    return [
      swept.scheme,
      ...conditionsOf(swept),
      formatRatio(sizeRatioOf(run)),
      emphasize(formatRatio(speedup.ratio)),
      formatInterval(speedup.ci95, formatRatio),
      formatMs(after.medianMs),
      describeCloseness(run),
      colours[decision](decisionWords.en[decision]),
      shortId(run.runId),
    ];
  });
  const others = members
    .filter(({ document }) => document === null)
    .map((member) => [
      member.scheme,
      ...conditionsOf(member),
      ...Array<string>(5).fill('–'),
      member.status === 'failed' ? bad(statusWords.failed) : statusWords[member.status],
      member.status === 'notStarted' ? '' : shortId(member.runId),
    ]);
  const table = renderTable(
    [
      { title: 'member' },
      ...(showsThreads ? [{ title: 'threads', align: 'right' } as const] : []),
      ...(devices.size > 0 ? [{ title: 'device' }] : []),
      { title: 'size', align: 'right' },
      { title: 'speed', align: 'right' },
      { title: '95 %', align: 'right' },
      { title: 'time', align: 'right', leaveOut: 2 },
      { title: 'task', align: 'right' },
      { title: 'decision' },
      { title: 'run', leaveOut: 1 },
    ],
    [...finished, ...others],
  );
  const first = placed.length === 0 ? 'No run finished.' : describeStudy(placed, 'en');
  const errors = members.flatMap(({ name, status, error }) =>
    status === 'failed' ? [`${name} failed: ${toOneLine(error!.message)}`] : [],
  );
  const next = placed.length < 2 ? [] : [`Compare them: vernier compare ${studyTag}`];
  const notes =
    devices.size > 1
      ? ['Each speed is against the original on the same device; times of two devices do not compare.']
      : [];
  return [emphasize(first), '', table, ...notes, ...errors, ...next].join('\n');
}

/** The same as one document: figures of each member, best first, and the ids of its runs. */
export function writeStudy(studyTag: string, modelPath: string, members: readonly SweptMember[]) {
  const placed = placeMembers(members);
  const finished = placed.map(({ member: { run }, decided, place, lostBy }) => ({
    ...members.find(({ runId }) => runId === run.runId)!,
    place,
    decision: decided.decision,
    lostBy,
  }));
  const others = members
    .filter(({ document }) => document === null)
    .map((member) => ({ ...member, place: null, decision: null, lostBy: null }));
  return {
    tag: studyTag,
    modelPath,
    summary: placed.length === 0 ? null : describeStudy(placed, 'en'),
    winners: placed.flatMap(({ place, member }) => (place === 1 ? [member.run.runId] : [])),
    members: [...finished, ...others].map(({ document, runId, status, ...member }) => ({
      ...member,
      status,
      runId: status === 'notStarted' ? null : runId,
      figures: document === null ? null : figuresOf(document),
    })),
  };
}

function figuresOf(run: RunDocument) {
  const { speedup, before, after } = run.latency;
  const row = mainRow(run.accuracy);
  return {
    recipe: run.recipe.name,
    sizeRatio: sizeRatioOf(run),
    sizeBytes: run.model.compressed.sizeBytes,
    speedupRatio: speedup.ratio,
    speedupCi95: speedup.ci95,
    latencyMedianMsBefore: before.medianMs,
    latencyMedianMsAfter: after.medianMs,
    metric: row?.metric ?? null,
    metricDifference: row?.difference ?? null,
    metricCi95: row?.ci95 ?? null,
    sqnrDb: typicalSqnrDb(run.accuracy.agreement),
    gatesMet: run.gates.every(({ met }) => met),
  };
}
