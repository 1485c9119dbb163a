import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page.tsx';
import { AboutPanel } from './about-panel.tsx';
import { AppearancePanel } from './appearance-panel.tsx';
import { EnginePanel } from './engine-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { StoragePanel } from './storage-panel.tsx';
import classes from './settings-page.module.css';

export function SettingsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('navigation.settings')}>
      <div className={classes.columns}>
        <AppearancePanel />
        <EnginePanel />
        <HistoryPanel />
        <StoragePanel />
        <AboutPanel />
      </div>
    </Page>
  );
}
