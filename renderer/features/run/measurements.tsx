import { useTranslation } from 'react-i18next';
import { isMachineBusy } from '../../../shared/busy-machine.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { formatMs, formatShare } from '../../../shared/units.ts';
import { formatTimes, formatTimesInterval, formatTimestamp } from '../../format.ts';
import classes from './measurements.module.css';

/** Every measurement of the run's speed, where there is more than one. */
export function Measurements({ measurements }: Pick<RunDocument, 'measurements'>) {
  const { t, i18n } = useTranslation();
  if (measurements.length === 0) return null;
  return (
    <table className={classes.measurements} aria-label={t('measure.title')}>
      <thead>
        <tr>
          <th scope="col">{t('measure.title')}</th>
          <th scope="col">{t('variant.before')}</th>
          <th scope="col">{t('variant.after')}</th>
          <th scope="col">{t('column.speedup')}</th>
          <th scope="col">{t('measure.processor')}</th>
          <th scope="col">{t('measure.state')}</th>
        </tr>
      </thead>
      <tbody>
        {measurements.map((one) => (
          <tr key={one.measuredTimestampMs} data-decides={one.decides || undefined}>
            <th scope="row">{formatTimestamp(one.measuredTimestampMs, i18n.language)}</th>
            <td>{formatMs(one.beforeMedianMs)}</td>
            <td>{formatMs(one.afterMedianMs)}</td>
            <td>
              {formatTimes(one.speedup.ratio)} <small>{formatTimesInterval(one.speedup.ci95)}</small>
            </td>
            <td>{one.processorShare === null ? '–' : formatShare(one.processorShare)}</td>
            <td>{one.decides ? t('measure.decides') : isMachineBusy(one) ? t('measure.busy') : t('measure.older')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
