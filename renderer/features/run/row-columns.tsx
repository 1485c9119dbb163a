import type { TFunction } from 'i18next';
import type { Layer } from '../../../shared/run.ts';
import { MiddleCut } from '../../components/middle-cut.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import type { LayerModule, LayerRow } from './layer-tree.ts';
import classes from './run-page.module.css';

/** Columns whose figures add up, or have a worst. */
const ofModules: ReadonlySet<string> = new Set([
  'before',
  'after',
  'speedup',
  'bytesBefore',
  'bytesAfter',
  'sqnr',
  'introduced',
  'saturation',
  'macs',
  'parameters',
]);

/** What a module says in a column that layers have a text in. */
function moduleText(id: string, module: LayerModule, t: TFunction): string {
  if (id === 'opType') return t('table.layerCount', { count: module.layers.length });
  return id === 'kept' ? t('layers.lowBit', { count: module.reducedCount, total: module.layers.length }) : '';
}

function ofRows(column: TableColumn<Layer>, isTree: boolean, t: TFunction): TableColumn<LayerRow> {
  const { value, render, shown, text, heat, ...others } = column;
  const { id } = others;
  const isOfModules = ofModules.has(id);
  const isSilent = (row: LayerRow): row is LayerRow & { readonly module: LayerModule } =>
    row.module !== null && !isOfModules;
  if (id === 'name' && isTree) {
    return {
      ...others,
      definition: t('layers.modulesDefinition'),
      value: (row) => row.label,
      render: (row) =>
        row.module === null ? (
          <span title={row.layer.name}>
            <MiddleCut text={row.label} />
          </span>
        ) : (
          <span title={row.layer.name} className={classes.module}>
            {row.label}
          </span>
        ),
      shown: (row) => (row.module === null ? row.layer.name : `${row.layer.name}/`),
      text: (row) => (row.module === null ? row.layer.name : `${row.layer.name}/`),
      heat: () => null,
    };
  }
  return {
    ...others,
    value: (row) => (isSilent(row) ? null : value(row.layer)),
    render: (row) => {
      if (isSilent(row)) return <span className="muted">{moduleText(id, row.module, t)}</span>;
      return render === undefined ? value(row.layer) : render(row.layer);
    },
    ...(shown !== undefined && {
      shown: (row) => (isSilent(row) ? moduleText(id, row.module, t) : shown(row.layer)),
    }),
    text: (row) => {
      if (isSilent(row)) return moduleText(id, row.module, t);
      return text === undefined ? String(value(row.layer) ?? '') : text(row.layer);
    },
    // Sums are longer than any layer's bar.
    heat: (row) => (row.module === null ? (heat?.(row.layer) ?? null) : null),
  };
}

/** The columns of layers for rows that may be modules. */
export function columnsOfRows(
  columns: readonly TableColumn<Layer>[],
  isTree: boolean,
  t: TFunction,
): TableColumn<LayerRow>[] {
  return columns.map((column) => ofRows(column, isTree, t));
}
