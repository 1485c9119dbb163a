import { say } from '../../../shared/engine-texts/say.ts';
import { fromBinary } from '@bufbuild/protobuf';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../../../shared/run.ts';
import { ModelProtoSchema, type GraphProto, type ModelProto, type NodeProto } from '../onnx/proto/onnx_pb.js';
import type { Graph } from '../graph/graph.ts';
import { openSession, type OptimizationLevel } from '../runtime/session.ts';
import { isPlanned, type NodePlan, type QuantizationPlan } from '../2-plan/quantization-plan.ts';
import { schemes } from '../schemes/all.ts';
import { isDequantize } from '../graph/ops/conversions.ts';

/** ONNX Runtime's own graph after its optimizations, for looking at; it may hold internal operators. */
export async function readOptimizedGraph(
  model: string | Uint8Array,
  config: Readonly<Record<string, string>> = {},
  optimization: OptimizationLevel = 'all',
): Promise<ModelProto> {
  const folder = await mkdtemp(join(tmpdir(), 'vernier-optimized-'));
  try {
    const path = join(folder, 'optimized.onnx');
    const session = await openSession(model, {
      threads: 1,
      optimization,
      optimizedModelPath: path,
      // Weights go beside the graph, which alone is of interest and stays small.
      config: {
        ...config,
        'session.optimized_model_external_initializers_file_name': 'optimized.onnx.data',
        'session.optimized_model_external_initializers_min_size_in_bytes': '64',
      },
    });
    await session.release();
    return fromBinary(ModelProtoSchema, await readFile(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Operators with an int8 kernel of another name, which keep theirs where they compute in float. */
const floatForms: ReadonlySet<string> = new Set([
  'Add', 'AveragePool', 'Concat', 'Conv', 'FusedConv', 'FusedGemm', 'FusedMatMul', 'Gemm', 'GlobalAveragePool', 'LeakyRelu',
  'MatMul', 'Mul', 'Sigmoid', 'Softmax',
]); // prettier-ignore

function computesIntegers(node: NodePlan): boolean {
  return isPlanned(node) && node.precision.activations !== null;
}

/** Nodes planned as int8 that ONNX Runtime computes in float, between conversions. */
function findUnfused(optimized: GraphProto, plan: QuantizationPlan): Set<string> {
  const inFloat = new Set(
    optimized.node
      .filter(({ opType }) => floatForms.has(opType))
      .map(({ name }) => name.replace(/(?:_token_\d+|_nchwc|\/MatMulAddFusion)+$/, '')),
  );
  const planned = plan.nodes.filter((node) => computesIntegers(node) && floatForms.has(node.opType));
  return new Set(planned.filter(({ node }) => inFloat.has(node)).map(({ node }) => node));
}

/** ONNX Runtime's kernels for a planned node, by its scheme; null where it is to become none in particular. */
function kernelsOf({ opType, precision }: NodePlan): readonly string[] | null {
  return schemes.find(({ name }) => name === precision.scheme)?.kernels[opType] ?? null;
}

/**
 * Proves that what was planned as int8 really runs as int8, and what was planned as float in float: compares the operators
 * in ONNX Runtime's optimized graph with the plan. A QDQ graph that does not fuse is slower than the float one it came from;
 * a layer that ONNX Runtime quantizes by itself, with one scale for all channels, loses more than a planned one.
 */
export async function verifyFusion(
  model: Uint8Array | string,
  plan: QuantizationPlan,
  prepared: Graph,
  config: Readonly<Record<string, string>> = {},
): Promise<Diagnostic[]> {
  return (await checkFusion(model, plan, prepared, config)).diagnostics;
}

/** The same, with the names of planned int8 nodes that run in float. */
export async function checkFusion(
  model: Uint8Array | string,
  plan: QuantizationPlan,
  prepared: Graph,
  config: Readonly<Record<string, string>> = {},
): Promise<{ readonly diagnostics: Diagnostic[]; readonly unfused: ReadonlySet<string> }> {
  const optimized = (await readOptimizedGraph(model, config)).graph!;
  const diagnostics: Diagnostic[] = [];
  const withKernels = plan.nodes.filter((node) => isPlanned(node) && kernelsOf(node) !== null);
  for (const opType of new Set(withKernels.map((node) => node.opType))) {
    const alike = withKernels.filter((node) => node.opType === opType);
    const forms = [...new Set(alike.flatMap((node) => kernelsOf(node)!))];
    const planned = alike.length;
    const fused = optimized.node.filter((node) => forms.includes(node.opType)).length;
    if (fused >= planned) continue;
    diagnostics.push({
      severity: 'warning',
      code: 'not-fused',
      message: say('notFused', { count: planned - fused, all: planned, op: opType, form: forms[0]! }),
      node: null,
    });
  }
  for (const node of findRequantized(optimized, plan, prepared)) {
    diagnostics.push({
      severity: 'warning',
      code: 'float-requantized',
      message: say('floatRequantized'),
      node,
    });
  }
  return { diagnostics, unfused: findUnfused(optimized, plan) };
}

/** Layers planned as float whose float weights ONNX Runtime has made 8-bit, as their names in its optimized graph tell. */
function findRequantized(optimized: GraphProto, plan: QuantizationPlan, prepared: Graph): string[] {
  const integerForms = new Set(schemes.flatMap(({ kernels }) => Object.values(kernels).flat()));
  const suspects = optimized.node.flatMap((node) => {
    const { name, opType } = node;
    if (integerForms.has(opType)) return [name.replace(/_token_\d+$/, '')];
    // Where no int8 kernel follows, the weights alone are in 8 bits, behind a node of this name.
    return isDequantize(node) ? [name.replace(/_weight_dq(_token_\d+)?$/, '')] : [];
  });
  const found = new Set(suspects.map((name) => name.replace(/\/MatMulAddFusion$/, '')));
  // What came quantized has its weights from a DequantizeLinear, or integers.
  const hasFloatWeight = ({ input }: NodeProto): boolean => prepared.constants.get(input[1] ?? '')?.dataType === 1;
  const float = new Set(plan.nodes.filter(({ precision }) => precision.scheme === 'float').map(({ node }) => node));
  return prepared.nodes
    .filter((node) => float.has(node.name) && found.has(node.name) && hasFloatWeight(node))
    .map(({ name }) => name);
}
