import type { CompressRequest } from '../../shared/compress-request.ts';

/** Where a run writes models; requests of older versions name no prepared one. */
export function outputPathsOf(
  request: Pick<CompressRequest, 'outPath'> & Partial<Pick<CompressRequest, 'preparedPath'>>,
): string[] {
  return [request.outPath, ...(request.preparedPath == null ? [] : [request.preparedPath])];
}

/** The same in SQL, of a row of run_documents, with the data files that large models keep their weights in. */
export const outputPathsSql = `(requestJson ->> '$.outPath', (requestJson ->> '$.outPath') || '.data',
  requestJson ->> '$.preparedPath', (requestJson ->> '$.preparedPath') || '.data')`;
