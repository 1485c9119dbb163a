import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunDetails } from '../../../shared/contract/results.ts';
import { predictFloat } from '../../../shared/predict-float.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { formatBytes, formatDecibels, formatMs } from '../../../shared/units.ts';
import { request } from '../../api.ts';
import { useFailure } from '../../hooks/use-notify.tsx';
import { navigate } from '../../hooks/use-route.ts';
import { changeRecipe, presets } from '../../change-recipe.ts';
import classes from './what-if.module.css';

/** What the model would come to with the layers in float that were switched, and the run that tries it. */
export function WhatIfBar(props: {
  readonly document: RunDocument;
  readonly asked: RunDetails['request'];
  readonly flipped: ReadonlySet<string>;
  readonly onReset: () => void;
}) {
  const { t } = useTranslation();
  const fail = useFailure();
  const [starting, setStarting] = useState(false);
  const { document, asked, flipped } = props;
  const prediction = predictFloat(document, flipped);
  const { effects, model, latency } = document;
  const start = (): void => {
    setStarting(true);
    const excludeNodes = [...new Set([...asked.recipe.excludeNodes, ...flipped])];
    const recipe = changeRecipe(asked.recipe, { excludeNodes }, presets);
    request('run.start', { request: { ...asked, outPath: null, recipe, prediction } }).then(
      ({ runId }) => navigate({ page: 'run', runId }),
      (error: unknown) => {
        setStarting(false);
        fail(error);
      },
    );
  };
  const figure = (title: string, before: string, after: string) => (
    <span className={classes.figure}>
      <span className="muted">{title}</span> {before} → <strong>{after}</strong>
    </span>
  );
  return (
    <div className={classes.bar} role="status" aria-label={t('whatIf.title', { count: flipped.size })}>
      <span className={classes.title}>{t('whatIf.title', { count: flipped.size })}</span>
      {figure(t('axis.size'), formatBytes(model.compressed.sizeBytes), formatBytes(prediction.sizeBytes))}
      {figure(t('axis.latency'), formatMs(latency.after.medianMs), formatMs(prediction.medianMs))}
      {prediction.sqnrDb === null ? (
        <span className="muted">{t(effects === null ? 'whatIf.noEffects' : 'whatIf.unknownEffect')}</span>
      ) : (
        figure(t('whatIf.closeness'), formatDecibels(effects!.wholeSqnrDb), formatDecibels(prediction.sqnrDb))
      )}
      <span className={classes.actions}>
        <Button size="compact-sm" onClick={start} loading={starting} title={t('whatIf.hint')}>
          {t('whatIf.try')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={props.onReset}>
          {t('whatIf.reset')}
        </Button>
      </span>
    </div>
  );
}
