import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { buildIntervalChart } from '../../../shared/charts/intervals.ts';
import type { ClassFigure, MetricRow } from '../../../shared/metric-row.ts';
import { formatMetric } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useChartStyle } from '../../components/use-chart-style.ts';
import { useMetricWords } from '../../hooks/use-engine-text.ts';

/** More would be a wall of lines; the table behind has them all. */
const mostDrawn = 12;

const changeOf = ({ before, after }: ClassFigure): number => Math.abs((after ?? 0) - (before ?? 0));

/** A figure of single classes in both models, those that changed most first. */
export function ClassChart({ row }: { readonly row: MetricRow }) {
  const { t } = useTranslation();
  const metricWords = useMetricWords();
  const { style } = useChartStyle();
  const name = metricWords(row).label;
  const figures = useMemo(() => [...row.classes].sort((one, other) => changeOf(other) - changeOf(one)), [row]);
  const config = useMemo(() => {
    const scale = row.unit === 'share' ? 100 : 1;
    const lines = figures.slice(0, mostDrawn).flatMap((figure) =>
      (['before', 'after'] as const).flatMap((role) => {
        const value = figure[role];
        const label = `${figure.name ?? figure.class} · ${t(`variant.${role}`)}`;
        return value === null
          ? []
          : [{ label, value: scale * value, ci95: null, role, text: formatMetric(value, row.unit) }];
      }),
    );
    return buildIntervalChart(
      lines,
      { title: name, reference: null, unit: row.unit === 'share' ? '%' : row.unit },
      style,
    );
  }, [figures, name, row.unit, style, t]);
  const columns = useMemo(
    (): TableColumn<ClassFigure>[] => [
      {
        id: 'class',
        header: t('column.class'),
        width: 160,
        grow: 1,
        value: (figure) => figure.name ?? String(figure.class),
      },
      ...(['before', 'after'] as const).map((role): TableColumn<ClassFigure> => ({
        id: role,
        header: t(`variant.${role}`),
        width: 90,
        align: 'end',
        value: (figure) => figure[role],
        render: (figure) => (figure[role] === null ? '–' : formatMetric(figure[role], row.unit)),
      })),
      { id: 'count', header: t('column.count'), width: 80, align: 'end', value: ({ count }) => count },
    ],
    [row.unit, t],
  );
  return (
    <Chart
      title={t('classes.title', { name })}
      definition={t('classes.definition', { shown: Math.min(mostDrawn, figures.length), count: figures.length })}
      summary={figures
        .slice(0, mostDrawn)
        .map(
          (figure) =>
            `${figure.name ?? figure.class} ${formatMetric(figure.before, row.unit)} → ${formatMetric(figure.after, row.unit)}`,
        )
        .join('; ')}
      config={config}
      columns={columns}
      rows={figures}
      rowId={(figure) => String(figure.class)}
      height={66 + 23 * 2 * Math.min(mostDrawn, figures.length)}
    />
  );
}
