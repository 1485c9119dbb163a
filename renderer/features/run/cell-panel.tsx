import { Button, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { samplesOfCell, signCount, type ConfusionMatrix } from '../../../shared/confusion-matrix.ts';
import { nameAnswer, nameSample, type SampleEvidence } from '../../../shared/sample-evidence.ts';
import { sampleWords } from '../../../shared/sample-texts.ts';
import { formatCount } from '../../../shared/units.ts';
import { Panel } from '../../components/page.tsx';
import { useViewChoice } from '../../hooks/use-view-choice.ts';
import type { CellPlace } from './use-matrix-cell.ts';
import { useTextLanguage } from './use-text-language.ts';
import classes from './confusion.module.css';
import page from './run-page.module.css';

/** More are seen in the list. */
const mostListed = 12;

/** How often the chosen cell was answered, and its samples. */
export function CellPanel(props: {
  readonly samples: SampleEvidence;
  readonly matrix: ConfusionMatrix;
  readonly cell: CellPlace | null;
  readonly onList: () => void;
}) {
  const { t } = useTranslation();
  const { samples, matrix, cell } = props;
  const words = sampleWords[useTextLanguage()];
  const [, setSample] = useViewChoice('sample', '', 'replace');
  if (cell === null) {
    return (
      <Panel label={t('confusion.chosen')}>
        <p className="muted">{t('confusion.hint')}</p>
      </Panel>
    );
  }
  const { before, after } = matrix.cellOf(cell.expected, cell.given) ?? { before: 0, after: 0 };
  const isUnknown = !matrix.isLabelled && cell.expected === cell.given;
  const rows = samplesOfCell(samples.rows, cell);
  const title = `${nameAnswer(cell.expected, samples)} → ${nameAnswer(cell.given, samples)}`;
  return (
    <Panel label={t('confusion.chosen')} title={title}>
      {!isUnknown && (
        <dl className={page.layerFacts}>
          <dt>{words.before}</dt>
          <dd>{formatCount(before)}</dd>
          <dt>{words.after}</dt>
          <dd>{formatCount(after)}</dd>
          <dt>{words.change}</dt>
          <dd>{signCount(after - before)}</dd>
        </dl>
      )}
      {rows.length === 0 ? (
        <p className="muted">{t('confusion.noneKept')}</p>
      ) : (
        <>
          <ul className={classes.cellSamples} aria-label={words.title}>
            {rows.slice(0, mostListed).map((row) => (
              <li key={row.index}>
                <UnstyledButton
                  className={classes.cellSample}
                  onClick={() => {
                    setSample(String(row.index));
                    props.onList();
                  }}
                >
                  {row.picture !== null && <img src={row.picture} alt="" className={classes.thumbnail} />}
                  <span className="clip">{nameSample(row)}</span>
                  <span className={row.outcome === 'lost' ? page.bad : 'muted'}>{words.outcomes[row.outcome]}</span>
                </UnstyledButton>
              </li>
            ))}
          </ul>
          <Button variant="default" onClick={props.onList}>
            {t('confusion.showInList', { count: rows.length })}
          </Button>
        </>
      )}
    </Panel>
  );
}
