import { Button, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../../shared/contract/results.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { AccuracyCell, runTitle, sizeRatio, StatusMark } from '../../components/run-cells.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { fileNameOf, formatTimes, formatTimestamp } from '../../format.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { useOpenFiles } from '../../hooks/use-open-files.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { navigate } from '../../hooks/use-route.ts';
import { useSample } from '../../hooks/use-sample.ts';
import { formatRoute, newExperimentRoute } from '../../route.ts';
import classes from './start-page.module.css';

const recentRuns = 12;

const steps: readonly { readonly key: 'model' | 'data' | 'proof'; readonly icon: IconName }[] = [
  { key: 'model', icon: 'model' },
  { key: 'data', icon: 'data' },
  { key: 'proof', icon: 'compare' },
];

export function StartPage() {
  const { t } = useTranslation();
  const { info } = useAppState();
  const { pickAndOpen } = useOpenFiles();
  const sample = useSample();
  const runs = useRequest('runs.list', {
    limit: recentRuns,
    sort: { column: 'startedTimestampMs', descending: true },
  });
  const recent = useRequest('recent.list', {});
  useHostEvent('run.changed', runs.reload);

  const models = (recent.value ?? []).filter((file) => file.kind === 'model' && file.present).slice(0, 6);
  const isFirstStart = runs.value !== null && runs.value.total === 0;
  return (
    <Page title={t('start.title')}>
      <section className={classes.hero} data-first={isFirstStart || undefined} aria-label={t('start.begin')}>
        <div className={classes.lead}>
          <h2 className={classes.claim}>{t('start.claim')}</h2>
          <p className={classes.explanation}>{t('start.explanation')}</p>
          <Group gap="xs" mt={14}>
            <Button component="a" href={formatRoute(newExperimentRoute)} size="sm" leftSection={<Icon name="add" />}>
              {t('navigation.experiment')}
            </Button>
            <Button
              variant="default"
              size="sm"
              onClick={() => pickAndOpen('model')}
              leftSection={<Icon name="folder" />}
            >
              {t('start.openModel')}
            </Button>
            <Button
              variant="default"
              size="sm"
              loading={sample.isStarting}
              disabled={info?.samplePresent === false}
              onClick={sample.start}
              leftSection={<Icon name="play" />}
            >
              {t('start.trySample')}
            </Button>
          </Group>
          <p className={classes.hint}>{t('start.dropHint')}</p>
        </div>
        <ol className={classes.steps}>
          {steps.map((step, index) => (
            <li key={step.key} className={classes.step}>
              <span className={classes.stepNumber} aria-hidden="true">
                {index + 1}
              </span>
              <span>
                <strong>{t(`start.step.${step.key}.title`)}</strong>
                <span className="muted">{t(`start.step.${step.key}.text`)}</span>
              </span>
            </li>
          ))}
        </ol>
      </section>
      {runs.error !== null && <ErrorNotice error={runs.error} />}
      {runs.value !== null && runs.value.total > 0 && (
        <div className={classes.columns}>
          <Panel
            title={t('start.recentRuns')}
            actions={
              <Button
                component="a"
                href="#/history"
                variant="subtle"
                size="compact-xs"
                rightSection={<Icon name="chevron" size={12} />}
              >
                {t('start.allRuns', { count: runs.value.total })}
              </Button>
            }
          >
            <RecentRuns rows={runs.value.rows} />
          </Panel>
          <Panel title={t('start.recentModels')}>
            {models.length === 0 ? (
              <Text size="sm" className="muted">
                {t('start.noModels')}
              </Text>
            ) : (
              <ul className={classes.models}>
                {models.map((file) => (
                  <li key={file.path}>
                    <a
                      className={classes.model}
                      href={formatRoute({ ...newExperimentRoute, modelPath: file.path })}
                      title={file.path}
                    >
                      <Icon name="model" />
                      <span className={classes.modelText}>
                        <span className="clip">{fileNameOf(file.path)}</span>
                        <span className={`muted clip ${classes.path}`}>{file.path}</span>
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </div>
      )}
    </Page>
  );
}

function RecentRuns({ rows }: { rows: readonly RunRow[] }) {
  const { t, i18n } = useTranslation();
  const columns = useMemo(
    (): TableColumn<RunRow>[] => [
      { id: 'name', header: t('column.run'), width: 210, grow: 2, value: runTitle, sortable: false },
      {
        id: 'status',
        header: t('column.status'),
        width: 86,
        value: (row) => row.status,
        render: (row) => <StatusMark status={row.status} gatesMet={row.gatesMet} />,
        sortable: false,
      },
      {
        id: 'speedup',
        header: t('column.speedup'),
        width: 76,
        align: 'end',
        value: (row) => row.speedupRatio,
        render: (row) => formatTimes(row.speedupRatio),
        sortable: false,
      },
      {
        id: 'size',
        header: t('column.smaller'),
        width: 70,
        align: 'end',
        value: sizeRatio,
        render: (row) => formatTimes(sizeRatio(row)),
        sortable: false,
      },
      {
        id: 'accuracy',
        header: t('column.accuracy'),
        width: 104,
        align: 'end',
        value: (row) => row.mainAfter,
        render: (row) => <AccuracyCell row={row} />,
        sortable: false,
      },
      {
        id: 'started',
        header: t('column.started'),
        width: 124,
        align: 'end',
        value: (row) => row.startedTimestampMs,
        render: (row) => formatTimestamp(row.startedTimestampMs, i18n.language),
        sortable: false,
      },
    ],
    [t, i18n.language],
  );
  return (
    <Table
      label={t('start.recentRuns')}
      columns={columns}
      rows={rows}
      rowId={(row) => row.runId}
      onOpen={(row) => navigate({ page: 'run', runId: row.runId })}
      openOnClick
    />
  );
}
