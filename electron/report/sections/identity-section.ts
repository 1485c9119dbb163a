import type { Stage } from '../../../shared/events.ts';
import { mainRow } from '../../../shared/metric-row.ts';
import type { Environment, ModelFacts, RunDocument } from '../../../shared/run.ts';
import { targetKindOf } from '../../../shared/target-kinds.ts';
import { withoutTargets } from '../../../shared/target-texts.ts';
import { formatBytes, formatCount, formatDuration, formatShape } from '../../../shared/units.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { Fact, Section } from '../report-document.ts';
import { formatTimestamp } from '../texts/report-figures.ts';
import type { ReportTexts } from '../texts/report-texts.ts';

export function describeMachine(environment: Environment): string {
  return makeVisible(
    `${environment.cpuModel}, ${environment.cores} × CPU, ${formatBytes(environment.totalMemoryBytes)}, ${environment.os}`,
  );
}

export function describeSoftware(environment: Environment): string {
  return makeVisible(
    `Vernier ${environment.vernierVersion}, ONNX Runtime ${environment.onnxRuntimeVersion}, Node ${environment.nodeVersion}`,
  );
}

function modelFacts(label: string, model: ModelFacts): Fact[] {
  const values = (list: ModelFacts['inputs']) =>
    list
      .map(({ name, dataType, dims, anyShape }) => `${name} ${dataType} ${formatShape(anyShape ? null : dims)}`)
      .join(', ');
  return [
    { label, value: makeVisible(model.path), code: true },
    { label: 'SHA-256', value: model.sha256, code: true },
    {
      label: '',
      value: makeVisible(
        `${formatBytes(model.sizeBytes)} (${model.sizeBytes.toLocaleString('en-US')} B), opset ${model.opset}` +
          `${model.producer === '' ? '' : `, ${model.producer}`}; ${values(model.inputs)} → ${values(model.outputs)}`,
      ),
    },
  ];
}

/** What the data lacks that would say what is right. */
function nameMissing({ data, accuracy }: RunDocument, { language }: ReportTexts): string {
  const isKnown = data.labelled || mainRow(accuracy) !== null;
  return isKnown ? '' : `, ${withoutTargets(targetKindOf(accuracy), language)}`;
}

function dataFacts(document: RunDocument, texts: ReportTexts): Fact[] {
  const { data } = document;
  const { words } = texts;
  const hash = (label: string, value: string | null): Fact[] => (value === null ? [] : [{ label, value, code: true }]);
  return [
    {
      label: words.data,
      value: data.random ? texts.differences['random-data'] : makeVisible(data.path ?? '–'),
      code: true,
    },
    ...hash('SHA-256', data.sha256),
    {
      label: words.samples,
      value: `${formatCount(data.sampleCount)} = ${formatCount(data.calibrationCount)} + ${formatCount(data.evaluationCount)} (${words.seed} ${data.seed}), ${texts.dataKinds[data.kind]}${nameMissing(document, texts)}`,
    },
    ...hash(words.calibration, data.calibrationSha256),
    ...hash(words.evaluation, data.evaluationSha256),
  ];
}

/** Runs of other versions may have had other stages. */
function nameStage(stage: string, { stages }: ReportTexts): string {
  return Object.hasOwn(stages, stage) ? stages[stage as Stage] : makeVisible(stage);
}

export function identitySection(document: RunDocument, texts: ReportTexts): Section {
  const { words } = texts;
  const { environment } = document;
  const stages = Object.entries(document.stageDurationsMs)
    .map(([stage, durationMs]) => `${nameStage(stage, texts)} ${formatDuration(durationMs, texts.language)}`)
    .join(', ');
  const load = environment.loadAverage.map((value) => value.toFixed(2)).join(', ');
  const facts: Fact[] = [
    { label: words.run, value: document.runId, code: true },
    {
      label: words.started,
      value: `${formatTimestamp(document.startedTimestampMs)}, ${words.duration} ${formatDuration(document.durationMs, texts.language)}`,
    },
    ...modelFacts(words.original, document.model.original),
    ...modelFacts(words.compressed, document.model.compressed),
    ...dataFacts(document, texts),
    { label: words.machine, value: describeMachine(environment) },
    {
      label: '',
      value: makeVisible(
        [
          environment.cpuFlags.join(' '),
          load === '' ? '' : `${words.systemLoad} ${load}`,
          environment.governor === null ? '' : `${words.governor} ${environment.governor}`,
          environment.onBattery === null ? '' : environment.onBattery ? words.onBattery : words.mainsPower,
        ]
          .filter((part) => part !== '')
          .join('; '),
      ),
    },
    { label: words.software, value: describeSoftware(environment) },
    { label: words.stages, value: stages },
  ];
  return { id: 'identity', title: texts.sections.identity, blocks: [{ kind: 'facts', facts }] };
}
