import type { ReactNode } from 'react';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunArtifact } from '../../../shared/contract/results.ts';
import { stages, timedVariants } from '../../../shared/events.ts';
import { mainRow } from '../../../shared/metric-row.ts';
import { writeSettings } from '../../../shared/name-recipe.ts';
import type { RecipeOption } from '../../../shared/recipe-options.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { targetKindOf } from '../../../shared/target-kinds.ts';
import { targetTitle } from '../../../shared/target-texts.ts';
import { formatBytes, formatCount, formatDuration, formatMs } from '../../../shared/units.ts';
import { Panel } from '../../components/page.tsx';
import { formatDims, formatTimesInterval } from '../../format.ts';
import { useOptionWords } from '../../hooks/use-option-words.ts';
import classes from './run-page.module.css';

function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([term, value]) => (
        <Fragment key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function shortHash(hash: string | null): ReactNode {
  return hash === null ? (
    '–'
  ) : (
    <span className="mono" title={hash}>
      {hash.slice(0, 16)}
    </span>
  );
}

/** Everything somebody would need to measure the same again, or to doubt it. */
export function ConditionsTab({ document, artifacts }: { document: RunDocument; artifacts: readonly RunArtifact[] }) {
  return (
    <div className={classes.conditions}>
      <Machine environment={document.environment} />
      <Data document={document} />
      <RecipeSettings recipe={document.recipe} />
      <Measuring document={document} />
      <Files model={document.model} artifacts={artifacts} />
    </div>
  );
}

function Machine({ environment }: Pick<RunDocument, 'environment'>) {
  const { t } = useTranslation();
  return (
    <Panel title={t('conditions.machine')}>
      <Facts
        facts={[
          [t('environment.cpu'), environment.cpuModel],
          [t('environment.flags'), environment.cpuFlags.join(' ') || '–'],
          [t('environment.cores'), environment.cores],
          [t('environment.memory'), formatBytes(environment.totalMemoryBytes)],
          [t('environment.os'), environment.os],
          [t('environment.load'), environment.loadAverage.map((load) => load.toFixed(2)).join(' · ')],
          [t('environment.governor'), environment.governor ?? '–'],
          [
            t('environment.battery'),
            environment.onBattery === null ? '–' : t(environment.onBattery ? 'common.yes' : 'common.no'),
          ],
          ['ONNX Runtime', environment.onnxRuntimeVersion],
          ['Node', environment.nodeVersion],
          ['Vernier', environment.vernierVersion],
        ]}
      />
    </Panel>
  );
}

/** Labels, or what else would say what is right. */
function useTargetFacts({ data, accuracy }: RunDocument): readonly (readonly [string, string])[] {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  if (data.labelled) return [[t('data.labels'), t('data.labelled', { count: data.sampleCount })]];
  return mainRow(accuracy) === null ? [[targetTitle(targetKindOf(accuracy), language), t('data.unlabelled')]] : [];
}

function Data({ document }: { readonly document: RunDocument }) {
  const { t } = useTranslation();
  const { data } = document;
  const targets = useTargetFacts(document);
  return (
    <Panel title={t('conditions.data')}>
      <Facts
        facts={[
          [t('conditions.path'), data.path ?? '–'],
          [t('data.kind'), t(`data.kindOf.${data.kind}`)],
          [t('data.samples'), formatCount(data.sampleCount)],
          [t('conditions.calibration'), formatCount(data.calibrationCount)],
          [t('conditions.evaluation'), formatCount(data.evaluationCount)],
          ...targets,
          [t('experiment.seed'), data.seed],
          ['SHA-256', shortHash(data.sha256)],
        ]}
      />
    </Panel>
  );
}

function RecipeSettings({ recipe }: Pick<RunDocument, 'recipe'>) {
  const { t } = useTranslation();
  const wordsOf = useOptionWords();
  const write = (option: RecipeOption, text: string): string => {
    const value = recipe[option];
    if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
    return text === '' ? '–' : wordsOf(option).nameValue(text);
  };
  const settings = writeSettings(recipe).map(([option, text]) => [wordsOf(option).label, write(option, text)] as const);
  return (
    <Panel title={t('conditions.recipe')}>
      <Facts facts={[[t('experiment.preset'), recipe.name], ...settings]} />
    </Panel>
  );
}

function Measuring({ document }: { readonly document: RunDocument }) {
  const { t, i18n } = useTranslation();
  const { latency, profile } = document;
  return (
    <Panel title={t('conditions.measuring')}>
      <Facts
        facts={[
          [t('experiment.threads'), latency.threads],
          [t('conditions.batch'), latency.batchSize],
          ...Object.entries(latency.inputDims).map(([name, dims]): [string, string] => [
            t('conditions.input', { name }),
            formatDims(dims),
          ]),
          [
            t('conditions.inferences'),
            timedVariants
              .flatMap((variant) => latency[variant]?.count ?? [])
              .map(formatCount)
              .join(' + '),
          ],
          [t('conditions.control'), latency.resolution === null ? '–' : formatTimesInterval(latency.resolution.ci95)],
          [t('conditions.layerSum'), `${formatMs(profile.beforeSumMs)} → ${formatMs(profile.afterSumMs)}`],
          ...stages
            .filter((stage) => document.stageDurationsMs[stage] !== undefined)
            .map((stage): [string, string] => [
              t(`stage.${stage}`),
              formatDuration(document.stageDurationsMs[stage] ?? null, i18n.language),
            ]),
        ]}
      />
    </Panel>
  );
}

function Files({ model, artifacts }: Pick<RunDocument, 'model'> & { readonly artifacts: readonly RunArtifact[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('conditions.files')}>
      <Facts
        facts={[
          [t('conditions.original'), model.original.path],
          [t('inspection.size'), formatBytes(model.original.sizeBytes)],
          ['SHA-256', shortHash(model.original.sha256)],
          [t('inspection.opset'), model.original.opset],
          [t('conditions.producer'), model.original.producer || '–'],
          ...(model.prepared === null
            ? []
            : ([
                [
                  t('conditions.preparedNodes'),
                  `${formatCount(model.prepared.nodesBefore)} → ${formatCount(model.prepared.nodesAfter)}`,
                ],
                [t('conditions.preparedSize'), formatBytes(model.prepared.sizeBytes)],
              ] as const)),
          ...(model.prepared === null || model.prepared.path === null
            ? []
            : ([
                [t('conditions.prepared'), model.prepared.path],
                [t('conditions.preparedHash'), shortHash(model.prepared.sha256)],
              ] as const)),
          [t('conditions.compressed'), model.compressed.path],
          [t('conditions.compressedSize'), formatBytes(model.compressed.sizeBytes)],
          [t('conditions.compressedHash'), shortHash(model.compressed.sha256)],
          ...artifacts
            .filter((artifact) => artifact.kind === 'export' || !artifact.present)
            .map((artifact): [string, string] => [
              artifact.path,
              artifact.present ? formatBytes(artifact.sizeBytes) : t('conditions.gone'),
            ]),
        ]}
      />
    </Panel>
  );
}
