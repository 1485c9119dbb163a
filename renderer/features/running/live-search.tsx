import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveCandidate } from '../../../shared/events.ts';
import { formatBytes, formatDecibels } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { formatTimes } from '../../format.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import type { LiveRun } from '../../live-run.ts';
import classes from './running-page.module.css';

type Placed = LiveCandidate & { readonly sqnrDb: number; readonly sizeBytes: number };

/** Speeds that a short timing cannot tell from the same. */
const sameSpeed = 0.02;

/** What a search has compared so far: each candidate by size and closeness, its speed by colour, and the best so far. */
export function LiveSearch({ live }: { readonly live: LiveRun }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const { candidates, best } = live;
  const winner = candidates.findLast(({ name }) => name === best) ?? null;
  const columns = useMemo(
    (): TableColumn<LiveCandidate>[] => [
      { id: 'name', header: t('column.candidate'), width: 160, grow: 1, value: (one) => engineText(one.name, one.nameSaid) }, // prettier-ignore
      {
        id: 'sqnr',
        header: t('search.closeness'),
        width: 110,
        align: 'end',
        value: (one) => one.sqnrDb,
        render: (one) => formatDecibels(one.sqnrDb),
      },
      {
        id: 'size',
        header: t('axis.size'),
        width: 90,
        align: 'end',
        value: (one) => one.sizeBytes ?? null,
        render: (one) => formatBytes(one.sizeBytes ?? null),
      },
      {
        id: 'speed',
        header: t('column.speedup'),
        width: 90,
        align: 'end',
        value: (one) => one.latencyRatio,
        render: (one) => formatTimes(one.latencyRatio),
      },
    ],
    [t, engineText],
  );
  const words =
    winner === null
      ? t('search.none')
      : t('search.best', {
          name: engineText(winner.name, winner.nameSaid),
          closeness: formatDecibels(winner.sqnrDb),
          size: formatBytes(winner.sizeBytes ?? null),
        });
  const plane = useSearchPlane(candidates, best);
  return (
    <>
      <p className={classes.best} role="status">
        {words}
      </p>
      <Chart
        title={t('search.title', { count: candidates.length })}
        definition={t('search.definition')}
        summary={words}
        config={plane}
        columns={columns}
        rows={candidates}
        rowId={(one) => `${one.name} ${candidates.indexOf(one)}`}
        height={230}
        empty={candidates.length === 0 ? t('search.empty') : null}
      />
    </>
  );
}

function useSearchPlane(candidates: readonly LiveCandidate[], best: string | null) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const palette = usePalette();
  return useMemo(() => {
    const placed = candidates.filter((one): one is Placed => one.sqnrDb !== null && one.sizeBytes !== undefined);
    const colorOf = ({ latencyRatio }: LiveCandidate): string =>
      latencyRatio === null || Math.abs(latencyRatio - 1) < sameSpeed
        ? palette.before
        : latencyRatio > 1
          ? palette.after
          : palette.warning;
    const isBest = ({ name }: LiveCandidate): boolean => name === best;
    const data: ChartData<'scatter'> = {
      datasets: [
        {
          label: t('search.candidates'),
          data: placed.map(({ sizeBytes: x, sqnrDb: y }) => ({ x, y })),
          pointRadius: placed.map((one) => (isBest(one) ? 7 : 4)),
          pointStyle: placed.map((one) => (isBest(one) ? 'rectRot' : 'circle')),
          pointBackgroundColor: placed.map(colorOf),
          pointBorderColor: placed.map((one) => (isBest(one) ? palette.text : palette.surface)),
          pointBorderWidth: placed.map((one) => (isBest(one) ? 2 : 1)),
        },
      ],
    };
    const describe = (one: Placed): string =>
      `${engineText(one.name, one.nameSaid)}: ${formatDecibels(one.sqnrDb)}, ${formatBytes(one.sizeBytes)}`;
    const options: ChartOptions<'scatter'> = {
      scales: {
        x: {
          type: 'linear',
          grace: '8%',
          title: { display: true, text: t('axis.size') },
          ticks: { maxTicksLimit: 5, callback: (value) => formatBytes(Number(value)) },
        },
        y: { type: 'linear', grace: '8%', title: { display: true, text: t('search.closeness') } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: ({ dataIndex }) => describe(placed[dataIndex]!) } },
      },
    };
    return { type: 'scatter' as const, data, options };
  }, [candidates, best, palette, t, engineText]);
}
