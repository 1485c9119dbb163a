import { join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { nameNodes, pruneInitializers, pruneOpsets, trimOutputs } from '../graph/edit.ts';
import { opsetVersion } from '../graph/graph.ts';
import { shareConstants } from '../graph/share-constants.ts';
import { joinBiases } from './join-bias.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { readModel, type OnnxModel } from '../onnx/read-model.ts';
import type { GraphProto } from '../onnx/proto/onnx_pb.js';
import { openSession, type ValueInfo } from '../runtime/session.ts';

/** The oldest opset whose models ONNX Runtime still runs and our op table describes. */
const oldestOpset = 7;
/** Above this, ONNX Runtime writes weights beside the prepared model, for protobuf ends at 2 GiB. */
const inlineLimitBytes = 1_000_000_000;

export interface PreparedModel {
  /** The user's model with every node named; layers of the report are these nodes. */
  readonly original: OnnxModel;
  /** Constants and BatchNorm folded, shapes known to ONNX Runtime: what is calibrated and quantized. */
  readonly prepared: OnnxModel;
  /** What is fed at run time and what comes out. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly diagnostics: readonly Diagnostic[];
}

/** ONNX Runtime configuration that lets a model given as bytes find its external data. */
export function externalFolderConfig(model: OnnxModel): Readonly<Record<string, string>> {
  return { 'session.model_external_initializers_file_folder_path': model.folder };
}

/**
 * ONNX Runtime loads no graph in which two nodes share a name. Here they get names of their own, so it would load, only to be
 * refused from its file when it is timed.
 */
function refuseSharedNames(path: string, graph: GraphProto): void {
  const names = new Set<string>();
  for (const { name } of graph.node) {
    if (name !== '' && names.has(name)) {
      throw new AppError(
        'model-unsupported',
        `ONNX Runtime does not load "${path}": two of its nodes are called "${name}". Export it again, or give every node a ` +
          'name of its own, or none.',
      );
    }
    names.add(name);
  }
}

/**
 * Folds constants and BatchNormalization by ONNX Runtime's own basic optimizations, into `workFolder`.
 * Tensor names survive them, which is how every later figure finds its way back to the user's layer.
 * @throws AppError `model-malformed`, `model-unsupported`.
 */
export async function prepareModel(modelPath: string, workFolder: string): Promise<PreparedModel> {
  const original = await readModel(modelPath);
  refuseSharedNames(modelPath, original.proto.graph!);
  const diagnostics: Diagnostic[] = [];
  const note = (code: string, message: string): void => {
    diagnostics.push({ severity: 'info', code, message, node: null });
  };
  const opset = opsetVersion(original.proto);
  const { named } = nameNodes(original.proto.graph!);
  if (named > 0)
    note('nodes-named', `${named} nodes without a name of their own were named after their type and output.`);
  if (opset < oldestOpset) {
    diagnostics.push({
      severity: 'warning',
      code: 'opset-old',
      message: `Opset ${opset} is older than ${oldestOpset}, the oldest Vernier is tested with; consider exporting the model again.`,
      node: null,
    });
  }
  const preparedPath = join(workFolder, 'prepared.onnx');
  const external = original.sizeBytes > inlineLimitBytes;
  const session = await openSession(encodeModel(original.proto), {
    threads: 1,
    optimization: 'basic',
    optimizedModelPath: preparedPath,
    sourcePath: modelPath,
    config: {
      ...externalFolderConfig(original),
      // See joinBiases, which does it under the layer's name.
      'optimization.disable_specified_optimizers': 'MatMulAddFusion',
      ...(external
        ? {
            'session.optimized_model_external_initializers_file_name': 'prepared.onnx.data',
            'session.optimized_model_external_initializers_min_size_in_bytes': '4096',
          }
        : {}),
    },
  });
  const { inputs, outputs } = session;
  await session.release();
  const prepared = await readModel(preparedPath);
  const graph = prepared.proto.graph!;
  nameNodes(graph);
  trimOutputs(graph);
  shareConstants(graph);
  pruneOpsets(prepared.proto);

  const folded = original.proto.graph!.node.filter((node) => node.opType === 'BatchNormalization').length;
  const left = graph.node.filter((node) => node.opType === 'BatchNormalization').length;
  if (folded > left)
    note('batchnorm-folded', `${folded - left} BatchNormalization nodes were folded into the layers before them.`);
  const nodeDifference = original.proto.graph!.node.length - graph.node.length - (folded - left);
  if (nodeDifference > 0) {
    note('graph-simplified', `${nodeDifference} more nodes were folded away by ONNX Runtime's basic optimizations.`);
  }
  const initializerNames = new Set(graph.initializer.map((tensor) => tensor.name));
  const overridable = graph.input.filter((input) => initializerNames.has(input.name)).length;
  if (overridable > 0) {
    graph.input = graph.input.filter((input) => !initializerNames.has(input.name));
    note('inputs-fixed', `${overridable} initializers were also listed as inputs; they are now constants.`);
  }
  if (prepared.proto.irVersion < 4n) {
    note(
      'ir-version-raised',
      `IR version ${prepared.proto.irVersion} was raised to 4, so that weights need not be inputs.`,
    );
    prepared.proto.irVersion = 4n;
  }
  pruneInitializers(graph);
  await joinBiases(prepared);
  return { original, prepared, inputs, outputs, diagnostics };
}
