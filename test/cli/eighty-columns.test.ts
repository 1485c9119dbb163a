import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { renderComparison } from '../../electron/cli/commands/compare.ts';
import { renderInspection } from '../../electron/cli/commands/inspect.ts';
import { renderDecision, renderFindings } from '../../electron/cli/decision-view.ts';
import { renderNetwork } from '../../electron/cli/network-view.ts';
import { toTerminal } from '../../electron/cli/terminal-text.ts';
import { renderRun } from '../../electron/cli/run-view.ts';
import { renderHistory } from '../../electron/cli/history-view.ts';
import { renderStudy, type SweptMember } from '../../electron/cli/study-view.ts';
import { renderTable } from '../../electron/cli/tables.ts';
import { fitLines, visibleLength } from '../../electron/cli/wrap-text.ts';
import { inspectionSchema } from '../../shared/inspection.ts';
import { compareRuns } from '../../shared/compare-runs.ts';
import { withPrepared } from '../report/real-runs.ts';
import { decidedRuns, good, unproven } from '../shared/decided-runs.ts';
import { detailsOf, fixtureRuns, makeStubHost } from '../renderer/stub-bridge.ts';

const { auto, minmax, mobilenet } = fixtureRuns;
const thresholds = { maxAccuracyDropPoints: 1, maxSpeedupDropPercent: 5, maxSizeGrowthPercent: null };
const longName = {
  ...auto,
  layers: auto.layers.map((layer) => ({ ...layer, name: `/features/${layer.name}`.repeat(5) })),
};
const databasePath = '/home/ada/.local/share/vernier/history.db';

const swept = {
  scheme: 'float16-weights',
  outPath: '/tmp/net.onnx',
  device: null,
  document: null,
  error: null,
} as const;
const members: readonly SweptMember[] = [
  ...[good, unproven].map((document, index): SweptMember => {
    const [threads, runId] = [index + 1, `${index}f9a12c4-0000`];
    return {
      ...swept,
      threads,
      name: `float16-weights, ${threads} threads`,
      runId,
      status: 'done',
      document: { ...document, runId },
    };
  }),
  {
    ...swept,
    name: 'int8-dynamic, 16 threads',
    threads: 16,
    runId: '4e9a12c4-0000',
    status: 'failed',
    error: { code: 'model-unsupported', message: 'Nothing in "/models/net.onnx" can be quantized. '.repeat(4) },
  },
  { ...swept, name: 'int8-static, 16 threads', threads: 16, runId: '5e9a12c4-0000', status: 'notStarted' },
];

const views: Readonly<Record<string, () => string>> = {
  'a run': () => renderRun(mobilenet, { layers: true, databasePath }),
  'a run with a prepared model': () => renderRun(withPrepared(mobilenet), { layers: true, databasePath }),
  'a run with long names': () => renderRun(longName, { layers: true, databasePath }),
  'the graph of a run': () => renderNetwork(mobilenet),
  'the graph of a run with long names': () => renderNetwork(longName),
  findings: () => decidedRuns.map(({ run }) => `${renderDecision(run)}\n${renderFindings(run)}`).join('\n'),
  'the history': () =>
    renderHistory([auto, minmax, mobilenet].map((run) => detailsOf(run, { name: 'a name of some words' }).row)),
  'a comparison': () => renderComparison([auto, minmax], compareRuns([auto, minmax], thresholds), thresholds),
  'a study': () => renderStudy('study:3f9a12c4', members),
  'a study of one number of threads': () =>
    renderStudy(
      'study:3f9a12c4',
      members.map((member) => ({ ...member, threads: 1 })),
    ),
  'a study on several devices': () =>
    renderStudy(
      'study:3f9a12c4',
      members.map((member, index) => ({ ...member, threads: 1, device: `raspberry-pi-${index}` })),
    ),
  'an inspection': () => renderInspection(inspectionSchema.parse(makeStubHost({}).inspection)),
};

describe('in a terminal', () => {
  const own = process.stdout.columns;
  after(() => {
    process.stdout.columns = own;
  });

  for (const columns of [80, 100]) {
    describe(`of ${columns} columns`, () => {
      before(() => {
        process.stdout.columns = columns;
      });
      for (const [name, render] of Object.entries(views)) {
        test(`${name} fits, and no word but a path is broken off`, () => {
          const lines = fitLines(toTerminal(render()), columns).split('\n');
          // What no line holds stays whole, to be copied.
          const long = lines.filter((line) => visibleLength(line) > columns && /\S+ +\S*$/.test(line.trim()));
          assert.deepEqual(long, []);
        });
      }
    });
  }

  test('columns that there is no room for are named, the least needed first', () => {
    process.stdout.columns = 32;
    const table = [
      { title: 'name' },
      { title: 'mean', align: 'right', leaveOut: 1 },
      { title: 'median', align: 'right', leaveOut: 2 },
    ] as const;
    const text = renderTable(table, [['a layer of some words', '12.34 ms', '12.30 ms']]);
    assert.match(text, /^name +median\n/);
    assert.match(toTerminal(text), /Left out for lack of room:\n?.*mean/);
    process.stdout.columns = 120;
    assert.match(renderTable(table, [['a', '12.34 ms', '12.30 ms']]), /^name +mean +median\n/);
  });

  test('lines go on below where their first word began', () => {
    assert.equal(fitLines('model    a b c', 12), 'model    a b\n         c');
    assert.equal(fitLines('/a/path/that/is/longer/than/that', 12), '/a/path/that/is/longer/than/that');
    assert.equal(fitLines('one two three', 8), 'one two\nthree');
  });
});

test('a pipe gets everything', () => {
  const own = process.stdout.columns;
  process.stdout.columns = 0;
  assert.match(renderRun(mobilenet, { layers: true, databasePath }), /median +p90 +p95 +mean +runs +load +peak memory/);
  process.stdout.columns = own;
});
