import { Checkbox } from '@mantine/core';
import type { TFunction } from 'i18next';
import { isFlippable } from '../../../shared/predict-float.ts';
import type { Layer } from '../../../shared/run.ts';
import type { TableColumn } from '../../components/table-column.ts';

/** The columns of layers with a switch behind the name: in float or not. The keyboard's is beside the selected layer. */
export function withFloatSwitch(
  columns: readonly TableColumn<Layer>[],
  flipped: ReadonlySet<string>,
  flip: (name: string) => void,
  t: TFunction,
): TableColumn<Layer>[] {
  const [name, ...others] = columns;
  const column: TableColumn<Layer> = {
    id: 'float',
    header: t('whatIf.column'),
    definition: t('whatIf.columnDefinition'),
    width: 68,
    value: (layer) => (flipped.has(layer.name) ? 1 : isFlippable(layer) ? 0 : null),
    text: (layer) => (flipped.has(layer.name) ? 'float' : ''),
    render: (layer) =>
      isFlippable(layer) && (
        <Checkbox
          size="xs"
          tabIndex={-1}
          checked={flipped.has(layer.name)}
          aria-label={t('whatIf.keepFloatNamed', { layer: layer.name })}
          onClick={(event) => event.stopPropagation()}
          onChange={() => flip(layer.name)}
        />
      ),
  };
  return name === undefined ? [] : [name, column, ...others];
}
