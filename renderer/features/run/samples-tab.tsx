import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { confusionMatrix } from '../../../shared/confusion-matrix.ts';
import type { RunDocument } from '../../../shared/run.ts';
import type { SampleEvidence } from '../../../shared/sample-evidence.ts';
import { sampleWords } from '../../../shared/sample-texts.ts';
import { useViewChoice } from '../../hooks/use-view-choice.ts';
import { ConfusionView } from './confusion-view.tsx';
import { SampleList } from './sample-list.tsx';
import { useTextLanguage } from './use-text-language.ts';
import classes from './run-page.module.css';

/** Which samples are answered otherwise, one by one or by their classes. @param samples null in documents of older versions. */
export function SamplesTab({
  samples,
  accuracy,
}: {
  readonly samples: SampleEvidence | null;
  readonly accuracy: RunDocument['accuracy'];
}) {
  const { t } = useTranslation();
  const words = sampleWords[useTextLanguage()];
  const [view, setView] = useViewChoice('samples', 'list');
  const matrix = useMemo(() => (samples === null ? null : confusionMatrix(samples)), [samples]);
  if (samples === null) return <p className={classes.empty}>{words.notKept}</p>;
  if (samples.rows.length === 0) return <p className={classes.empty}>{words.none}</p>;
  const isMatrix = view === 'matrix';
  const choice = (
    <SegmentedControl
      size="xs"
      aria-label={t('confusion.view')}
      value={isMatrix ? 'matrix' : 'list'}
      data={[
        { value: 'list', label: t('confusion.list') },
        { value: 'matrix', label: t('confusion.title') },
      ]}
      onChange={setView}
    />
  );
  if (!isMatrix) return <SampleList samples={samples} accuracy={accuracy} choice={choice} />;
  if (matrix === null) {
    return (
      <>
        {choice}
        <p className={classes.empty}>{t('confusion.none')}</p>
      </>
    );
  }
  return <ConfusionView samples={samples} matrix={matrix} choice={choice} onList={() => setView('list')} />;
}
