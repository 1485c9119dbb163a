import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../shared/contract/results.ts';
import type { RunStatus } from '../../shared/run.ts';
import { formatShare } from '../../shared/units.ts';
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

function accuracyDifference(row: RunRow): number | null {
  return row.randomData || row.accuracyBefore === null || row.accuracyAfter === null
    ? null
    : row.accuracyAfter - row.accuracyBefore;
}

/** "73.3 %  −1.5 points", or how often both models agree where there were no labels. */
export function AccuracyCell({ row }: { row: RunRow }) {
  const { t } = useTranslation();
  if (row.randomData) return <span className="muted">{t('cell.randomData')}</span>;
  const difference = accuracyDifference(row);
  if (difference !== null) {
    return (
      <>
        {formatShare(row.accuracyAfter)} <span className="muted">{formatPointChange(difference)}</span>
      </>
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
