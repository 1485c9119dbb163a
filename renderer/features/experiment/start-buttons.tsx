import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icon.tsx';
import { canRun, hasData, type Draft, type Refusal } from './draft.ts';
import type { Start } from './use-start.ts';

/** Runs the experiment, or says what it lacks. */
export function StartButtons(props: {
  readonly draft: Draft;
  readonly refusal: Refusal | null;
  readonly start: Start;
}) {
  const { t } = useTranslation();
  const { draft, refusal, start } = props;
  const missing =
    draft.modelPath === null
      ? t('experiment.needsModel')
      : refusal !== null
        ? t(`experiment.refused.${refusal.field}`)
        : !hasData(draft)
          ? t('experiment.needsData')
          : null;
  const isReady = canRun(draft) && refusal === null;
  return (
    <>
      {missing !== null && (
        <span id="whyNotRun" className="muted">
          {missing}
        </span>
      )}
      <Button
        size="sm"
        variant="default"
        title={t('experiment.studyHint')}
        disabled={start.starting || !isReady}
        onClick={start.startStudy}
        leftSection={<Icon name="compare" />}
      >
        {t('experiment.study')}
      </Button>
      <Button
        size="sm"
        loading={start.starting}
        disabled={!isReady}
        aria-describedby={missing === null ? undefined : 'whyNotRun'}
        onClick={start.start}
        leftSection={<Icon name="play" />}
      >
        {t('experiment.run')}
      </Button>
    </>
  );
}
