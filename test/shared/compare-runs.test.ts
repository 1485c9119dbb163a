import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { listRegressionChecks } from '../../electron/report/formats/junit.ts';
import { compareRuns, type RegressionThresholds } from '../../shared/compare-runs.ts';
import type { RunDocument } from '../../shared/run.ts';
import { readRealRun } from '../report/real-runs.ts';

const run = readRealRun('resnet8-auto');
const thresholds: RegressionThresholds = {
  maxAccuracyDropPoints: null,
  maxSpeedupDropPercent: 20,
  maxSizeGrowthPercent: null,
};

/** The run with another measured speed-up; `processorShare` of a processor was all a model got. */
function measured(runId: string, ratio: number, ci95: [number, number], processorShare: number | null): RunDocument {
  return { ...run, runId, latency: { ...run.latency, speedup: { ratio, ci95 }, processorShare } };
}

const quiet = measured('quiet', 3, [2.98, 3.02], 0.99);

suite('--max-speedup-drop', () => {
  test('on quiet machines judges the measured ratios', () => {
    const same = compareRuns([quiet, measured('later', 2.5, [2.4, 2.6], 0.98)], thresholds);
    assert.deepEqual(same.regressions, [], '17 % less');
    const { regressions } = compareRuns([quiet, measured('later', 2.1, [2, 2.2], 0.98)], thresholds);
    assert.equal(regressions[0]?.actual?.toFixed(6), '30.000000');
    assert.equal(regressions[0].measured, null);
  });

  test('takes a run that was never asked how busy its machine was for quiet', () => {
    const { runs, regressions } = compareRuns([quiet, measured('old', 3, [1, 5], null)], thresholds);
    assert.deepEqual([regressions, runs[1]?.differences], [[], []]);
  });

  test('is not met by a ratio that sharing may have made: lower end times processor share', () => {
    const comparison = compareRuns([quiet, measured('shared', 9.2, [4, 12], 0.4)], thresholds);
    const [regression] = comparison.regressions;
    assert.equal(regression?.actual?.toFixed(3), (100 * (1 - (4 * 0.4) / 3)).toFixed(3));
    assert.deepEqual(comparison.runs[1]?.differences, ['busy-machine']);
    const [check] = listRegressionChecks(comparison);
    assert.match(
      check!.message,
      /^speed-up drop: 46\.67 % against a limit of 20 % \(measured -206\.67 %, on a busy machine: .* when it is quiet\)\.$/,
    );
  });

  test('is met on a busy machine by what is well above it all the same', () => {
    assert.deepEqual(compareRuns([quiet, measured('shared', 4, [3.8, 4.2], 0.8)], thresholds).regressions, []);
  });

  test('holds a run against the most that can be behind a baseline from a busy machine', () => {
    const baseline = measured('baseline', 2, [1.5, 2.5], 0.5);
    const { regressions, runs } = compareRuns([baseline, quiet], thresholds);
    assert.equal(regressions[0]?.actual?.toFixed(6), '40.000000', '3 against 2.5 / 0.5');
    assert.equal(regressions[0].measured?.toFixed(6), '-50.000000');
    assert.equal(runs[0]?.safeSpeedupChangePercent, 0);
  });

  test('leaves what other thresholds judge alone', () => {
    const { regressions } = compareRuns([quiet, measured('shared', 9.2, [4, 12], 0.4)], {
      ...thresholds,
      maxSpeedupDropPercent: null,
      maxSizeGrowthPercent: 5,
    });
    assert.deepEqual(regressions, []);
  });
});
