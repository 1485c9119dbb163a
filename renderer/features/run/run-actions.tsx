import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ExportFormat } from '../../../shared/contract/requests.ts';
import type { RunDetails } from '../../../shared/contract/results.ts';
import { request } from '../../api.ts';
import { ExportMenu } from '../../components/export-menu.tsx';
import { Icon } from '../../components/icon.tsx';
import { MoreMenu } from '../../components/more-menu.tsx';
import { runTitle } from '../../components/run-cells.tsx';
import { useReveal } from '../../hooks/use-export.ts';
import { useMeasureAgain } from '../../hooks/use-measure-again.ts';
import { useFailure, useUndo } from '../../hooks/use-notify.tsx';
import { navigate } from '../../hooks/use-route.ts';
import { formatRoute, newExperimentRoute } from '../../route.ts';
import { CompareWith } from './compare-with.tsx';

const formats: readonly ExportFormat[] = ['onnx', 'pdf', 'html', 'md', 'csv', 'json', 'cyclonedx', 'mlflow'];

/** Failed and cancelled runs have none. */
const needsFigures: ReadonlySet<ExportFormat> = new Set(['csv', 'cyclonedx', 'mlflow']);

export function RunActions({ details }: { details: RunDetails }) {
  const { t } = useTranslation();
  const reveal = useReveal();
  const offerUndo = useUndo();
  const fail = useFailure();
  const { runId } = details.row;
  const measureAgain = useMeasureAgain(runId);
  const model = details.artifacts.find((artifact) => artifact.kind === 'model') ?? null;
  const prepared = details.artifacts.find((artifact) => artifact.kind === 'prepared' && artifact.present) ?? null;
  const done = details.row.status === 'done';
  function remove(): void {
    request('runs.delete', { runIds: [runId] }).then(() => {
      navigate({ page: 'history' });
      offerUndo(t('history.deleted', { count: 1 }), async () => {
        await request('runs.restore', { runIds: [runId] });
      });
    }, fail);
  }
  return (
    <>
      <Button
        component="a"
        variant="default"
        href={formatRoute({ ...newExperimentRoute, fromRunId: runId })}
        leftSection={<Icon name="repeat" />}
      >
        {t('run.rerun')}
      </Button>
      {done && (
        <Button
          variant="default"
          title={t('measure.hint')}
          disabled={model?.present !== true}
          onClick={measureAgain}
          leftSection={<Icon name="clock" />}
        >
          {t('measure.again')}
        </Button>
      )}
      {done && <CompareWith row={details.row} />}
      <ExportMenu
        runIds={[runId]}
        formats={formats}
        isDisabled={(format) => (format === 'onnx' ? model?.present !== true : !done && needsFigures.has(format))}
      />
      <MoreMenu>
        {model !== null && (
          <Menu.Item disabled={!model.present} leftSection={<Icon name="folder" />} onClick={() => reveal(model.path)}>
            {t('run.openFolder')}
          </Menu.Item>
        )}
        {prepared !== null && (
          <Menu.Item leftSection={<Icon name="folder" />} onClick={() => reveal(prepared.path)}>
            {t('run.openPrepared')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          leftSection={<Icon name="trash" />}
          onClick={remove}
          aria-label={t('run.deleteNamed', { name: runTitle(details.row) })}
        >
          {t('run.delete')}
        </Menu.Item>
      </MoreMenu>
    </>
  );
}
