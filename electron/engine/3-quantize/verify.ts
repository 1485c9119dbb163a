import { fromBinary } from '@bufbuild/protobuf';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../../../shared/run.ts';
import { ModelProtoSchema, type ModelProto } from '../onnx/proto/onnx_pb.js';
import { openSession, type OptimizationLevel } from '../runtime/session.ts';
import type { QuantizationPlan } from './plan.ts';

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

const fusedForms: Readonly<Record<string, readonly string[]>> = {
  Conv: ['QLinearConv'],
  Gemm: ['QGemm'],
  MatMul: ['QLinearMatMul', 'MatMulIntegerToFloat', 'MatMulInteger', 'DynamicQuantizeMatMul'],
};

/**
 * Proves that what was planned as int8 really runs as int8: counts the fused operators in ONNX Runtime's optimized graph
 * against the plan. A QDQ graph that does not fuse is slower than the float one it came from.
 */
export async function verifyFusion(
  model: Uint8Array | string,
  plan: QuantizationPlan,
  config: Readonly<Record<string, string>> = {},
): Promise<Diagnostic[]> {
  const graph = (await readOptimizedGraph(model, config)).graph!;
  const diagnostics: Diagnostic[] = [];
  for (const [opType, forms] of Object.entries(fusedForms)) {
    const planned = plan.nodes.filter((node) => node.opType === opType && node.mode === 'int8').length;
    const fused = graph.node.filter((node) => forms.includes(node.opType)).length;
    if (fused >= planned) continue;
    diagnostics.push({
      severity: 'warning',
      code: 'not-fused',
      message: `${planned - fused} of ${planned} quantized ${opType} nodes did not become ${forms[0]!} in ONNX Runtime; they run in float between conversions.`,
      node: null,
    });
  }
  return diagnostics;
}
