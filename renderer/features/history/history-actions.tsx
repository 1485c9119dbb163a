import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ExportFormat } from '../../../shared/contract/requests.ts';
import { ExportMenu } from '../../components/export-menu.tsx';
import { usePickPath } from '../../components/file-picker.tsx';
import { Icon } from '../../components/icon.tsx';
import { SavedComparisons } from '../../components/saved-comparisons.tsx';
import { useImport } from '../../hooks/use-import.ts';
import { navigate } from '../../hooks/use-route.ts';
import { formatRoute, networksRoute } from '../../route.ts';

const formats: readonly ExportFormat[] = ['pdf', 'html', 'md', 'csv', 'json', 'cyclonedx', 'mlflow'];

/** While no run is selected. */
export function ImportActions() {
  const { t } = useTranslation();
  const pick = usePickPath();
  const importBundle = useImport();
  return (
    <>
      <SavedComparisons />
      <Button
        component="a"
        href={formatRoute(networksRoute)}
        variant="default"
        leftSection={<Icon name="compare" />}
        title={t('networks.open')}
      >
        {t('networks.action')}
      </Button>
      <Button
        variant="default"
        leftSection={<Icon name="folder" />}
        onClick={() => {
          void pick('bundle').then((path) => {
            if (path !== null) importBundle(path);
          });
        }}
      >
        {t('import.action')}
      </Button>
    </>
  );
}

/** What can be done with the runs that are selected. */
export function SelectionActions(props: { readonly runIds: readonly string[]; readonly onDelete: () => void }) {
  const { t } = useTranslation();
  const runIds = [...props.runIds];
  return (
    <>
      <span className="muted" role="status">
        {t('history.selected', { count: runIds.length })}
      </span>
      <Button
        disabled={runIds.length < 2}
        leftSection={<Icon name="compare" />}
        onClick={() => navigate({ page: 'compare', runIds })}
      >
        {t('history.compare')}
      </Button>
      <ExportMenu runIds={runIds} formats={formats} />
      <Button variant="default" leftSection={<Icon name="trash" />} onClick={props.onDelete}>
        {t('history.delete')}
      </Button>
    </>
  );
}
