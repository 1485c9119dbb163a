import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import { join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { fixInputs } from './fix-inputs.ts';
import { foldBatchNorms, type FoldedBatchNorms } from './fold-batch-norms.ts';
import { assertNotEmpty, markShapeless } from '../data/model-inputs.ts';
import { everyNode, nameNodes, pruneInitializers, pruneOpsets, subgraphsOfGraph, trimOutputs } from '../graph/edit.ts';
import { opsetVersion } from '../graph/graph.ts';
import { isConstantNode } from '../onnx/initializers.ts';
import { shareConstants } from '../graph/share-constants.ts';
import { joinBiases } from './join-bias.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { isExternal } from '../onnx/external-data.ts';
import { readModel, type HalfStorage, type OnnxModel } from '../onnx/read-model.ts';
import { inlineLimitBytes, readSourceModel, type SourceModel } from '../onnx/source-model.ts';
import { tensorElementCount } from '../onnx/tensor-proto.ts';
import { tensorsOf } from '../onnx/tensors-of.ts';
import type { GraphProto, ModelProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { openSession, type Session, type ValueInfo } from '../runtime/session.ts';
import { widenHalves, type WidenedHalves } from './widen-halves.ts';
import { needsAllOutputs } from '../graph/ops/control-flow.ts';
import { dataTypes } from '../tensor/tensor.ts';
import { isAnyConvolution } from '../graph/ops/linear-layers.ts';
import { isBatchNormalization } from '../graph/ops/normalization.ts';

/** The oldest opset whose models ONNX Runtime still runs and our op table describes. */
const oldestOpset = 7;

export interface PreparedModel {
  /** The user's model with every node named; layers of the report are these nodes. */
  readonly original: SourceModel;
  /** Constants and BatchNorm folded, shapes known to ONNX Runtime: what is calibrated and quantized. */
  readonly prepared: OnnxModel;
  /** Whether folding changed more than how constants are written: else the prepared model runs as the original does. */
  readonly isChanged: boolean;
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
      throw new AppError('model-unsupported', tell('nodesNamedTwice', { path, name }));
    }
    names.add(name);
  }
}

/** ONNX Runtime does not refuse such a model: it takes the process down. */
function refuseMissingOutputs(path: string, graph: GraphProto): void {
  for (const node of graph.node) {
    if (needsAllOutputs(node) && node.output.includes('')) {
      throw new AppError(
        'model-unsupported',
        tell('crashesOnMissingOutput', { path, op: node.opType, name: node.name }),
      );
    }
  }
  for (const body of subgraphsOfGraph(graph)) refuseMissingOutputs(path, body);
}

/** ONNX Runtime divides by the number of filters, and by the values in each: none of them, and the process is gone. */
function refuseEmptyFilters(path: string, graph: GraphProto): void {
  const empty = new Set(graph.initializer.filter(({ dims }) => dims.includes(0n)).map(({ name }) => name));
  for (const node of everyNode(graph)) {
    if (!isAnyConvolution(node) || !empty.has(node.input[1] ?? '')) continue;
    throw new AppError('model-unsupported', tell('crashesOnEmptyWeight', { path, op: node.opType, name: node.name }));
  }
}

/** Whether both compute by the same operators on the same tensors, in bodies too; how constants are written does not count. */
function hasSameNodes(left: GraphProto, right: GraphProto): boolean {
  const describe = (graph: GraphProto): string =>
    everyNode(graph)
      .filter((node) => !isConstantNode(node))
      .map(({ domain, opType, input, output }) =>
        JSON.stringify([domain, opType, input, output.filter((name) => name !== '')]),
      )
      .sort()
      .join('\n');
  return describe(left) === describe(right);
}

/** @param left of the original's nodes by ONNX Runtime. */
function describeFolds(
  original: GraphProto,
  left: { readonly nodes: number; readonly norms: number },
  { count, kept }: FoldedBatchNorms,
): Diagnostic[] {
  const notes: Diagnostic[] = [];
  const note = (code: string, message: Sentence): void => {
    notes.push({ severity: 'info', code, message, node: null });
  };
  const nodes = everyNode(original);
  const foldedByRuntime = Math.max(0, nodes.filter(isBatchNormalization).length - left.norms);
  const foldedBefore = foldedByRuntime + count.before;
  if (foldedBefore > 0) note('batchnorm-folded', say('normFoldedBefore', { count: foldedBefore }));
  if (count.behind > 0) {
    note('batchnorm-folded', say('normFoldedBehind', { count: count.behind }));
  }
  for (const { norm, layer, lossDb } of kept) {
    note('batchnorm-kept', say('normKept', { norm: norm.name, layer: layer.name, loss: lossDb.toFixed(1) }));
  }
  const simplified = nodes.length - left.nodes - foldedByRuntime;
  if (simplified > 0) note('graph-simplified', say('foldedByRuntime', { count: simplified }));
  return notes;
}

const isHalf = ({ dataType }: TensorProto): boolean => dataType === dataTypes.float16.number;

/** A model of half floats in float32; null for any other, and where it cannot be had. */
async function widen(source: ModelProto, original: SourceModel): Promise<WidenedHalves | null> {
  const isDeclared = source.graph!.output.every(({ type }) => type !== undefined);
  const known = widenHalves(source, original.folder);
  if (known === null || isDeclared) return known;
  // What is handed out without a type is what ONNX Runtime finds it to be.
  const session = await openSession(encodeModel(source), {
    threads: 1,
    optimization: 'disabled',
    sourcePath: original.path,
    config: externalFolderConfig(original),
  });
  const halves = session.outputs.filter(({ dataType }) => dataType === 'float16').map(({ name }) => name);
  // Of what a sequence holds ONNX Runtime does not tell.
  const isOther = session.outputs.some(({ dataType }) => dataType === 'other');
  await session.release();
  if (isOther) return null;
  return halves.length === 0 ? known : widenHalves(source, original.folder, new Set(halves));
}

