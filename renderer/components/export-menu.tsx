import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ExportFormat } from '../../shared/contract/requests.ts';
import { useExport } from '../hooks/use-export.ts';
import { Icon } from './icon.tsx';

/** Offers runs in every format they can be written in. */
export function ExportMenu(props: {
  readonly runIds: readonly string[];
  readonly formats: readonly ExportFormat[];
  readonly isDisabled?: (format: ExportFormat) => boolean;
}) {
  const { t } = useTranslation();
  const exportRuns = useExport();
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <Button variant="default" leftSection={<Icon name="download" />}>
          {t('run.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {props.formats.map((format) => (
          <Menu.Item
            key={format}
            disabled={props.isDisabled?.(format) ?? false}
            onClick={() => exportRuns(props.runIds, format)}
          >
            {t(`export.format.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
