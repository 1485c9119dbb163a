import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describePrecision, isReduced } from '../../../shared/precision.ts';
import type { PlanNode } from '../../../shared/contract/results.ts';
import { Icon } from '../../components/icon.tsx';
import { LayerFilter, matchesLayer } from '../../components/layer-filter.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import type { RequestState } from '../../hooks/use-request.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import classes from './experiment-page.module.css';
import { Looking } from './looking.tsx';

const modes = ['all', 'reduced', 'float', 'folded'] as const;

function modeOf({ precision, foldedInto }: PlanNode): Exclude<(typeof modes)[number], 'all'> {
  return foldedInto !== null ? 'folded' : isReduced(precision) ? 'reduced' : 'float';
}

export function PlanPanel({ hasModel, state }: { hasModel: boolean; state: RequestState<readonly PlanNode[]> }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const [filter, setFilter] = useState('');
  const [mode, setMode] = useState<(typeof modes)[number]>('all');
  const columns = useMemo(
    (): TableColumn<PlanNode>[] => [
      { id: 'node', header: t('column.layer'), width: 150, grow: 1, clip: 'middle', value: (node) => node.node },
      { id: 'opType', header: t('column.op'), width: 100, value: (node) => node.opType },
      {
        id: 'mode',
        header: t('column.becomes'),
        width: 88,
        value: (node) => (modeOf(node) === 'reduced' ? describePrecision(node.precision) : t(`plan.${modeOf(node)}`)),
        render: (node) => (
          <span className={classes.yes}>
            {modeOf(node) === 'reduced' && <Icon name="check" />}
            {modeOf(node) === 'reduced' ? describePrecision(node.precision) : t(`plan.${modeOf(node)}`)}
          </span>
        ),
      },
      {
        id: 'reason',
        header: t('column.why'),
        width: 190,
        grow: 2,
        value: (node) => node.reason,
        render: (node) => <span title={engineText(node.reason)}>{engineText(node.reason)}</span>,
      },
    ],
    [t, engineText],
  );
  const nodes = useMemo(
    () => (state.value ?? []).map((node, index) => ({ ...node, name: node.node, index })),
    [state.value],
  );
  const shown = useMemo(
    () => nodes.filter((node) => (mode === 'all' || modeOf(node) === mode) && matchesLayer(node, filter)),
    [nodes, mode, filter],
  );
  if (!hasModel) {
    return (
      <div className={classes.waiting}>
        <p>{t('experiment.modelFirst')}</p>
      </div>
    );
  }
  if (state.error !== null) return <ErrorNotice error={state.error} title={t('experiment.planFailed')} />;
  if (state.value === null) {
    return <Looking />;
  }
  const counts = { all: nodes.length, reduced: 0, float: 0, folded: 0 };
  for (const node of nodes) counts[modeOf(node)] += 1;
  return (
    <div className={classes.stack}>
      <p className="muted">{t('plan.explanation')}</p>
      <div className={classes.table}>
        <Table
          label={t('experiment.tab.plan')}
          columns={columns}
          rows={shown}
          rowId={(node) => String((node as PlanNode & { index: number }).index)}
          withTools
          keptAs="plan"
          muted={(node) => modeOf(node) !== 'reduced'}
          toolbar={
            <>
              <SegmentedControl
                size="xs"
                aria-label={t('column.becomes')}
                value={mode}
                onChange={(value) => setMode(modes.find((known) => known === value) ?? 'all')}
                data={modes.map((value) => ({
                  value,
                  label: `${value === 'all' ? t('plan.all') : t(`plan.${value}`)} ${counts[value]}`,
                }))}
              />
              <LayerFilter value={filter} onChange={setFilter} shown={shown.length} total={nodes.length} />
            </>
          }
        />
      </div>
    </div>
  );
}
