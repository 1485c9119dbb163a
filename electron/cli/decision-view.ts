import { isMachineBusy } from '../../shared/busy-machine.ts';
import { describeAxes, decisionWords, stateWords } from '../../shared/decision-texts.ts';
import { decisionOf, type AxisState } from '../../shared/decision.ts';
import { describeFinding, findingWords } from '../../shared/finding-texts.ts';
import { findingsOf, type Experiment } from '../../shared/findings.ts';
import type { RunDocument } from '../../shared/run.ts';
import { formatInterval, formatMs, formatRatio, formatShare } from '../../shared/units.ts';
import { bad, dim, emphasize, good } from './output.ts';
import { renderTable, renderTitle } from './tables.ts';
import { textWidth, wrapText } from './wrap-text.ts';

/** Colour means one thing: proven good, proven bad, or plain. */
const tones: Readonly<Record<AxisState, (text: string) => string>> = { good, bad, unproven: (text) => text };

const decisionStates = { ship: 'good', doNotShip: 'bad', notProven: 'unproven' } as const;

/** Every measurement of a run's speed, the one that decides marked. Empty where there is only one. */
function renderMeasurements({ measurements }: Pick<RunDocument, 'measurements'>): string {
  if (measurements.length === 0) return '';
  return renderTable(
    [
      { title: 'measured' },
      { title: 'before', align: 'right' },
      { title: 'after', align: 'right' },
      { title: 'speed-up', align: 'right' },
      { title: '95 %' },
      { title: 'processor', align: 'right', leaveOut: 1 },
      { title: '' },
    ],
    measurements.map((one) => [
      new Date(one.measuredTimestampMs).toISOString().slice(0, 16).replace('T', ' '),
      formatMs(one.beforeMedianMs),
      formatMs(one.afterMedianMs),
      formatRatio(one.speedup.ratio),
      formatInterval(one.speedup.ci95, formatRatio),
      one.processorShare === null ? '-' : formatShare(one.processorShare),
      one.decides ? 'counts' : isMachineBusy(one) ? 'busy' : '',
    ]),
  );
}

/** Ship, do not ship, or not proven; and what of size, speed and task makes it so. */
export function renderDecision(document: RunDocument): string {
  const decided = decisionOf(document);
  const word = tones[decisionStates[decided.decision]](decisionWords.en[decided.decision]);
  const table = renderTable(
    [{ title: 'axis' }, { title: 'state' }, { title: 'figure', fill: true }, { title: 'proof', fill: true }],
    describeAxes(decided, document, 'en').map(({ title, state, value, word: said, detail }) => [
      title.toLowerCase(),
      tones[state](stateWords.en[state]),
      `${emphasize(value)} ${said}`,
      detail.replaceAll('→', '->'),
    ]),
  );
  return [`${renderTitle('Decision')}: ${emphasize(word)}`, table, renderMeasurements(document)]
    .filter((part) => part !== '')
    .join('\n');
}

const quote = (value: string): string =>
  /^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;

/** The same experiment as options of `vernier compress`; empty where measuring again is all. */
export function optionsOf({ recipe = {}, keepPrepared }: Experiment): string {
  const options: string[] = [];
  const isSearched = recipe.calibrationMethod === 'auto' && recipe.keepFloat === 'auto';
  if (isSearched) options.push('--recipe int8-static');
  else if (recipe.calibrationMethod !== undefined) options.push(`--calibration-method ${recipe.calibrationMethod}`);
  if (recipe.calibrationSamples !== undefined) options.push(`--calibration-samples ${recipe.calibrationSamples}`);
  if (!isSearched && recipe.reducedRange !== undefined) options.push(`--reduced-range ${recipe.reducedRange}`);
  for (const name of recipe.excludeNodes ?? []) options.push(`--exclude-nodes ${quote(name)}`);
  if (keepPrepared === true) options.push('--keep-prepared');
  return options.join(' ');
}

function describeExperiment(experiment: Experiment, runId: string): string {
  const options = optionsOf(experiment);
  if (options !== '') return `try again with ${options}`;
  return experiment.allSamples === true
    ? 'try again without --evaluation-samples'
    : `measure again: vernier measure ${runId.slice(0, 8)}`;
}

const indent = '  ';

/** What is wrong, worst first, and the command that would mend it. */
export function renderFindings(document: RunDocument): string {
  const findings = findingsOf(document);
  if (findings.length === 0) return `${renderTitle('Findings')}\n${findingWords.en.none}`;
  const lines = findings.flatMap((finding) => {
    const { title, evidence } = describeFinding(finding, 'en');
    const wrap = (text: string): string =>
      indent + wrapText(text, textWidth() - indent.length).replaceAll('\n', `\n${indent}`);
    return [
      emphasize(finding.tone === 'bad' ? bad(title) : title),
      wrap(evidence),
      ...(finding.experiment === null ? [] : [dim(wrap(describeExperiment(finding.experiment, document.runId)))]),
    ];
  });
  return [renderTitle('Findings'), ...lines].join('\n');
}
