import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { buildIntervalChart } from '../../../shared/charts/intervals.ts';
import { isCommonAgreement } from '../../../shared/class-metrics.ts';
import { mainRow, type Interval95, type MetricRow } from '../../../shared/metric-row.ts';
import type { Accuracy } from '../../../shared/run.ts';
import { formatDecibels, formatInterval, formatMetric, formatShare } from '../../../shared/units.ts';
import { addTooltip } from '../../components/chart-tooltip.ts';
import { Chart } from '../../components/chart.tsx';
import { Definition } from '../../components/definition.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useChartStyle } from '../../components/use-chart-style.ts';
import { formatMetricSign, formatPointChange } from '../../format.ts';
import { useEngineText, useMetricWords } from '../../hooks/use-engine-text.ts';
import { ClassChart } from './class-chart.tsx';
import classes from './run-page.module.css';

interface AccuracyLine {
  readonly label: string;
  readonly variant: 'before' | 'after';
  readonly unit: MetricRow['unit'];
  readonly value: number;
  readonly ci95: Interval95 | null;
}

/** Shares share an axis; another figure stands alone on its own. */
function shownRows(accuracy: Accuracy): readonly MetricRow[] {
  const main = mainRow(accuracy);
  if (main === null) return [];
  return main.unit === 'share'
    ? accuracy.metrics.filter(({ unit, before }) => unit === 'share' && before !== null)
    : [main];
}

const formatEnds = ({ ci95, unit }: Pick<AccuracyLine, 'ci95' | 'unit'>): string =>
  formatInterval(ci95, (limit) => formatMetric(limit, unit));

/** The task's figures of both models with intervals; without targets, how far they agree and plainly no accuracy. */
export function AccuracyChart({ accuracy }: { accuracy: Accuracy }) {
  const { t } = useTranslation();
  const metricWords = useMetricWords();
  const { style } = useChartStyle();
  const lines = useMemo(
    (): AccuracyLine[] =>
      shownRows(accuracy).flatMap((row) => {
        const { unit, before, after, beforeCi95, afterCi95 } = row;
        const name = metricWords(row).label;
        const line = (variant: AccuracyLine['variant'], value: number | null, ci95: Interval95 | null) =>
          value === null ? [] : [{ label: `${name} · ${t(`variant.${variant}`)}`, variant, unit, value, ci95 }];
        return [...line('before', before, beforeCi95), ...line('after', after, afterCi95)];
      }),
    [accuracy, metricWords, t],
  );
  const config = useMemo(() => {
    const unit = lines[0]?.unit ?? '';
    const judged = mainRow(accuracy);
    const scale = unit === 'share' ? 100 : 1;
    const chart = buildIntervalChart(
      lines.map(({ label, variant, value, ci95 }) => ({
        label,
        value: scale * value,
        ci95: ci95 === null ? null : ([scale * ci95[0], scale * ci95[1]] as Interval95),
        role: variant,
        text: formatMetric(value, unit),
      })),
      {
        title: unit === 'share' ? t('axis.shareCorrect') : judged === null ? '' : metricWords(judged).label,
        reference: null,
        unit: unit === 'share' ? '%' : unit,
      },
      style,
    );
    return addTooltip(chart, {
      label: (item) => {
        const line = lines[item.dataIndex];
        return line === undefined ? '' : formatEnds(line);
      },
    });
  }, [accuracy, metricWords, lines, style, t]);
  const columns = useMemo(
    (): TableColumn<AccuracyLine>[] => [
      { id: 'label', header: t('column.figure'), width: 180, grow: 1, value: (line) => line.label },
      {
        id: 'value',
        header: t('column.value'),
        width: 80,
        align: 'end',
        value: (line) => line.value,
        render: (line) => formatMetric(line.value, line.unit),
      },
      {
        id: 'interval',
        header: t('column.interval'),
        width: 150,
        align: 'end',
        value: (line) => line.ci95?.[0] ?? null,
        render: formatEnds,
        text: formatEnds,
      },
    ],
    [t],
  );
  const { agreement, expectedDifference, expectedDifferenceCi95 } = accuracy;
  const main = mainRow(accuracy);
  const drawn = shownRows(accuracy);
  const others = accuracy.metrics.filter((row) => !isCommonAgreement(row) && !drawn.includes(row));
  return (
    <>
      {lines.length > 0 && (
        <Chart
          title={t('accuracy.title')}
          definition={t('accuracy.definition', { count: accuracy.count })}
          summary={lines.map((line) => `${line.label} ${formatMetric(line.value, line.unit)}`).join('; ')}
          config={config}
          columns={columns}
          rows={lines}
          rowId={(line) => line.label}
          height={66 + 23 * Math.max(2, lines.length)}
        />
      )}
      {main !== null && main.classes.length > 0 && <ClassChart row={main} />}
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
        {mainRow(accuracy) === null ? (
          <Figure term={t('accuracy.cosine')} definition={t('definition.cosine')}>
            {agreement.cosine.toFixed(5)}
          </Figure>
        ) : (
          <PairedTest row={mainRow(accuracy)!} />
        )}
        {others.map((row) => (
          <OtherFigure key={row.metric} row={row} />
        ))}
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

/** Whether chance alone may make the difference of the figure that the run is judged by. */
function PairedTest({ row: { test, difference, unit } }: { row: MetricRow }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  if (test === null || difference === null) return null;
  const { name, pValue, betterBefore, betterAfter } = test;
  const word = { share: ` ${t('verdict.points')}`, dB: ' dB', '': '' }[unit];
  const change = `${formatMetricSign(difference, unit)}${word}`;
  return (
    <Figure
      term={name === 'McNemar' ? t('accuracy.mcnemar') : engineText(name)}
      definition={
        name === 'McNemar'
          ? t('definition.mcnemar', { onlyBefore: betterBefore, onlyAfter: betterAfter, difference: change })
          : t('accuracy.pairedTest', { betterBefore, betterAfter, difference: change })
      }
    >
      p = {pValue.toPrecision(2)}
    </Figure>
  );
}

/** A figure that is not drawn, in the words of its row. */
function OtherFigure({ row }: { row: MetricRow }) {
  const { label, definition } = useMetricWords()(row);
  return (
    <Figure term={label} definition={definition}>
      {row.before !== null && `${formatMetric(row.before, row.unit)} → `}
      {formatMetric(row.after, row.unit)}
    </Figure>
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
