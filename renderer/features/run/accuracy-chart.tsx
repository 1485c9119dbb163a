import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Accuracy, Estimate } from '../../../shared/run.ts';
import { formatDecibels, formatInterval, formatShare } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import { Definition } from '../../components/definition.tsx';
import type { IntervalMark } from '../../components/intervals-plugin.ts';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
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
  const palette = usePalette();
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
  const data = useMemo(
    (): ChartData<'line'> => ({
      labels: lines.map((line) => line.label),
      datasets: [
        {
          data: lines.map((line) => line.estimate.value),
          showLine: false,
          pointRadius: 5,
          pointHoverRadius: 6,
          pointStyle: lines.map((line) => (line.variant === 'before' ? 'rect' : 'circle')),
          pointBackgroundColor: lines.map((line) => palette[line.variant]),
          pointBorderColor: lines.map((line) => palette[line.variant]),
        },
      ],
    }),
    [lines, palette],
  );
  const options = useMemo((): ChartOptions<'line'> => {
    const low = Math.min(...lines.map((line) => line.estimate.ci95[0]));
    const high = Math.max(...lines.map((line) => line.estimate.ci95[1]));
    const margin = Math.max(0.01, (high - low) * 0.08);
    return {
      indexAxis: 'y',
      scales: {
        x: {
          type: 'linear',
          min: Math.max(0, Math.floor((low - margin) * 100) / 100),
          max: Math.min(1, Math.ceil((high + margin) * 100) / 100),
          title: { display: true, text: t('axis.shareCorrect') },
          ticks: { maxTicksLimit: 7, callback: (value) => `${Math.round(Number(value) * 1000) / 10} %` },
        },
        y: { type: 'category', offset: true, grid: { display: false }, ticks: { color: palette.text } },
      },
      plugins: {
        legend: { display: false },
        intervals: {
          axis: 'x',
          marks: lines.map((line, index): IntervalMark => ({
            datasetIndex: 0,
            index,
            low: line.estimate.ci95[0],
            high: line.estimate.ci95[1],
            color: palette[line.variant],
          })),
        },
        tooltip: {
          callbacks: {
            label: (item) => {
              const line = lines[item.dataIndex];
              return line === undefined
                ? ''
                : `${formatShare(line.estimate.value)} ${formatInterval(line.estimate.ci95, formatShare)}`;
            },
          },
        },
      },
    };
  }, [lines, palette, t]);
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
  const { agreement, mcnemar, difference } = accuracy;
  return (
    <>
      {lines.length > 0 && (
        <Chart
          title={t('accuracy.title')}
          definition={t('accuracy.definition', { count: accuracy.count })}
          summary={lines.map((line) => `${line.label} ${formatShare(line.estimate.value)}`).join('; ')}
          type="line"
          data={data}
          options={options}
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
        <div>
          <dt>
            <Definition term={t('accuracy.sameClass')}>{t('definition.agreement')}</Definition>
          </dt>
          <dd>{formatShare(agreement.top1)}</dd>
        </div>
        <div>
          <dt>
            <Definition term={t('accuracy.sqnr')}>{t('definition.sqnr')}</Definition>
          </dt>
          <dd>{formatDecibels(agreement.sqnrDb)}</dd>
        </div>
        {mcnemar !== null && difference !== null ? (
          <div>
            <dt>
              <Definition term={t('accuracy.mcnemar')}>
                {t('definition.mcnemar', {
                  onlyBefore: mcnemar.onlyBefore,
                  onlyAfter: mcnemar.onlyAfter,
                  difference: `${formatPointChange(difference.value)} ${t('verdict.points')}`,
                })}
              </Definition>
            </dt>
            <dd>p = {mcnemar.pValue.toPrecision(2)}</dd>
          </div>
        ) : (
          <div>
            <dt>
              <Definition term={t('accuracy.cosine')}>{t('definition.cosine')}</Definition>
            </dt>
            <dd>{agreement.cosine.toFixed(5)}</dd>
          </div>
        )}
      </dl>
    </>
  );
}
