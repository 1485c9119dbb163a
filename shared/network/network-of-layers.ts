import { foldedInto } from '../engine-texts.ts';
import type { RunDocument } from '../run.ts';
import { fillModulePaths, modulePathOfName, modulePathOfWeight } from './module-path.ts';
import type { Network } from './network.ts';

/** What a run document alone tells of its network: nodes, their modules by what names of nodes and weights say, and no edges. */
export function networkOfLayers({ layers, weights }: Pick<RunDocument, 'layers' | 'weights'>): Network {
  const weightOf = new Map(weights.map(({ node, tensor }) => [node, tensor]));
  const paths = fillModulePaths(
    layers.map(({ name }) => modulePathOfName(name) ?? modulePathOfWeight(weightOf.get(name) ?? '')),
  );
  const nodes = layers.map(({ name, opType, reason, bytesBefore, bytesAfter }, index) => {
    const into = foldedInto(reason);
    const state = into === null ? 'kept' : 'folded';
    return {
      kind: 'operator',
      name,
      opType,
      path: paths[index]!,
      state,
      into,
      changes: [],
      bytesBefore,
      bytesAfter,
    } as const;
  });
  return { nodes, edges: [], cut: { nodes: 0, edges: 0 } };
}
