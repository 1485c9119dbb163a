import { useTranslation } from 'react-i18next';
import { useAppState } from '../hooks/use-app-state.ts';
import type { LiveRun } from '../live-run.ts';

/** What a run does now, in a word. */
export function StageText({ runId, live }: { runId: string; live: LiveRun }) {
  const { t } = useTranslation();
  const { cancelling } = useAppState();
  if (cancelling.has(runId)) return t('running.cancelling');
  return live.stage === null ? t('running.starting') : t(`stage.${live.stage}`);
}
