import { Badge, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunDocument } from '../../../shared/run.ts';
import type { SampleEvidence } from '../../../shared/sample-evidence.ts';
import classes from './run-page.module.css';

/** What there is to see of a run, with how much of it. */
export function RunTabList(props: {
  readonly document: RunDocument;
  /** Runs on devices; null where nothing of a lab shows. */
  readonly deviceCount: number | null;
}) {
  const { t } = useTranslation();
  const { document, deviceCount } = props;
  const warnings = document.diagnostics.filter((diagnostic) => diagnostic.severity !== 'info').length;
  return (
    <Tabs.List>
      <Tabs.Tab value="overview">{t('run.tab.overview')}</Tabs.Tab>
      <Tabs.Tab value="layers" rightSection={<Count value={document.layers.length} />}>
        {t('run.tab.layers')}
      </Tabs.Tab>
      <Tabs.Tab value="graph">{t('run.tab.graph')}</Tabs.Tab>
      <Tabs.Tab value="samples" rightSection={<Count value={changedCount(document.samples)} />}>
        {t('run.tab.samples')}
      </Tabs.Tab>
      <Tabs.Tab value="candidates" rightSection={<Count value={document.candidates.length} />}>
        {t('run.tab.candidates')}
      </Tabs.Tab>
      <Tabs.Tab value="diagnostics" rightSection={<Count value={document.diagnostics.length} warning={warnings > 0} />}>
        {t('run.tab.diagnostics')}
      </Tabs.Tab>
      {deviceCount !== null && (
        <Tabs.Tab value="devices" rightSection={<Count value={deviceCount} />}>
          {t('run.tab.devices')}
        </Tabs.Tab>
      )}
      <Tabs.Tab value="conditions">{t('run.tab.conditions')}</Tabs.Tab>
    </Tabs.List>
  );
}

/** Samples that are answered otherwise. */
function changedCount(samples: SampleEvidence | null): number {
  if (samples === null) return 0;
  const { counts } = samples;
  return counts.lost + counts.gained + counts.changed;
}

function Count({ value, warning = false }: { value: number; warning?: boolean }) {
  if (value === 0) return null;
  return (
    <Badge
      size="xs"
      variant="default"
      circle={value < 10}
      className={classes.count}
      data-warning={warning || undefined}
    >
      {value}
    </Badge>
  );
}
