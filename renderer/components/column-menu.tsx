import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';
import type { TableColumn } from './table-column.ts';
import classes from './table.module.css';

interface ColumnMenuProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly visible: readonly TableColumn<Row>[];
  readonly onChange: (columnId: string, shown: boolean) => void;
  readonly onReset: () => void;
}

function ColumnMenuView<Row>({ columns, visible, onChange, onReset }: ColumnMenuProps<Row>) {
  const { t } = useTranslation();
  return (
    <Menu closeOnItemClick={false} position="bottom-end" width={240}>
      <Menu.Target>
        <Tooltip label={t('table.columns')}>
          <ActionIcon aria-label={t('table.columns')}>
            <Icon name="columns" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={420} className={classes.columnMenu}>
        <Menu.Label>{t('table.columns')}</Menu.Label>
        {columns
          .filter((column) => column.hideable !== false)
          .map((column) => (
            <Menu.CheckboxItem
              key={column.id}
              checked={visible.includes(column)}
              onChange={(shown) => onChange(column.id, shown)}
            >
              {column.header}
            </Menu.CheckboxItem>
          ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="repeat" />} onClick={onReset}>
          {t('table.resetColumns')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Scrolling draws the table again; its menu stays as it is. */
export const ColumnMenu = memo(ColumnMenuView) as typeof ColumnMenuView;
