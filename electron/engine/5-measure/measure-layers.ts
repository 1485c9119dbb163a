import type { Graph } from '../graph/graph.ts';
import { mapToLayers, type LayerTimes } from './layer-times.ts';
import { profileLayers, type ProfileOptions } from './profile.ts';

/** Profiles one model in a fresh process and gives every node of the user's graph its share of the time. */
export async function measureLayers(graph: Graph, options: ProfileOptions): Promise<LayerTimes> {
  const { nodes } = await profileLayers(options);
  // What a node leaves out has no name, and must not join it to others.
  const named = (names: readonly string[]): string[] => names.filter((name) => name !== '');
  const userNodes = graph.nodes.map(({ name, opType, input, output }) => {
    return { name, opType, inputs: named(input), outputs: named(output) };
  });
  return mapToLayers(nodes, userNodes);
}
