import type { RunDocument } from '../../../shared/run.ts';
import type { Comparison } from '../../../shared/compare-runs.ts';
import { shortId } from '../../../shared/run-id.ts';
import { nameGateInEnglish } from '../../engine/7-judge/verdict.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import { baseNameOf } from '../texts/report-figures.ts';
import { escapeXml } from './escape-xml.ts';

/** One check as CI systems show it. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly message: string;
}

/** The gates of a run; without any, that it finished is the only check. */
export function listChecks(document: RunDocument): Check[] {
  if (document.gates.length === 0) return [{ name: 'compress', passed: true, message: document.verdict.join(' ') }];
  return document.gates.map((gate) => ({ name: nameGateInEnglish(gate), passed: gate.met, message: gate.message }));
}

const measureWords = { accuracy: 'accuracy drop', speedup: 'speed-up drop', size: 'size growth' } as const;
const measureUnits = { accuracy: ' points', speedup: ' %', size: ' %' } as const;

/** What a comparison found, as checks: one for each run but the baseline. */
export function listRegressionChecks(comparison: Comparison): Check[] {
  const baseline = comparison.runs.find((run) => run.isBaseline)!;
  return comparison.runs
    .filter((run) => !run.isBaseline)
    .map((run) => {
      const found = comparison.regressions.filter((regression) => regression.runId === run.runId);
      const messages = found.map(({ measure, actual, limit, measured }) => {
        const unit = measureUnits[measure];
        if (actual === null) {
          const ranksNothing = [run, baseline].some(({ accuracyShare }) => accuracyShare === null);
          const why = ranksNothing
            ? 'there is no accuracy where no classes are ranked'
            : 'the runs were not evaluated alike';
          return `${measureWords[measure]}: cannot be judged, ${why}.`;
        }
        const busy =
          measured === null
            ? ''
            : ` (measured ${measured.toFixed(2)}${unit}, on a busy machine: the most that can be behind it counts; ` +
              'measure both runs when it is quiet)';
        return `${measureWords[measure]}: ${actual.toFixed(2)}${unit} against a limit of ${limit}${unit}${busy}.`;
      });
      return {
        name: `${shortId(run.runId)} against ${shortId(comparison.baselineRunId)}`,
        passed: found.length === 0,
        message: found.length === 0 ? 'No regression.' : messages.join(' '),
      };
    });
}

/** Line breaks are kept inside attributes only as references; other control characters XML cannot hold at all. */
function attribute(text: string): string {
  return escapeXml(makeVisible(text));
}

/** JUnit XML as CI systems read it: a failure for every check that is not met. */
export function renderJunit(document: RunDocument, checks: readonly Check[] = listChecks(document)): string {
  const suite = `vernier ${baseNameOf(document.model.original.path)}`;
  const failures = checks.filter((check) => !check.passed).length;
  const seconds = (document.durationMs / 1000).toFixed(3);
  const timestamp = new Date(document.startedTimestampMs).toISOString().replace(/\.\d+Z$/, '');
  const properties: readonly (readonly [string, string])[] = [
    ['runId', document.runId],
    ['recipe', document.recipe.name],
    ['model.sha256', document.model.original.sha256],
    ['compressed.sha256', document.model.compressed.sha256],
    ['speedup', String(document.latency.speedup.ratio)],
  ];
  const cases = checks.map((check, index) => {
    // The whole run is one measurement: its time is counted once.
    const time = index === 0 ? seconds : '0';
    const open = `    <testcase classname="${attribute(suite)}" name="${attribute(check.name)}" time="${time}"`;
    if (check.passed) return `${open}/>`;
    return `${open}>\n      <failure type="gate" message="${attribute(check.message)}">${attribute(check.message)}</failure>\n    </testcase>`;
  });
  const counts = `tests="${checks.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="vernier" ${counts} time="${seconds}">`,
    `  <testsuite name="${attribute(suite)}" ${counts} skipped="0" time="${seconds}" timestamp="${timestamp}">`,
    '    <properties>',
    ...properties.map(([name, value]) => `      <property name="${attribute(name)}" value="${attribute(value)}"/>`),
    '    </properties>',
    ...cases,
    `    <system-out>${attribute(document.verdict.join(' '))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** JUnit XML of a run that came to no result: one test with an error, so that no earlier file is taken for this run's. */
export function renderJunitError(modelPath: string, message: string): string {
  const suite = attribute(`vernier ${baseNameOf(modelPath)}`);
  const counts = 'tests="1" failures="0" errors="1"';
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="vernier" ${counts} time="0">`,
    `  <testsuite name="${suite}" ${counts} skipped="0" time="0">`,
    `    <testcase classname="${suite}" name="compress" time="0">`,
    `      <error type="run" message="${attribute(message)}">${attribute(message)}</error>`,
    '    </testcase>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Workflow commands of GitHub Actions: an error for every check that is not met, a notice when all are. */
export function renderGithubAnnotations(title: string, checks: readonly Check[]): string {
  const failed = checks.filter((check) => !check.passed);
  const line = (level: string, check: Check) =>
    `::${level} title=${escapeProperty(`${title}: ${check.name}`)}::${escapeData(makeVisible(check.message))}\n`;
  if (failed.length > 0) return failed.map((check) => line('error', check)).join('');
  const message = checks.map((check) => check.message).join(' ');
  return `::notice title=${escapeProperty(title)}::${escapeData(makeVisible(message))}\n`;
}
