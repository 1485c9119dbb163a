import { ActionIcon, HoverCard, Text, Tooltip, UnstyledButton, useComputedColorScheme } from '@mantine/core';
import type { ChartConfiguration, ChartData, ChartOptions, ChartType, Chart as ChartJs, ScaleOptions } from 'chart.js';
import type { RowData } from '@tanstack/react-table';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { Chart as ReactChart } from 'react-chartjs-2';
import { useTranslation } from 'react-i18next';
import { toTabSeparated, type TableColumn } from './table-column.ts';
import { CopyRows } from './copy-rows.tsx';
import { Icon } from './icon.tsx';
import { Table } from './table.tsx';
import { usePalette } from './use-palette.ts';
import './chart-setup.ts';
import classes from './chart.module.css';

export interface ChartProps<Type extends ChartType, Data, Row extends RowData> {
  readonly title: string;
  /** What is drawn and how it was got, one hover or focus away. */
  readonly definition: string;
  /** What the chart says in one sentence, for people who cannot see it. */
  readonly summary: string;
  /** What `shared/charts` built, or what only the window has. */
  readonly config: ChartConfiguration<Type, Data>;
  /** The figures behind the chart. */
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly height?: number;
  /** Index of the dataset's element that was clicked. */
  readonly onElement?: (index: number) => void;
  readonly activeId?: string | null;
  readonly onActivate?: (row: Row) => void;
  readonly actions?: ReactNode;
  /** Stands in the chart's place while there is nothing to draw. */
  readonly empty?: string | null;
}

/** Copies a canvas onto the page's background and offers it as a PNG file. */
function downloadPng(canvas: HTMLCanvasElement, background: string, title: string): void {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  if (context === null) return;
  context.fillStyle = background;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => {
    if (blob === null) return;
    const url = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = url;
    link.download = `${title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.png`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }, 'image/png');
}

/** The one chart of the window: Chart.js with the house's axes, and the table it was drawn from one key press away. */
export function Chart<Type extends ChartType, Data, Row extends RowData>(props: ChartProps<Type, Data, Row>) {
  const { t } = useTranslation();
  const palette = usePalette();
  const scheme = useComputedColorScheme('light');
  const [asTable, setAsTable] = useState(false);
  const chart = useRef<ChartJs<Type> | null>(null);
  const { config, onElement, title } = props;
  const { options } = config;
  const isEmpty = props.empty != null;
  const height = props.height ?? 220;

  const merged = useMemo(() => {
    const scales = (options?.scales ?? {}) as Record<string, ScaleOptions>;
    const styledScales = Object.fromEntries(
      Object.entries(scales).map(([name, given]) => {
        const scale = given as {
          grid?: object;
          ticks?: object;
          border?: object;
          title?: { text?: string };
        };
        return [
          name,
          {
            ...scale,
            grid: { color: palette.border, drawTicks: false, ...scale.grid },
            border: { color: palette.strongBorder, ...scale.border },
            ticks: {
              color: palette.muted,
              font: { size: 11 },
              padding: 4,
              maxRotation: 0,
              // Where an axis begins and ends is no round number.
              includeBounds: false,
              ...scale.ticks,
            },
            title: {
              display: scale.title?.text !== undefined,
              color: palette.muted,
              font: { size: 11 },
              padding: 2,
              ...scale.title,
            },
          },
        ];
      }),
    );
    const given = (options ?? {}) as { plugins?: { legend?: object; tooltip?: object; markers?: object } };
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      ...given,
      scales: styledScales,
      onClick: (_event: unknown, elements: readonly { index: number }[]) => {
        const element = elements[0];
        if (element !== undefined) onElement?.(element.index);
      },
      plugins: {
        ...given.plugins,
        markers: { background: palette.surface, ...given.plugins?.markers },
        legend: {
          align: 'end',
          labels: { color: palette.text, boxWidth: 10, boxHeight: 10, font: { size: 11 }, padding: 10 },
          ...given.plugins?.legend,
        },
        tooltip: {
          backgroundColor: scheme === 'dark' ? '#000000' : '#171b20',
          titleFont: { size: 12 },
          bodyFont: { size: 12 },
          cornerRadius: 4,
          displayColors: false,
          ...given.plugins?.tooltip,
        },
      },
    } as unknown as ChartOptions<Type>;
  }, [options, onElement, palette, scheme]);

  return (
    <figure className={classes.figure} aria-label={title}>
      <figcaption className={classes.caption}>
        <HoverCard position="bottom-start">
          <HoverCard.Target>
            <UnstyledButton className={classes.title}>{title}</UnstyledButton>
          </HoverCard.Target>
          <HoverCard.Dropdown>
            <Text size="xs">{props.definition}</Text>
          </HoverCard.Dropdown>
        </HoverCard>
        <span className={classes.actions} hidden={isEmpty}>
          {props.actions}
          <CopyRows label={title} text={() => toTabSeparated(props.columns, props.rows)} />
          {!asTable && (
            <Tooltip label={t('chart.png')}>
              <ActionIcon
                aria-label={t('chart.pngNamed', { name: title })}
                onClick={() => {
                  if (chart.current !== null) downloadPng(chart.current.canvas, palette.surface, title);
                }}
              >
                <Icon name="image" />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label={asTable ? t('chart.asChart') : t('chart.asTable')}>
            <ActionIcon
              aria-label={t(asTable ? 'chart.asChartNamed' : 'chart.asTableNamed', { name: title })}
              onClick={() => setAsTable(!asTable)}
            >
              <Icon name={asTable ? 'chart' : 'table'} />
            </ActionIcon>
          </Tooltip>
        </span>
      </figcaption>
      <div className={classes.area} style={{ height }}>
        {isEmpty ? (
          <p className={classes.empty}>{props.empty}</p>
        ) : asTable ? (
          <Table
            label={title}
            columns={props.columns}
            rows={props.rows}
            rowId={props.rowId}
            {...(props.activeId === undefined ? {} : { activeId: props.activeId })}
            {...(props.onActivate === undefined ? {} : { onActivate: props.onActivate })}
          />
        ) : (
          <ReactChart<Type>
            ref={(instance) => {
              chart.current = (instance as ChartJs<Type> | undefined) ?? null;
            }}
            key={scheme}
            type={config.type}
            data={config.data as ChartData<Type>}
            options={merged}
            role="img"
            aria-label={`${title}. ${props.summary} ${t('chart.tableHint')}`}
          />
        )}
      </div>
    </figure>
  );
}
