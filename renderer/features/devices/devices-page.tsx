import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '../../components/notice.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import { DeviceTable } from './device-table.tsx';
import { JobTable } from './job-table.tsx';
import { ServerForm } from './server-form.tsx';
import { useLab } from '../../hooks/use-lab.ts';
import classes from './devices-page.module.css';

/** The machines of the lab; without one, what a lab is and how to begin. */
export function DevicesPage() {
  const { settings } = useAppState();
  return settings.lab === null ? <Explanation /> : <Lab server={settings.lab.server} />;
}

function Explanation() {
  const { t } = useTranslation();
  return (
    <Page title={t('navigation.devices')}>
      <div className={classes.explanation}>
        <Panel title={t('devices.whatTitle')}>
          <div className={classes.text}>
            <p>{t('devices.what')}</p>
            <ol className={classes.steps}>
              <li>
                <strong>{t('devices.step.server')}</strong>
                <code className={classes.command}>nats-server -js</code>
                <span className="muted">{t('devices.step.serverHint')}</span>
              </li>
              <li>
                <strong>{t('devices.step.agent')}</strong>
                <code className={classes.command}>vernier agent --server nats://lab.local:4222 --name pi4</code>
                <span className="muted">{t('devices.step.agentHint')}</span>
              </li>
              <li>
                <strong>{t('devices.step.here')}</strong>
                <span className="muted">{t('devices.step.hereHint')}</span>
              </li>
            </ol>
            <p className="muted">{t('devices.trust')}</p>
          </div>
        </Panel>
        <Panel title={t('devices.server')}>
          <ServerForm />
        </Panel>
      </div>
    </Page>
  );
}

function Lab({ server }: { readonly server: string }) {
  const { t } = useTranslation();
  const { overview, error } = useLab();
  // What was never reached has to be mended first; null until somebody opens or closes it.
  const isUnreached = overview === null && error !== null;
  const [choice, setChoice] = useState<boolean | null>(null);
  const isFormOpen = choice ?? isUnreached;
  return (
    <Page
      title={t('navigation.devices')}
      actions={
        <>
          <span className="muted mono clip" title={server}>
            {server}
          </span>
          <Button
            variant="default"
            size="sm"
            leftSection={<Icon name="settings" />}
            aria-expanded={isFormOpen}
            onClick={() => setChoice(!isFormOpen)}
          >
            {t('devices.server')}
          </Button>
        </>
      }
    >
      {error !== null && <ErrorNotice error={error} />}
      {isFormOpen && (
        <Panel title={t('devices.server')}>
          <ServerForm />
        </Panel>
      )}
      {!isUnreached && (
        <>
          <Panel title={t('devices.machines', { count: overview?.devices.length ?? 0 })}>
            <DeviceTable overview={overview} />
          </Panel>
          <Panel
            title={t('devices.jobs', { running: overview?.runningCount ?? 0, waiting: overview?.waitingCount ?? 0 })}
          >
            <JobTable overview={overview} />
          </Panel>
        </>
      )}
    </Page>
  );
}
