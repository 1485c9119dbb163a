import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/page.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import classes from './settings-page.module.css';

/** How much of the machine the engine may take. */
export function EnginePanel() {
  const { t } = useTranslation();
  const { settings, changeSettings } = useAppState();
  return (
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
  );
}
