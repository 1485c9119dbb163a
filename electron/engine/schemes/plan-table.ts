import { say } from '../../../shared/engine-texts/say.ts';
import { floatPrecision } from '../../../shared/precision.ts';
import type { SchemeName } from '../../../shared/schemes.ts';
import { opEntry } from '../2-plan/op-table.ts';
import { lookupAxis } from '../2-plan/quantization-plan.ts';
import { isReadOutside } from '../graph/graph.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { isTableLookup } from './int8-static/kernel-conditions.ts';
import type { NodeRule, SchemeRequest } from './scheme.ts';

/** A look-up of rows in a table of weights, which is stored in 8 bits; what is looked up is converted alone. */
export function planTable(scheme: SchemeName, node: NodeProto, { graph, recipe }: SchemeRequest): ReturnType<NodeRule> {
  const entry = opEntry(node.domain, node.opType);
  if (entry === null || !isTableLookup(node, entry, graph)) return say('noTable');
  const tensor = node.input[entry.tableInput!]!;
  const isOthers = graph.consumers.get(tensor)!.some((user) => user.opType !== node.opType);
  if (isOthers || isReadOutside(tensor, graph)) {
    return say('tableSharedInt8');
  }
  const rank = graph.constants.get(tensor)!.dims.length;
  const axis = recipe.perChannel ? (rank === 2 ? 1 - lookupAxis(node) : rank - 1) : null;
  const weights = { type: 'int8', axis, block: null, symmetric: true } as const;
  return { precision: { ...floatPrecision, scheme, weights }, weight: { tensor, axis, range: 'int8' }, bias: null };
}