/** Smaller tensors are settings, which converters to float16 leave in float32. */
const leastOfWeights = 1024;

function storageOf(source: ModelProto): HalfStorage {
  const isWeight = (tensor: TensorProto): boolean =>
    tensor.dataType === dataTypes.float32.number && tensorElementCount(tensor) >= leastOfWeights;
  return [...tensorsOf(source)].some(isWeight) ? 'exact' : 'close';
}

interface Folding {
  readonly original: SourceModel;
  /** Of the folded model. */
  readonly path: string;
  readonly limitBytes: number;
}

/**
 * Writes the model as ONNX Runtime's basic optimizations leave it, in float32 where it was half floats.
 * @returns the session that did it; `isWidened` is false where ONNX Runtime takes the model in half floats only.
 */
async function fold(source: ModelProto, halves: WidenedHalves | null, folding: Folding) {
  const open = async (proto: ModelProto, sizeBytes: number): Promise<Session> =>
    openSession(encodeModel(proto), {
      threads: 1,
      optimization: 'basic',
      optimizedModelPath: folding.path,
      sourcePath: folding.original.path,
      config: {
        ...externalFolderConfig(folding.original),
        // See joinBiases, which does it under the layer's name.
        'optimization.disable_specified_optimizers': 'MatMulAddFusion',
        ...(sizeBytes > folding.limitBytes || [...tensorsOf(source)].some(isExternal)
          ? {
              'session.optimized_model_external_initializers_file_name': 'prepared.onnx.data',
              'session.optimized_model_external_initializers_min_size_in_bytes': '4096',
            }
          : {}),
      },
    });
  const { sizeBytes } = folding.original;
  if (halves !== null) {
    try {
      return { session: await open(halves.proto, 2 * sizeBytes), isWidened: true };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return { session: await open(source, sizeBytes), isWidened: false };
}

/**
 * Folds constants and BatchNormalization by ONNX Runtime's own basic optimizations, into `workFolder`, then what
 * BatchNormalization it leaves.
 * Tensor names survive them, which is how every later figure finds its way back to the user's layer. The prepared model
 * never refers to a file of the user's: its weights are in it, or in a file beside it.
 * @param limitBytes above which ONNX Runtime keeps weights beside the prepared model, for protobuf ends at 2 GiB.
 * @throws AppError `model-malformed`, `model-unsupported`.
 */
export async function prepareModel(
  modelPath: string,
  workFolder: string,
  limitBytes = inlineLimitBytes,
): Promise<PreparedModel> {
  const original = await readSourceModel(modelPath, limitBytes);
  refuseSharedNames(modelPath, original.proto.graph!);
  assertNotEmpty(original.proto.graph!);
  const diagnostics: Diagnostic[] = [];
  const note = (code: string, message: Sentence): void => {
    diagnostics.push({ severity: 'info', code, message, node: null });
  };
  const opset = opsetVersion(original.proto);
  const { named } = nameNodes(original.proto.graph!);
  refuseMissingOutputs(modelPath, original.proto.graph!);
  refuseEmptyFilters(modelPath, original.proto.graph!);
  if (named > 0) note('nodes-named', say('nodesNamed', { count: named }));
  if (opset < oldestOpset) {
    diagnostics.push({
      severity: 'warning',
      code: 'opset-old',
      message: say('opsetOld', { opset, oldest: oldestOpset }),
      node: null,
    });
  }
  // What could still be overridden at run time is no constant, and ONNX Runtime would fold nothing of it.
  const { proto: source, fixedCount } = fixInputs(original.proto);
  if (fixedCount > 0) note('inputs-fixed', say('inputsFixed', { count: fixedCount }));
  if (original.proto.irVersion < source.irVersion) {
    note(
      'ir-version-raised',
      say('irRaised', { version: Number(original.proto.irVersion), to: Number(source.irVersion) }),
    );
  }
  const preparedPath = join(workFolder, 'prepared.onnx');
  const halves = await widen(source, original);
  const opened = await fold(source, halves, { original, path: preparedPath, limitBytes });
  const { session, isWidened } = opened;
  if (isWidened) note('float16-widened', say('float16Widened'));
  else if (halves !== null || [...tensorsOf(source)].some(isHalf)) note('float16-kept', say('float16Kept'));
  const declared = original.proto.graph!;
  const [inputs, outputs] = [
    markShapeless(session.inputs, declared.input),
    markShapeless(session.outputs, declared.output),
  ];
  await session.release();
  const halfStorage = isWidened ? storageOf(source) : undefined;
  const prepared: OnnxModel = { ...(await readModel(preparedPath)), halfStorage };
  const graph = prepared.proto.graph!;
  nameNodes(graph);
  trimOutputs(graph);
  shareConstants(graph);
  pruneOpsets(prepared.proto);

  pruneInitializers(graph);
  const leftByRuntime = everyNode(graph);
  await joinBiases(prepared);
  const folds = foldBatchNorms(prepared);
  pruneInitializers(graph);
  const putIn = isWidened ? halves!.castCount : 0;
  diagnostics.push(
    ...describeFolds(
      original.proto.graph!,
      { nodes: leftByRuntime.length - putIn, norms: leftByRuntime.filter(isBatchNormalization).length },
      folds,
    ),
  );
  const isChanged = fixedCount > 0 || !hasSameNodes(original.proto.graph!, graph);
  return { original, prepared, isChanged, inputs, outputs, diagnostics };
}
