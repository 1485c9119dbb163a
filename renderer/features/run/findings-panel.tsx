import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { describeFinding, findingWords } from '../../../shared/finding-texts.ts';
import { findingsOf, type Finding } from '../../../shared/findings.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/page.tsx';
import { useMeasureAgain } from '../../hooks/use-measure-again.ts';
import { formatRoute, newExperimentRoute } from '../../route.ts';
import classes from './findings-panel.module.css';

/** What is wrong, worst first, each with the experiment that would mend it. */
export function FindingsPanel({ document }: { readonly document: RunDocument }) {
  const { i18n } = useTranslation();
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const { title, none } = findingWords[language];
  const findings = findingsOf(document);
  return (
    <Panel title={title} label={title} className={classes.panel}>
      {findings.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <ol className={classes.findings}>
          {findings.map((finding) => (
            <li key={finding.kind} className={classes.finding} data-tone={finding.tone}>
              <Icon name={finding.tone === 'bad' ? 'warning' : 'info'} />
              <FindingWords finding={finding} language={language} />
              <MendButton runId={document.runId} finding={finding} />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function FindingWords({ finding, language }: { readonly finding: Finding; readonly language: 'en' | 'zh-CN' }) {
  const { title, evidence } = describeFinding(finding, language);
  return (
    <div className={classes.words}>
      <strong>{title}</strong>
      <span>{evidence}</span>
    </div>
  );
}

function MendButton({ runId, finding }: { readonly runId: string; readonly finding: Finding }) {
  const { t } = useTranslation();
  const measureAgain = useMeasureAgain(runId);
  if (finding.experiment === null) return null;
  if (Object.keys(finding.experiment).length === 0) {
    return (
      <Button variant="default" size="compact-sm" title={t('measure.hint')} onClick={measureAgain}>
        {t('measure.again')}
      </Button>
    );
  }
  const { recipe, allSamples } = finding.experiment;
  const label =
    recipe?.excludeNodes !== undefined
      ? t('mend.keepFloat')
      : recipe?.keepFloat === 'auto'
        ? t('mend.search')
        : recipe?.reducedRange !== undefined
          ? t('mend.reducedRange')
          : recipe?.calibrationMethod !== undefined
            ? t('mend.calibrate')
            : allSamples === true
              ? t('mend.allSamples')
              : t('mend.keepPrepared');
  return (
    <Button
      component="a"
      variant="default"
      size="compact-sm"
      href={formatRoute({ ...newExperimentRoute, fromRunId: runId, mend: finding.kind })}
    >
      {label}
    </Button>
  );
}
