import { useTranslation } from 'react-i18next';
import { adviceOf } from '../../../shared/advice.ts';
import type { Decided } from '../../../shared/decision.ts';
import { decisionWords } from '../../../shared/decision-texts.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { formatShare } from '../../../shared/units.ts';
import { Icon } from '../../components/icon.tsx';
import { formatTimes } from '../../format.ts';
import { AdviceText } from './advice-text.tsx';
import classes from './run-page.module.css';

const decisionIcons = { ship: 'check', doNotShip: 'close', notProven: 'info' } as const;

/** Whether to ship, why, what was tolerated, and the gates. */
export function VerdictDecision(props: {
  readonly document: RunDocument;
  readonly decided: Decided;
  readonly compact: boolean;
}) {
  const { t, i18n } = useTranslation();
  const { document, decided, compact } = props;
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  return (
    <div className={classes.decision} data-decision={decided.decision} data-line>
      <strong className={classes.decisionWord}>
        <Icon name={decisionIcons[decided.decision]} size={compact ? 14 : 20} />
        {decisionWords[language][decided.decision]}
      </strong>
      <span className={classes.adviceText}>
        <AdviceText advice={adviceOf(document)} />
      </span>
      <span className={classes.tolerated}>
        {t('verdict.tolerated', {
          count: decided.task.limit,
          speed: formatTimes(decided.speed.limit),
          size: formatShare(decided.size.limit).replace('.0 %', ' %'),
        })}
      </span>
      {document.gates.map((gate) => (
        <GateText key={`${gate.name} ${gate.metric ?? ''}`} gate={gate} />
      ))}
    </div>
  );
}

function GateText({ gate }: { readonly gate: RunDocument['gates'][number] }) {
  const { t } = useTranslation();
  return (
    <span className={classes.gate} data-met={gate.met}>
      <Icon name={gate.met ? 'check' : 'close'} size={12} />
      {gate.actual === null
        ? gate.metric === null
          ? t('gate.unknown', { limit: gate.limit })
          : t('gate.unknownDrop', { metric: gate.metric, limit: gate.limit })
        : t(`gate.found.${gate.name}`, {
            metric: gate.metric ?? '',
            actual:
              gate.name === 'maxDrop'
                ? String(Number(gate.actual.toPrecision(4)))
                : gate.actual.toFixed(gate.name === 'maxSizeRatio' ? 3 : 2),
            limit: Number(gate.limit.toPrecision(4)),
          })}
    </span>
  );
}
