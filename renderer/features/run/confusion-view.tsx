import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { drawnClasses, type ConfusionMatrix } from '../../../shared/confusion-matrix.ts';
import type { SampleEvidence } from '../../../shared/sample-evidence.ts';
import { formatCount } from '../../../shared/units.ts';
import { Icon } from '../../components/icon.tsx';
import { useViewChoice } from '../../hooks/use-view-choice.ts';
import { CellPanel } from './cell-panel.tsx';
import { sidesOf, type MatrixSide } from './matrix-cell.ts';
import { MatrixTable } from './matrix-table.tsx';
import { ChangedClasses } from './sample-side.tsx';
import { useMatrixCell } from './use-matrix-cell.ts';
import classes from './confusion.module.css';
import page from './run-page.module.css';

/** Which classes are taken for which by both models, and what changed; a cell leads to its samples. */
export function ConfusionView(props: {
  readonly samples: SampleEvidence;
  readonly matrix: ConfusionMatrix;
  /** Another view of the same. */
  readonly choice: ReactNode;
  readonly onList: () => void;
}) {
  const { t } = useTranslation();
  const { samples, matrix } = props;
  const sides = sidesOf(matrix);
  const [named, setSide] = useViewChoice('side', 'difference');
  const side: MatrixSide = sides.find((known) => known === named) ?? 'difference';
  const [query, setQuery] = useViewChoice('classes', '', 'replace');
  const [cell, setCell] = useMatrixCell();
  const { shown, found } = useMemo(() => drawnClasses(matrix, samples, query), [matrix, samples, query]);
  return (
    <div className={page.layers}>
      <div className={classes.view}>
        <div className={classes.tools}>
          {props.choice}
          {sides.length > 1 && (
            <SegmentedControl
              size="xs"
              aria-label={t('confusion.side')}
              value={side}
              data={sides.map((value) => ({ value, label: t(`confusion.sides.${value}`) }))}
              onChange={setSide}
            />
          )}
          <TextInput
            size="xs"
            w={200}
            type="search"
            data-find
            placeholder={t('confusion.search')}
            aria-label={t('confusion.search')}
            leftSection={<Icon name="search" size={14} />}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
        </div>
        <p className="muted" role="status">
          <WhatIsShown shown={shown.length} found={found} total={matrix.classes.length} query={query} />
          {!matrix.isLabelled && ` ${t('confusion.unlabelled')}`}
          {matrix.leftOut === null && ` ${t('confusion.perhapsCut')}`}
          {matrix.leftOut !== null && matrix.leftOut > 0 && ` ${t('confusion.leftOut', { count: matrix.leftOut })}`}
        </p>
        {shown.length > 0 && (
          <MatrixTable samples={samples} matrix={matrix} shown={shown} side={side} cell={cell} onCell={setCell} />
        )}
      </div>
      <div className={page.layerSide}>
        <CellPanel samples={samples} matrix={matrix} cell={cell} onList={props.onList} />
        {cell !== null && (
          <Button variant="default" className={classes.clear} onClick={() => setCell(null)}>
            {t('confusion.clearCell')}
          </Button>
        )}
        <ChangedClasses samples={samples} />
      </div>
    </div>
  );
}

function WhatIsShown(props: { shown: number; found: number; total: number; query: string }) {
  const { t } = useTranslation();
  const { shown, found, total, query } = props;
  const figures = { shown: formatCount(shown), found: formatCount(found), total: formatCount(total) };
  if (query.trim() !== '') return t(found === 0 ? 'confusion.nothingFound' : 'confusion.found', { ...figures, query });
  return shown < total ? t('confusion.most', figures) : t('confusion.all', { count: total });
}
