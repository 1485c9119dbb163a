import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { formatNumber } from '../../format.ts';
import {
  binsOf,
  histogramData,
  histogramOptions,
  type Bin,
  type ChosenRange,
  type Distribution,
} from './histogram-config.ts';

/** How often values were seen, and the part of them that the chosen ranges keep. */
export function HistogramChart(props: {
  readonly title: string;
  readonly definition: string;
  readonly summary: string;
  readonly distribution: Distribution;
  readonly chosen: readonly ChosenRange[];
}) {
  const { t } = useTranslation();
  const { distribution, chosen } = props;
  const low = Math.min(...chosen.map((range) => range.low));
  const high = Math.max(...chosen.map((range) => range.high));
  const palette = usePalette();
  const bins = useMemo(() => binsOf(distribution), [distribution]);
  const plan = useMemo(
    () => ({ bins, distribution, chosen, low, high, palette, t }),
    [bins, distribution, chosen, low, high, palette, t],
  );
  const data = useMemo(() => histogramData(plan), [plan]);
  const options = useMemo(() => histogramOptions(plan), [plan]);
  const columns = useMemo(
    (): TableColumn<Bin>[] => [
      {
        id: 'from',
        header: t('column.from'),
        width: 90,
        grow: 1,
        align: 'end',
        value: (bin) => bin.from,
        render: (bin) => formatNumber(bin.from),
      },
      {
        id: 'to',
        header: t('column.to'),
        width: 90,
        grow: 1,
        align: 'end',
        value: (bin) => bin.to,
        render: (bin) => formatNumber(bin.to),
      },
      {
        id: 'count',
        header: t('column.count'),
        width: 100,
        align: 'end',
        value: (bin) => bin.count,
        render: (bin) => formatCount(bin.count),
      },
    ],
    [t],
  );
  return (
    <Chart
      title={props.title}
      definition={props.definition}
      summary={props.summary}
      config={{ type: 'bar', data, options }}
      columns={columns}
      rows={bins}
      rowId={(bin) => String(bin.index)}
      height={144}
    />
  );
}
