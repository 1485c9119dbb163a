import { CancelledError } from '../../shared/app-error.ts';
import { diffStates, type ModelDiff, type NodeDifference } from '../../shared/model-diff.ts';
import { pairGraphs } from './graph/compare-graphs.ts';
import { indexGraph, opsetVersion } from './graph/graph.ts';
import { modulePathsOf } from './graph/module-paths.ts';
import { tensorNamesOf } from './graph/tensor-names.ts';
import { isConstantNode } from './onnx/initializers.ts';
import type { EngineContext } from './job/engine-context.ts';
import { sourceSha256, readSourceModel, type SourceModel } from './onnx/source-model.ts';

function describeSide(model: SourceModel): ModelDiff['models'][0] {
  const { proto, path, sizeBytes } = model;
  const nodes = proto.graph!.node.filter((node) => !isConstantNode(node)).length;
  return { path, sha256: sourceSha256(model), sizeBytes, opset: opsetVersion(proto), nodes };
}

/** Inputs and outputs that only one of the models has. */
function compareInterfaces(before: SourceModel, after: SourceModel): string[] {
  const namesOf = ({ proto }: SourceModel, kind: 'input' | 'output'): Set<string> => {
    const graph = proto.graph!;
    const stored = new Set(graph.initializer.map(({ name }) => name));
    return new Set(graph[kind].map(({ name }) => name).filter((name) => !stored.has(name)));
  };
  return (['input', 'output'] as const).flatMap((kind) => {
    const [own, other] = [namesOf(before, kind), namesOf(after, kind)];
    return [
      ...[...own].filter((name) => !other.has(name)).map((name) => `${kind} ${name}: only in the first`),
      ...[...other].filter((name) => !own.has(name)).map((name) => `${kind} ${name}: only in the second`),
    ];
  });
}

/** How many nodes of each operator became that, the most frequent first. */
function countOperators(nodes: readonly NodeDifference[], state: NodeDifference['state']): Record<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    if (node.state !== state) continue;
    const { opType } = (node.before ?? node.after)!;
    counts.set(opType, (counts.get(opType) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([, left], [, right]) => right - left));
}

/**
 * What became of the nodes of one model in another: kept, replaced, folded, removed, inserted. Reads both and runs neither.
 * @throws as `readSourceModel`; CancelledError.
 */
export async function diffModels(
  [firstPath, secondPath]: readonly [string, string],
  { signal, onEvent }: Pick<EngineContext, 'signal' | 'onEvent'>,
): Promise<ModelDiff> {
  const read = async (path: string, done: number): Promise<SourceModel> => {
    if (signal.aborted) throw new CancelledError();
    onEvent({ type: 'progress', stage: 'prepare', done, total: 2, unit: 'models', detail: 'reading the model' });
    return readSourceModel(path);
  };
  const before = await read(firstPath, 0);
  const after = await read(secondPath, 1);
  const [first, second] = [indexGraph(before), indexGraph(after)];
  const pairs = pairGraphs(first, second, tensorNamesOf(first, second));
  const paths = modulePathsOf(pairs, { before: first, after: second });
  const nodes = pairs.map((pair) => ({ ...pair.difference, path: [...(paths.get(pair) ?? [])] }));
  const counts = Object.fromEntries(
    diffStates.map((state) => [state, nodes.filter((node) => node.state === state).length]),
  ) as ModelDiff['counts'];
  return {
    schemaVersion: 1,
    models: [describeSide(before), describeSide(after)],
    counts,
    operators: Object.fromEntries(diffStates.map((state) => [state, countOperators(nodes, state)])),
    interface: compareInterfaces(before, after),
    nodes,
  };
}
