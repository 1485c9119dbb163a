import { useEffect, useMemo, useState } from 'react';
import { AppError } from '../../../shared/app-error.ts';
import type { RunDetails } from '../../../shared/contract/results.ts';
import { request } from '../../api.ts';
import { runTitle } from '../../components/run-cells.tsx';
import { usePalette } from '../../components/use-palette.ts';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { findDifferences } from './comparability.ts';
import type { ComparedRun } from './compared-run.ts';

const mostRuns = 8;

/** A run that has not begun is in no history yet: null. */
function getUnlessWaiting(runId: string): Promise<RunDetails | null> {
  return request('runs.get', { runId }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'run-not-found') return null;
    throw error;
  });
}

export interface ComparedRuns {
  /** Finished ones, the baseline first. */
  readonly runs: readonly ComparedRun[];
  readonly loading: boolean;
  readonly error: Error | null;
  readonly setBaseline: (runId: string) => void;
}

/** The runs that are compared, each with its letter and colour and what makes it unlike the baseline. */
export function useComparedRuns(runIds: readonly string[]): ComparedRuns {
  const [loaded, setLoaded] = useState<readonly RunDetails[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [version, setVersion] = useState(0);
  useHostEvent('run.changed', ({ runId }) => {
    if (runIds.includes(runId)) setVersion((before) => before + 1);
  });
  useEffect(() => {
    let current = true;
    Promise.all(runIds.slice(0, mostRuns).map((runId) => getUnlessWaiting(runId))).then(
      (details) => {
        if (current) setLoaded(details.filter((one) => one !== null));
      },
      (reason: unknown) => {
        if (current) setError(reason instanceof Error ? reason : new Error(String(reason)));
      },
    );
    return () => {
      current = false;
    };
  }, [runIds, version]);
  const [baselineId, setBaselineId] = useState<string | null>(runIds[0] ?? null);
  const palette = usePalette();
  const runs = useMemo((): ComparedRun[] => {
    const done = (loaded ?? []).flatMap((details) =>
      details.document?.status === 'done' ? [{ row: details.row, document: details.document }] : [],
    );
    const ordered = [...done].sort(
      (left, right) => Number(right.row.runId === baselineId) - Number(left.row.runId === baselineId),
    );
    const baseline = ordered[0];
    return ordered.map(({ row, document }, index) => ({
      runId: row.runId,
      title: runTitle(row),
      letter: String.fromCharCode(65 + index),
      color: palette.series[index % palette.series.length] ?? palette.accent,
      document,
      differences: baseline === undefined || index === 0 ? [] : findDifferences(baseline.document, document),
    }));
  }, [loaded, baselineId, palette]);
  return { runs, loading: loaded === null, error, setBaseline: setBaselineId };
}
