import { Button, NumberInput, SegmentedControl, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { languages, themes } from '../../../shared/contract/requests.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Icon } from '../../components/icon.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { PathField } from '../../components/path-field.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useReveal } from '../../hooks/use-export.ts';
import { StoragePanel } from './storage-panel.tsx';
import classes from './settings-page.module.css';

export function SettingsPage() {
  const { t } = useTranslation();
  const { settings, changeSettings, info } = useAppState();
  const reveal = useReveal();
  const environment = info?.environment ?? null;
  return (
    <Page title={t('navigation.settings')}>
      <div className={classes.columns}>
        <Panel title={t('settings.appearance')}>
          <div className={classes.fields}>
            <div>
              <div className={classes.label} id="settings-theme">
                {t('settings.theme')}
              </div>
              <SegmentedControl
                size="xs"
                aria-labelledby="settings-theme"
                value={settings.theme}
                data={themes.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
                onChange={(value) => {
                  const theme = themes.find((known) => known === value);
                  if (theme !== undefined) changeSettings({ theme });
                }}
              />
            </div>
            <Select
              size="xs"
              label={t('settings.language')}
              allowDeselect={false}
              value={settings.language}
              data={languages.map((value) => ({ value, label: value === 'en' ? 'English' : '简体中文' }))}
              onChange={(value) => {
                const language = languages.find((known) => known === value);
                if (language !== undefined) changeSettings({ language });
              }}
            />
          </div>
        </Panel>
        <Panel title={t('settings.engine')}>
          <div className={classes.fields}>
            <NumberInput
              size="xs"
              label={t('settings.threads')}
              description={t('settings.threadsHelp')}
              min={1}
              max={256}
              allowDecimal={false}
              value={settings.threads}
              onChange={(value) =>
                typeof value === 'number' && value >= 1 && value <= 256 && changeSettings({ threads: value })
              }
            />
            <NumberInput
              size="xs"
              label={t('settings.engineMemory')}
              description={t('settings.engineMemoryHelp')}
              placeholder={t('settings.usualLimit')}
              min={256}
              step={256}
              suffix=" MB"
              clampBehavior="blur"
              allowDecimal={false}
              defaultValue={settings.engineMemoryMb ?? ''}
              onBlur={(event) => {
                const megabytes = Number.parseInt(event.currentTarget.value, 10);
                const engineMemoryMb = Number.isNaN(megabytes) ? null : Math.max(256, megabytes);
                if (engineMemoryMb !== settings.engineMemoryMb) changeSettings({ engineMemoryMb });
              }}
            />
            <NumberInput
              size="xs"
              label={t('settings.lookSeconds')}
              description={t('settings.lookSecondsHelp')}
              placeholder={t('settings.usualLimit')}
              min={1}
              max={86_400}
              step={10}
              suffix=" s"
              clampBehavior="blur"
              allowDecimal={false}
              defaultValue={settings.lookSeconds ?? ''}
              onBlur={(event) => {
                const seconds = Number.parseInt(event.currentTarget.value, 10);
                const lookSeconds = Number.isNaN(seconds) ? null : Math.min(86_400, Math.max(1, seconds));
                if (lookSeconds !== settings.lookSeconds) changeSettings({ lookSeconds });
              }}
            />
          </div>
        </Panel>
        <Panel title={t('settings.history')}>
          <div className={classes.fields}>
            <PathField
              label={t('settings.database')}
              description={t('settings.databaseHelp')}
              placeholder={info?.databasePath ?? ''}
              kind="database"
              value={settings.databasePath}
              onChange={(databasePath) => changeSettings({ databasePath })}
            />
            {info !== null && (
              <div>
                <div className={classes.label}>{t('settings.databaseNow')}</div>
                <div className={classes.pathLine}>
                  <span className="mono clip" title={info.databasePath}>
                    {info.databasePath}
                  </span>
                  <Button
                    variant="default"
                    size="compact-xs"
                    leftSection={<Icon name="folder" size={14} />}
                    onClick={() => reveal(info.databasePath)}
                  >
                    {t('common.reveal')}
                  </Button>
                </div>
              </div>
            )}
          </div>
        </Panel>
        <StoragePanel />
        <Panel title={t('settings.about')}>
          <dl className={classes.about}>
            {info !== null && (
              <>
                <dt>Vernier</dt>
                <dd>{info.version}</dd>
              </>
            )}
            {environment !== null && (
              <>
                <dt>ONNX Runtime</dt>
                <dd>{environment.onnxRuntimeVersion}</dd>
                <dt>{t('environment.cpu')}</dt>
                <dd>{environment.cpuModel}</dd>
                <dt>{t('environment.flags')}</dt>
                <dd>{environment.cpuFlags.join(' ')}</dd>
                <dt>{t('environment.cores')}</dt>
                <dd>{environment.cores}</dd>
                <dt>{t('environment.memory')}</dt>
                <dd>{formatBytes(environment.totalMemoryBytes)}</dd>
                <dt>{t('environment.os')}</dt>
                <dd>{environment.os}</dd>
              </>
            )}
            {Object.entries(info?.versions ?? {}).map(([name, version]) => (
              <div key={name} className={classes.version}>
                <dt>{name}</dt>
                <dd>{version}</dd>
              </div>
            ))}
          </dl>
          <p className={`muted ${classes.offline}`}>{t('settings.offline')}</p>
        </Panel>
      </div>
    </Page>
  );
}
