import { ActionIcon, HoverCard, Text, Tooltip, UnstyledButton, useComputedColorScheme } from '@mantine/core';
import type { ChartConfiguration, ChartData, ChartType, Chart as ChartJs } from 'chart.js';
import type { RowData } from '@tanstack/react-table';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { Chart as ReactChart } from 'react-chartjs-2';
import { useTranslation } from 'react-i18next';
import { chartOptions } from './chart-options.ts';
import { CopyRows } from './copy-rows.tsx';
import { downloadPng } from './download-png.ts';
import { Icon } from './icon.tsx';
import { toTabSeparated, type TableColumn } from './table-column.ts';
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

  const merged = useMemo(
    () => chartOptions<Type>(options, { palette, scheme }, onElement),
    [options, onElement, palette, scheme],
  );

  return (
    <figure className={classes.figure} aria-label={title} data-summary={props.summary}>
      <figcaption className={classes.caption}>
        <HoverCard position="bottom-start">
          <HoverCard.Target>
            <UnstyledButton className={classes.title} data-term>
              {title}
            </UnstyledButton>
          </HoverCard.Target>
          <HoverCard.Dropdown>
            <Text size="xs">{props.definition}</Text>
          </HoverCard.Dropdown>
        </HoverCard>
        <span className={classes.actions} hidden={isEmpty} data-uncopied>
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
