import { useTranslation } from 'react-i18next';
import { decisionOf, type Axis } from '../../../shared/decision.ts';
import { describeAxes, type AxisText } from '../../../shared/decision-texts.ts';
import type { RunDocument } from '../../../shared/run.ts';
import classes from './run-page.module.css';
import { VerdictDecision } from './verdict-decision.tsx';
import { SizeFigure, SpeedFigure, TaskFigure } from './verdict-figures.tsx';

/** For the person who decides: ship or not, and of size, speed and task what makes it so. */
export function VerdictPanel(props: {
  readonly document: RunDocument;
  readonly compact: boolean;
  /** Shows what an axis rests on. */
  readonly onProof: (axis: Axis['axis']) => void;
}) {
  const { t, i18n } = useTranslation();
  const { document, compact } = props;
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const decided = decisionOf(document);
  const [size, speed, task] = describeAxes(decided, document, language) as [AxisText, AxisText, AxisText];
  return (
    <section className={classes.verdict} data-compact={compact || undefined} aria-label={t('verdict.title')}>
      <VerdictDecision document={document} decided={decided} compact={compact} />
      <SizeFigure {...props} text={size} />
      <SpeedFigure {...props} text={speed} />
      <TaskFigure {...props} text={task} />
    </section>
  );
}
