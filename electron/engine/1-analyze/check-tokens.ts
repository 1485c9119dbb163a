import { basename } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Graph } from '../graph/graph.ts';
import { carriesValues, isLookup } from '../graph/ops/layouts.ts';

/** Rows of the tables that an input's values are looked up in; none where the graph does not show them. */
function tableRows({ consumers, constants }: Graph, input: string): number[] {
  const rows: number[] = [];
  const seen = new Set<string>();
  const open = [input];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    for (const node of consumers.get(tensor) ?? []) {
      const table = isLookup(node) && node.input[1] === tensor ? constants.get(node.input[0] ?? '') : undefined;
      if (table !== undefined) rows.push(Number(table.dims[0] ?? 0));
      else if (carriesValues(node) && node.input[0] === tensor) open.push(...node.output);
    }
  }
  return rows;
}

/**
 * Refuses texts of another tokenizer than the model's where the ids show it, before anything is run.
 * @throws AppError `data-shape-mismatch` for an id that the embedding has no row for.
 */
export function assertTokensFit({ tokens }: Pick<Dataset, 'tokens'>, graph: Graph): void {
  if (tokens === undefined) return;
  const rows = Math.min(...tableRows(graph, tokens.input));
  const { largestId: id, tokenizerPath } = tokens;
  if (id < rows) return;
  const named = { id, token: tokens.tokenOf(id), file: basename(tokenizerPath), last: rows - 1 };
  throw new AppError('data-shape-mismatch', tell('tokenOutsideEmbedding', named));
}
