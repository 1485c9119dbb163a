import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { isStandardOp } from '../graph.ts';
import { attention, groupQueryAttention, multiHeadAttention, projectedAttention } from './attention.ts';
import { blockLookup } from './block-lookup.ts';
import { convolution, transposedConvolution } from './convolution.ts';
import { einsum } from './einsum.ts';
import { gemm } from './gemm.ts';
import { matMul } from './mat-mul.ts';
import type { IntegerForm, Operator } from './operator.ts';
import { packedMatMul } from './packed-mat-mul.ts';
import { recurrent } from './recurrent.ts';

/** Every operator that multiplies by weights, or does as much work. */
const operators: readonly Operator[] = [
  convolution,
  transposedConvolution,
  gemm,
  matMul,
  packedMatMul,
  blockLookup,
  recurrent,
  attention,
  projectedAttention,
  multiHeadAttention,
  groupQueryAttention,
  einsum,
];

const index = (domain: 'standard' | 'contrib'): ReadonlyMap<string, Operator> =>
  new Map(operators.flatMap((operator) => Object.keys(operator[domain]).map((opType) => [opType, operator] as const)));
const standard = index('standard');
const contrib = index('contrib');

/** What is known about a node's operator; null for one that moves, adds or compares. */
export function operatorOf(node: NodeProto): Operator | null {
  if (isStandardOp(node)) return standard.get(node.opType) ?? null;
  return node.domain === 'com.microsoft' ? (contrib.get(node.opType) ?? null) : null;
}

/** Where a node has weights that it holds as integers; null where its weights are floating-point constants. */
export function integerFormOf(node: NodeProto): IntegerForm | null {
  const operator = operatorOf(node);
  return operator?.[isStandardOp(node) ? 'standard' : 'contrib'][node.opType] ?? null;
}

/** Bits of the weights of an operator that holds them as integers; null for others. */
export function storedIntegerBits(node: NodeProto): number | null {
  if (integerFormOf(node) === null) return null;
  return operatorOf(node)?.packed?.bits(node) ?? 8;
}
