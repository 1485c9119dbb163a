import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icon.tsx';
import classes from './compare-page.module.css';
import type { ComparedRun } from './compared-run.ts';

/** A run's letter in its colour: told apart by either. */
export function RunMark({ run }: { run: Pick<ComparedRun, 'letter' | 'color' | 'differences'> }) {
  const { t } = useTranslation();
  return (
    <span className={classes.mark}>
      <span className={classes.swatch} style={{ background: run.color }} aria-hidden="true" />
      {run.letter}
      {run.differences.length > 0 && (
        <span className={classes.flag} title={t('compare.unfair', { letter: run.letter })}>
          <Icon name="warning" size={12} />
        </span>
      )}
    </span>
  );
}
