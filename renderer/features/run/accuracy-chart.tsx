import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { buildIntervalChart } from '../../../shared/charts/intervals.ts';
import type { Accuracy, Estimate } from '../../../shared/run.ts';
import { formatDecibels, formatInterval, formatShare } from '../../../shared/units.ts';
import { addTooltip } from '../../components/chart-tooltip.ts';
import { Chart } from '../../components/chart.tsx';
import { Definition } from '../../components/definition.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useChartStyle } from '../../components/use-chart-style.ts';
import { formatPointChange } from '../../format.ts';
import classes from './run-page.module.css';

interface AccuracyLine {
  readonly label: string;
  readonly variant: 'before' | 'after';
  readonly estimate: Estimate;
}

/** Accuracy of both models with intervals; without labels, how far they agree and plainly no accuracy. */
export function AccuracyChart({ accuracy }: { accuracy: Accuracy }) {
  const { t } = useTranslation();
  const { style } = useChartStyle();
  const lines = useMemo((): AccuracyLine[] => {
    const { before, after, top5 } = accuracy;
    if (before === null || after === null) return [];
    const result: AccuracyLine[] = [
      { label: `${t('accuracy.top1')} · ${t('variant.before')}`, variant: 'before', estimate: before },
      { label: `${t('accuracy.top1')} · ${t('variant.after')}`, variant: 'after', estimate: after },
    ];
    if (top5 !== null) {
      result.push(
        { label: `${t('accuracy.top5')} · ${t('variant.before')}`, variant: 'before', estimate: top5.before },
        { label: `${t('accuracy.top5')} · ${t('variant.after')}`, variant: 'after', estimate: top5.after },
      );
    }
    return result;
  }, [accuracy, t]);
  const config = useMemo(
    () =>
      addTooltip(
        buildIntervalChart(
          lines.map(({ label, variant, estimate: { value, ci95 } }) => ({
            label,
            value: 100 * value,
            ci95: [100 * ci95[0], 100 * ci95[1]],
            role: variant,
            text: formatShare(value),
          })),
          { title: t('axis.shareCorrect'), reference: null, unit: '%' },
          style,
        ),
        {
          label: (item) => {
            const line = lines[item.dataIndex];
            return line === undefined ? '' : formatInterval(line.estimate.ci95, formatShare);
          },
        },
      ),
    [lines, style, t],
  );
  const columns = useMemo(
    (): TableColumn<AccuracyLine>[] => [
      { id: 'label', header: t('column.figure'), width: 180, grow: 1, value: (line) => line.label },
      {
        id: 'value',
        header: t('column.value'),
        width: 80,
        align: 'end',
        value: (line) => line.estimate.value,
        render: (line) => formatShare(line.estimate.value),
      },
      {
        id: 'interval',
        header: t('column.interval'),
        width: 150,
        align: 'end',
        value: (line) => line.estimate.ci95[0],
        render: (line) => formatInterval(line.estimate.ci95, formatShare),
        text: (line) => formatInterval(line.estimate.ci95, formatShare),
      },
    ],
    [t],
  );
  const { agreement, mcnemar, difference, expectedDifference, expectedDifferenceCi95 } = accuracy;
  return (
    <>
      {lines.length > 0 && (
        <Chart
          title={t('accuracy.title')}
          definition={t('accuracy.definition', { count: accuracy.count })}
          summary={lines.map((line) => `${line.label} ${formatShare(line.estimate.value)}`).join('; ')}
          config={config}
          columns={columns}
          rows={lines}
          rowId={(line) => line.label}
          height={lines.length > 2 ? 158 : 112}
        />
      )}
      {lines.length === 0 && (
        <h2 style={{ fontSize: '0.8125rem', margin: '4px 0 10px' }}>{t('accuracy.agreementTitle')}</h2>
      )}
      <dl className={classes.agreement}>
        {agreement.top1 !== null && (
          <Figure term={t('accuracy.sameClass')} definition={t('definition.agreement')}>
            {formatShare(agreement.top1)}
          </Figure>
        )}
        <Figure term={t('accuracy.sqnr')} definition={t('definition.sqnr')}>
          {formatDecibels(agreement.sqnrDb)}
        </Figure>
        {mcnemar !== null && difference !== null ? (
          <Figure
            term={t('accuracy.mcnemar')}
            definition={t('definition.mcnemar', {
              onlyBefore: mcnemar.onlyBefore,
              onlyAfter: mcnemar.onlyAfter,
              difference: `${formatPointChange(difference.value)} ${t('verdict.points')}`,
            })}
          >
            p = {mcnemar.pValue.toPrecision(2)}
          </Figure>
        ) : (
          <Figure term={t('accuracy.cosine')} definition={t('definition.cosine')}>
            {agreement.cosine.toFixed(5)}
          </Figure>
        )}
        {expectedDifference !== null && (
          <Figure term={t('accuracy.expected')} definition={t('definition.expectedDifference')}>
            {formatPointChange(expectedDifference)}
            {expectedDifferenceCi95 !== null && ` [${expectedDifferenceCi95.map(formatPointChange).join(', ')}]`}{' '}
            {t('verdict.points')}
          </Figure>
        )}
      </dl>
    </>
  );
}

/** One figure of the list below the chart, with what it means behind its name. */
function Figure({ term, definition, children }: { term: string; definition: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        <Definition term={term}>{definition}</Definition>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
