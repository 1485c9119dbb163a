import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../../shared/units.ts';
import { Panel } from '../../components/page.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import classes from './settings-page.module.css';

/** Versions and the machine. */
export function AboutPanel() {
  const { t } = useTranslation();
  const { info } = useAppState();
  const environment = info?.environment ?? null;
  return (
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
  );
}
