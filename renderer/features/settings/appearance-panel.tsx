import { SegmentedControl, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { languages, themes } from '../../../shared/contract/requests.ts';
import { Panel } from '../../components/page.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import classes from './settings-page.module.css';

export function AppearancePanel() {
  const { t } = useTranslation();
  const { settings, changeSettings } = useAppState();
  return (
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
  );
}
