import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { mainRow } from '../../../shared/metric-row.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import type { ComparedRun } from './compared-run.ts';
import { scatterData, scatterOptions } from './scatter-config.ts';
import {
  axes,
  axesWithoutAccuracy,
  axisFormats,
  bestOfThree,
  frontOf,
  placePoints,
  scatterPoints,
  views,
  type ScatterPoint,
  type View,
} from './scatter-points.ts';

/** Size, latency and accuracy against each other; the line joins the runs no other run beats in both. */
export function CompareScatter({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const [chosenView, setView] = useState<View>('latencyAccuracy');
  const ranksClasses = runs.some(
    ({ document: { accuracy } }) => accuracy.agreement.top1 !== null || mainRow(accuracy)?.unit === 'share',
  );
  const shownAxes = ranksClasses ? axes : axesWithoutAccuracy;
  const view = ranksClasses ? chosenView : 'sizeLatency';
  const [horizontal, vertical] = views[view] ?? ['latency', 'accuracy'];
  const labelled = runs.every((run) => mainRow(run.document.accuracy)?.unit === 'share');
  const points = useMemo(() => scatterPoints(runs, labelled, palette, t), [runs, labelled, palette, t]);
  const plan = useMemo(() => {
    const placed = placePoints(points, horizontal, vertical);
    return { placed, front: frontOf(placed, horizontal, vertical), horizontal, vertical, labelled, palette, t };
  }, [points, horizontal, vertical, labelled, palette, t]);
  const data = useMemo(() => scatterData(plan), [plan]);
  const options = useMemo(() => scatterOptions(plan), [plan]);
  const best = useMemo(() => bestOfThree(points), [points]);
  const columns = useMemo(
    (): TableColumn<ScatterPoint>[] => [
      { id: 'run', header: t('column.run'), width: 110, grow: 1, value: (point) => point.label },
      ...shownAxes.map((axis): TableColumn<ScatterPoint> => ({
        id: axis,
        header: axis === 'accuracy' && !labelled ? t('axis.agreement') : t(`axis.${axis}`),
        width: 96,
        align: 'end',
        value: (point) => point[axis],
        render: (point) => (point[axis] === null ? '–' : axisFormats[axis](point[axis])),
      })),
      {
        id: 'front',
        header: t('compare.onFront'),
        definition: t('compare.frontDefinition'),
        width: 130,
        value: (point) => best.has(point.id),
        render: (point) => (best.has(point.id) ? t('common.yes') : ''),
      },
    ],
    [t, labelled, shownAxes, best],
  );
  return (
    <Chart
      title={t('compare.scatter')}
      definition={t('compare.frontDefinition')}
      summary={t('compare.frontSummary', { runs: plan.front.map((point) => point.label).join(', ') })}
      config={{ type: 'scatter', data, options }}
      columns={columns}
      rows={points}
      rowId={(point) => point.id}
      height={260}
      actions={
        ranksClasses && (
          <SegmentedControl
            size="xs"
            aria-label={t('compare.axes')}
            value={view}
            data={Object.keys(views).map((value) => ({ value, label: t(`compare.view.${value as View}`) }))}
            onChange={(value) =>
              setView(value === 'sizeAccuracy' || value === 'sizeLatency' ? value : 'latencyAccuracy')
            }
          />
        )
      }
    />
  );
}
