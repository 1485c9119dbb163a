import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../shared/contract/results.ts';
import type { RunStatus } from '../../shared/run.ts';
import { decisionWords } from '../../shared/decision-texts.ts';
import { formatMetric, formatShare, signMetric } from '../../shared/units.ts';
import { fileNameOf, formatPointChange } from '../format.ts';
import classes from './run-cells.module.css';

/** What a run is called: its own name, or its model's and recipe's. */
export function runTitle(row: Pick<RunRow, 'name' | 'modelPath' | 'recipeName'>): string {
  return row.name === '' ? `${fileNameOf(row.modelPath).replace(/\.onnx$/i, '')} · ${row.recipeName}` : row.name;
}

export function StatusMark({ status, gatesMet }: { status: RunStatus; gatesMet: boolean | null }) {
  const { t } = useTranslation();
  const failedGates = status === 'done' && gatesMet === false;
  return (
    <span className={classes.status} data-status={failedGates ? 'failed' : status}>
      <span className={classes.dot} aria-hidden="true" />
      {failedGates ? t('status.gatesNotMet') : t(`status.${status}`)}
    </span>
  );
}

export function sizeRatio(row: RunRow): number | null {
  return row.sizeBytesBefore === null || row.sizeBytesAfter === null || row.sizeBytesAfter === 0
    ? null
    : row.sizeBytesBefore / row.sizeBytesAfter;
}

/** What was decided of a run: a status says whether it ended, this says how. */
export function DecisionMark({ decision }: { decision: RunRow['decision'] }) {
  const { i18n } = useTranslation();
  if (decision === null) return <span className="muted">–</span>;
  const words = decisionWords[i18n.language === 'zh-CN' ? 'zh-CN' : 'en'];
  return (
    <span className={classes.decision} data-decision={decision}>
      {words[decision]}
    </span>
  );
}

/** The figure a run is judged by and its change ("73.3 %  −1.5 points"), or how often both models agree where there were no labels. */
export function AccuracyCell({ row }: { row: RunRow }) {
  const { t } = useTranslation();
  if (row.randomData) return <span className="muted">{t('cell.randomData')}</span>;
  const { mainMetric, mainUnit, mainBefore, mainAfter } = row;
  if (mainUnit !== null && mainBefore !== null && mainAfter !== null) {
    const difference = mainAfter - mainBefore;
    const change = mainUnit === 'share' ? formatPointChange(difference) : signMetric(difference, mainUnit);
    return (
      <span title={mainMetric ?? ''}>
        {formatMetric(mainAfter, mainUnit)} <span className="muted">{change}</span>
      </span>
    );
  }
  if (row.top1AgreementShare !== null) {
    return (
      <>
        {formatShare(row.top1AgreementShare)} <span className="muted">{t('cell.agreement')}</span>
      </>
    );
  }
  return <span className="muted">–</span>;
}

/** The same in one text; how often both models agree is a share by itself. */
export function describeTask({ mainUnit, mainBefore, mainAfter, top1AgreementShare }: RunRow): string {
  if (mainUnit === null || mainBefore === null || mainAfter === null) {
    return top1AgreementShare === null ? '–' : formatShare(top1AgreementShare);
  }
  const difference = mainAfter - mainBefore;
  const change = mainUnit === 'share' ? formatPointChange(difference) : signMetric(difference, mainUnit);
  return `${formatMetric(mainAfter, mainUnit)} ${change}`;
}

/** The first tag whole, and how many more there are: two halves of words say nothing. */
export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span className={classes.tags} title={tags.join(', ')}>
      {tags.slice(0, 1).map((tag) => (
        <Badge key={tag} variant="default" size="sm" className={classes.tag}>
          {tag}
        </Badge>
      ))}
      {tags.length > 1 && <span className="muted">+{tags.length - 1}</span>}
    </span>
  );
}
