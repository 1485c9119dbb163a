import { useTranslation } from 'react-i18next';
import type { LedgerRow } from '../../../shared/run.ts';
import { formatLedgerValue } from '../../../shared/units.ts';
import { Definition } from '../../components/definition.tsx';
import { Panel } from '../../components/page.tsx';
import { CopyRows } from '../../components/copy-rows.tsx';
import { toTabSeparated, type TableColumn } from '../../components/table-column.ts';
import { formatTimes, formatTimesInterval } from '../../format.ts';
import classes from './run-page.module.css';

/** Every claim with before, after and ratio; what it means and how it was got one hover or focus away. */
export function LedgerPanel({ ledger }: { ledger: readonly LedgerRow[] }) {
  const { t, i18n } = useTranslation();
  const hasPrepared = ledger.some(({ prepared }) => prepared !== null);
  const columns: readonly TableColumn<LedgerRow>[] = [
    { id: 'claim', header: t('column.claim'), width: 0, value: (row) => t(`claim.${row.claim}.name`) },
    { id: 'before', header: t('variant.before'), width: 0, value: (row) => row.before },
    { id: 'prepared', header: t('variant.prepared'), width: 0, value: (row) => row.prepared },
    { id: 'after', header: t('variant.after'), width: 0, value: (row) => row.after },
    { id: 'unit', header: t('column.unit'), width: 0, value: (row) => row.unit },
    { id: 'ratio', header: t('column.ratio'), width: 0, value: (row) => row.ratio },
    { id: 'low', header: t('column.intervalLow'), width: 0, value: (row) => row.ratioCi95?.[0] ?? null },
    { id: 'high', header: t('column.intervalHigh'), width: 0, value: (row) => row.ratioCi95?.[1] ?? null },
    { id: 'basis', header: t('column.basis'), width: 0, value: (row) => row.basis },
  ];
  return (
    <Panel
      className={classes.ledgerPanel}
      title={t('ledger.title')}
      actions={<CopyRows label={t('ledger.title')} text={() => toTabSeparated(columns, ledger)} />}
    >
      <table className={classes.ledger}>
        <thead>
          <tr>
            <th scope="col">{t('column.claim')}</th>
            <th scope="col">{t('variant.before')}</th>
            {hasPrepared && <th scope="col">{t('variant.prepared')}</th>}
            <th scope="col">{t('variant.after')}</th>
            <th scope="col">
              <Definition term={t('column.ratio')}>{t('definition.ratio')}</Definition>
            </th>
          </tr>
        </thead>
        <tbody>
          {ledger.map((row) => (
            <tr key={row.claim}>
              <th scope="row">
                <Definition term={t(`claim.${row.claim}.name`)}>
                  <span className={classes.definition}>
                    <span>{i18n.language === 'en' ? row.definition : t(`claim.${row.claim}.definition`)}</span>
                    <span className="muted">
                      {t('ledger.unit')}: {t(`unit.${row.unit}`)} · {row.basis}
                    </span>
                  </span>
                </Definition>
              </th>
              <td>{formatLedgerValue(row.before, row.unit)}</td>
              {hasPrepared && <td>{row.prepared === null ? '' : formatLedgerValue(row.prepared, row.unit)}</td>}
              <td>{formatLedgerValue(row.after, row.unit)}</td>
              <td className={classes.ratio}>
                {formatTimes(row.ratio)}
                {row.ratioCi95 !== null && (
                  <span className={classes.interval}>{formatTimesInterval(row.ratioCi95)}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
