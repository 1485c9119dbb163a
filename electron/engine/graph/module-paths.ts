import {
  fillModulePaths,
  modulePathOfName,
  modulePathOfScopes,
  modulePathOfWeight,
} from '../../../shared/network/module-path.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import type { ComparedNode } from './compare-graphs.ts';
import type { Graph } from './graph.ts';
import { isConversion } from './ops/conversions.ts';

/** Key under which PyTorch's exporter keeps the modules around a node. */
const scopesKey = 'pkg.torch.onnx.name_scopes';

/** What exporters tell of the modules around a node; null where they tell nothing. */
function knownPath({ name, input, metadataProps }: NodeProto, graph: Graph): string[] | null {
  const scopes = metadataProps.find(({ key }) => key === scopesKey);
  if (scopes !== undefined) return modulePathOfScopes(scopes.value);
  const named = modulePathOfName(name);
  if (named !== null) return named;
  for (const weight of input) {
    const path = graph.constants.has(weight) ? modulePathOfWeight(weight) : null;
    if (path !== null) return path;
  }
  return null;
}

/**
 * The modules of each node: in the order of the original, and for what is new in the order of the second; neighbours tell where a
 * node without a name belongs.
 */
export function modulePathsOf(
  nodes: readonly ComparedNode[],
  { before, after }: { readonly before: Graph; readonly after: Graph },
): ReadonlyMap<ComparedNode, readonly string[]> {
  const paths = new Map<ComparedNode, readonly string[]>();
  const own = nodes.filter((pair) => pair.before !== null);
  for (const [index, path] of fillModulePaths(own.map((pair) => knownPath(pair.before!, before))).entries()) {
    paths.set(own[index]!, path);
  }
  const order = new Map(after.nodes.map((node, index) => [node, index]));
  const other = nodes
    .filter((pair) => pair.after !== null)
    .toSorted((left, right) => order.get(left.after!)! - order.get(right.after!)!);
  const known = other.map((pair) => {
    // Quantizers call conversions by tensors, which are no modules.
    if (pair.before === null && isConversion(pair.after)) return null;
    return paths.get(pair) ?? knownPath(pair.after!, after);
  });
  for (const [index, path] of fillModulePaths(known).entries()) paths.set(other[index]!, path);
  return paths;
}
