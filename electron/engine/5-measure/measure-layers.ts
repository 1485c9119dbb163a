import type { Graph } from '../graph/graph.ts';
import { mapToLayers, type LayerTimes } from './layer-times.ts';
import { profileLayers, type ProfileOptions } from './profile.ts';

/** Profiles one model in a fresh process and gives every node of the user's graph its share of the time. */
export async function measureLayers(graph: Graph, options: ProfileOptions): Promise<LayerTimes> {
  const { nodes } = await profileLayers(options);
  return mapToLayers(
    nodes,
    graph.nodes.map(({ name, opType, input, output }) => ({ name, opType, inputs: input, outputs: output })),
  );
}
