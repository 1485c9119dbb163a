import { say } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { subgraphsOf } from '../graph/graph.ts';
import { operatorOf } from '../graph/ops/all.ts';
import type { NodeDims } from '../graph/ops/operator.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';

/** Operators of com.microsoft that multiply by weights, or as much, in ways that are not counted. */
const uncountedContrib: ReadonlySet<string> = new Set([
  'BeamSearch', 'DecoderAttention', 'DecoderMaskedMultiHeadAttention', 'DecoderMaskedSelfAttention', 'GemmFloat8',
  'GreedySearch', 'LongformerAttention', 'MatMulFpQ4', 'MoE', 'PackedAttention', 'PackedMultiHeadAttention',
  'PagedAttention', 'QMoE', 'QOrderedAttention', 'QOrderedLongformerAttention', 'QOrderedMatMul', 'Sampling',
  'SparseAttention', 'SparseToDenseMatMul', 'WhisperBeamSearch',
]); // prettier-ignore

/** Domains whose other operators move, add and compare. */
const knownDomains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft']);

function dimsIn(shapes: Shapes, { input, output }: NodeProto): NodeDims {
  const dims = (name: string | undefined): readonly number[] | null => shapes.get(name ?? '')?.dims ?? null;
  // The first output of some operators may be left out.
  const outputs = output[0] === '' ? output.filter((name) => name !== '') : output;
  return { input: (index) => dims(input[index]), output: (index) => dims(outputs[index]) };
}

/** Nodes in the bodies of a node, however deep. */
function nodesInside(node: NodeProto): NodeProto[] {
  return subgraphsOf(node).flatMap((body) => body.node.flatMap((inner) => [inner, ...nodesInside(inner)]));
}

/** Whether what an operator does is not known here: of a foreign domain, or one of com.microsoft's. */
function isUncounted({ domain, opType }: NodeProto): boolean {
  return domain === 'com.microsoft' ? uncountedContrib.has(opType) : !knownDomains.has(domain);
}

/**
 * Multiply-accumulates of one node (1 MAC = 2 FLOPs), from its actual shapes; `graph/ops` has the formulas. Operators that are
 * not there count 0 by this definition, as in the literature. Of control flow it is what its bodies did in the run whose shapes
 * these are: the branch that was taken, the trips that were made.
 * @returns null when a shape it needs is unknown, no body that holds work has run, or what the operator does is unknown.
 */
export function countMacs(node: NodeProto, shapes: Shapes): number | null {
  const operator = operatorOf(node);
  if (operator !== null) return operator.macs(node, dimsIn(shapes, node));
  if (subgraphsOf(node).length > 0) return countInside(node, shapes);
  return isUncounted(node) ? null : 0;
}

function countInside(node: NodeProto, shapes: Shapes): number | null {
  const working = nodesInside(node).filter((inner) => operatorOf(inner) !== null || isUncounted(inner));
  if (working.length === 0) return 0;
  const ran = working.filter(({ name }) => shapes.bodyRuns?.has(name) === true);
  if (ran.length === 0) return null;
  let sum = 0;
  for (const inner of ran) {
    const operator = operatorOf(inner);
    for (const dims of shapes.bodyRuns!.get(inner.name)!) {
      const macs = operator === null ? null : operator.macs(inner, dims);
      if (macs === null) return null;
      sum += macs;
    }
  }
  return sum;
}

/** Whether a node's MACs are those of what happened to run: branches and trips depend on the data. */
export function isOfOneRun(node: NodeProto, macs: number | null): boolean {
  return macs !== null && macs > 0 && subgraphsOf(node).length > 0;
}

/** Says so when a total leaves something out, or holds for one run only. */
export function noteUncounted(
  nodes: readonly { readonly node: NodeProto; readonly macs: number | null }[],
): Diagnostic[] {
  const unknown = nodes.filter(({ macs }) => macs === null).length;
  const ofOneRun = nodes.filter(({ node, macs }) => isOfOneRun(node, macs)).length;
  const notes: Diagnostic[] = [];
  if (unknown > 0) {
    notes.push({
      severity: 'warning',
      code: 'macs-incomplete',
      message: say('macsUnknown', { count: unknown }),
      node: null,
    });
  }
  if (ofOneRun > 0) {
    notes.push({
      severity: 'info',
      code: 'macs-of-one-run',
      message: say('macsOfOneRun', { count: ofOneRun }),
      node: null,
    });
  }
  return notes;
}
