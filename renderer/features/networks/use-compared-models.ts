import { useMemo } from 'react';
import type { RunNetwork } from '../../../shared/network/network.ts';
import type { SideNames } from '../../components/network/use-scenes.ts';
import { runTitle } from '../../components/run-cells.tsx';
import { fileNameOf } from '../../format.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { networksRoute, parseRoute, type Route } from '../../route.ts';

type NetworksRoute = Extract<Route, { page: 'networks' }>;

export interface ComparedModels {
  readonly isOfRuns: boolean;
  readonly network: RunNetwork | null;
  readonly error: Error | null;
  readonly loading: boolean;
  readonly names: SideNames;
  /** As the address names them now. */
  readonly route: () => NetworksRoute;
}

function namesOfFiles([first, second]: NetworksRoute['modelPaths']): SideNames {
  const [before, after] = [first ?? '', second ?? ''].map((path) => fileNameOf(path)) as [string, string];
  // Two files of the same name are told apart by where they lie.
  return before === after ? { before: first ?? '', after: second ?? '' } : { before, after };
}

/** Reads two models, of files or of runs, once both are known. */
export function useComparedModels(modelPaths: NetworksRoute['modelPaths'], runIds: readonly string[]): ComparedModels {
  const [firstRun, secondRun] = runIds;
  const isOfRuns = firstRun !== undefined && secondRun !== undefined;
  const [first, second] = modelPaths;
  const ofFiles = useRequest(
    'network.ofFiles',
    isOfRuns || first === null || second === null ? null : { modelPaths: [first, second] },
  );
  const ofRuns = useRequest('network.ofRuns', isOfRuns ? { runIds: [firstRun, secondRun] } : null);
  const firstDetails = useRequest('runs.get', isOfRuns ? { runId: firstRun } : null);
  const secondDetails = useRequest('runs.get', isOfRuns ? { runId: secondRun } : null);
  const [firstRow, secondRow] = [firstDetails.value?.row ?? null, secondDetails.value?.row ?? null];
  const names = useMemo((): SideNames => {
    if (!isOfRuns) return namesOfFiles([first, second]);
    return {
      before: `A · ${firstRow === null ? '' : runTitle(firstRow)}`,
      after: `B · ${secondRow === null ? '' : runTitle(secondRow)}`,
    };
  }, [isOfRuns, first, second, firstRow, secondRow]);
  const { value, error, loading } = isOfRuns ? ofRuns : ofFiles;
  return {
    isOfRuns,
    network: value,
    error,
    loading,
    names,
    route: () => {
      const current = parseRoute(window.location.hash);
      return current.page === 'networks' ? current : { ...networksRoute, modelPaths, runIds };
    },
  };
}
