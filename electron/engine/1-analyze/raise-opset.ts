import { say } from '../../../shared/engine-texts/say.ts';
import { create } from '@bufbuild/protobuf';
import type { Diagnostic } from '../../../shared/run.ts';
import { createNamer, subgraphsOfGraph } from '../graph/edit.ts';
import { opsetVersion } from '../graph/graph.ts';
import {
  OperatorSetIdProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from '../onnx/proto/onnx_pb.js';
import { makeTensor } from '../onnx/tensor-proto.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Shapes } from '../graph/shapes.ts';
import { changesOf, understoodFrom, type Change } from './opset-changes.ts';

/** The opset that brought per-channel QuantizeLinear and DequantizeLinear. */
export const perChannelOpset = 13;
/** The opset that brought QLinearConv and QLinearMatMul: below it ONNX Runtime cannot fuse to them. */
export const integerOpset = 10;
/** The opset that brought blocks of one scale to DequantizeLinear, and tensors of 4 bits. */
export const blocksOpset = 21;

const isStandard = (node: NodeProto): boolean => node.domain === '' || node.domain === 'ai.onnx';

const changesBetween = (node: NodeProto, from: number, to: number): readonly Change[] =>
  isStandard(node) ? changesOf(node.opType, from, to) : [];

interface Raise {
  readonly from: number;
  readonly to: number;
  readonly shapes: Shapes;
  readonly areFixed: boolean;
}

function canRaise(node: NodeProto, { from, to, shapes, areFixed }: Raise): boolean {
  if (!isStandard(node)) return true;
  const since = understoodFrom(node.opType, to);
  if (since === undefined || from < since) return false;
  return changesBetween(node, from, to).every(
    ({ accepts }) => accepts === undefined || accepts(node, shapes, areFixed),
  );
}

function rewriteNodes(graph: GraphProto, from: number, to: number, shapes: Shapes): void {
  const namer = createNamer(graph);
  const addConstant = (node: NodeProto, part: string, value: Tensor): string => {
    const name = namer(`${node.name}_${part}`);
    graph.initializer.push(makeTensor(name, value));
    return name;
  };
  for (const node of graph.node) {
    for (const { rewrite } of changesBetween(node, from, to)) rewrite(node, { addConstant, shapes });
  }
}

/** Whether all sizes but the first, the batch, are numbers. */
function hasFixedSizes({ type }: ValueInfoProto): boolean {
  const dims = type?.value.case === 'tensorType' ? type.value.value.shape?.dim : undefined;
  return dims !== undefined && dims.slice(1).every(({ value }) => value.case === 'dimValue' && value.value > 0n);
}

/** The first node of the main graph that does not mean the same at opset `to`. */
export function findBlocking(model: ModelProto, shapes: Shapes, to: number): NodeProto | undefined {
  const graph = model.graph!;
  const from = opsetVersion(model);
  const areFixed = graph.input.every(hasFixedSizes);
  return graph.node.find((node) => !canRaise(node, { from, to, shapes, areFixed }));
}

function raisedTo(target: number): 'opsetRaisedBlocks' | 'opsetRaisedPerChannel' | 'opsetRaisedInt8' {
  if (target === blocksOpset) return 'opsetRaisedBlocks';
  return target === perChannelOpset ? 'opsetRaisedPerChannel' : 'opsetRaisedInt8';
}

/**
 * Raises an old model to opset 13, so that per-channel weights can use the standard operators. Where some node cannot be
 * carried there, the quantizer takes the com.microsoft ones, and a model older than opset 10 is raised just as far as it
 * goes. Changes `model` in place, whole or not at all.
 * @param wanted a later one where what is asked for exists in it only; if that is out of reach, the model is raised as without it.
 */
export function raiseOpset(model: ModelProto, shapes: Shapes, wanted = perChannelOpset): Diagnostic[] {
  const opset = opsetVersion(model);
  const graph = model.graph!;
  if (opset >= wanted || model.functions.length > 0 || subgraphsOfGraph(graph).length > 0) return [];
  const blockingAt = (to: number) => findBlocking(model, shapes, to);
  const blocking = blockingAt(wanted);
  const usual = opset < integerOpset ? [13, 12, 11, 10] : [perChannelOpset];
  const targets = [wanted, ...usual.filter((candidate) => candidate > opset && candidate < wanted)];
  const target = targets.find((candidate) => blockingAt(candidate) === undefined);
  const diagnostics: Diagnostic[] = [];
  if (target !== undefined) {
    rewriteNodes(graph, opset, target, shapes);
    model.opsetImport = [
      ...model.opsetImport.filter((entry) => entry.domain !== '' && entry.domain !== 'ai.onnx'),
      create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(target) }),
    ];
    diagnostics.push({
      severity: 'info',
      code: 'opset-raised',
      message: say(raisedTo(target), {
        from: opset,
        to: target,
      }),
      node: null,
    });
  }
  if (blocking !== undefined) {
    diagnostics.push({
      severity: 'info',
      code: 'opset-kept',
      message: say('opsetKept', { opset: target ?? opset, op: blocking.opType, target: wanted }),
      node: blocking.name,
    });
  }
  return diagnostics;
}
