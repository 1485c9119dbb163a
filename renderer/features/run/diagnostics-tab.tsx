import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Diagnostic } from '../../../shared/run.ts';
import { lookUp } from '../../../shared/look-up.ts';
import { schemeAdvice } from '../../../shared/schemes.ts';
import { Icon } from '../../components/icon.tsx';
import { useEngineText, useWords } from '../../hooks/use-engine-text.ts';
import classes from './run-page.module.css';

const order = { error: 0, warning: 1, info: 2 } as const;

/** What the engine noticed, worst first, with what to do about it. */
export function DiagnosticsTab({
  diagnostics,
  onNode,
}: {
  diagnostics: readonly Diagnostic[];
  onNode: (node: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const engineText = useEngineText();
  const words = useWords();
  if (diagnostics.length === 0) return <p className={classes.empty}>{t('diagnostics.none')}</p>;
  const sorted = [...diagnostics].sort((left, right) => order[left.severity] - order[right.severity]);
  return (
    <ul className={classes.diagnostics}>
      {sorted.map((diagnostic, index) => {
        const adviceKey = `diagnostics.advice.${diagnostic.code}`;
        const ofScheme = lookUp(schemeAdvice, diagnostic.code);
        return (
          <li key={`${diagnostic.code} ${index}`} className={classes.diagnostic} data-severity={diagnostic.severity}>
            <Icon name={diagnostic.severity === 'info' ? 'info' : 'warning'} />
            <div className={classes.diagnosticBody}>
              <span>
                <strong>{t(`diagnostics.severity.${diagnostic.severity}`)}</strong>{' '}
                <span className="muted mono">{diagnostic.code}</span>
              </span>
              <span>{engineText(diagnostic.message, diagnostic.said)}</span>
              {ofScheme !== undefined && <span className="muted">{words(ofScheme)}</span>}
              {i18n.exists(adviceKey) && (
                <span className="muted">{t(adviceKey as 'diagnostics.advice.not-fused')}</span>
              )}
            </div>
            {diagnostic.node !== null && (
              <Button variant="default" size="compact-xs" onClick={() => onNode(diagnostic.node!)}>
                {t('diagnostics.showLayer')}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
