import { say, type Reason } from '../../../../shared/engine-texts/say.ts';
import { floatPrecision, type Precision } from '../../../../shared/precision.ts';
import { isStoredLookup, type NodePlan } from '../../2-plan/quantization-plan.ts';
import { opEntry } from '../../2-plan/op-table.ts';
import { addInitializer, contribDomain, constantValues, type GraphDraft } from '../../4-quantize/graph-draft.ts';
import { setApart } from '../../4-quantize/protect-float.ts';
import { copyMessage, makeNode } from '../../graph/edit.ts';
import { operatorOf, storedIntegerBits } from '../../graph/ops/all.ts';
import { isReadOutside, opsetVersion, type Graph } from '../../graph/graph.ts';
import { findTransposedTables } from '../../graph/transposed-constants.ts';
import { attributeFloat, attributeInt, intAttribute } from '../../onnx/attributes.ts';
import type { NodeProto, TensorProto } from '../../onnx/proto/onnx_pb.js';
import { blocksOpset } from '../../1-analyze/raise-opset.ts';
import { isTableLookup } from '../int8-static/kernel-conditions.ts';
import { planEach, type NodeRule, type Scheme, type SchemeRequest } from '../scheme.ts';
import { weightRounding } from '../weight-choices.ts';
import { exactInputs, tables } from './choices.ts';
import { packedBytes, type PackedFormat } from './round-blocks.ts';
import { addBlockedWeight } from './store-blocked.ts';
import { formatOf, rowsOf, storeMatrix, storeRows } from './store-packed.ts';

/** What differs between the two. */
interface PackedScheme {
  readonly name: 'int4-weights' | 'int2-weights';
  readonly bits: 2 | 4;
  /** Blocks that ONNX Runtime has a fast kernel for; in others it makes floats of the weights in each run. */
  readonly fastBlocks: readonly number[];
  /** It has one for inputs that are not rounded, too. */
  readonly takesExactInputs: boolean;
}

/** Inputs are rounded to 8 bits in each run. */
const roundedLevel = 4;
/** They are read as they are: for 4 bits at about a third of the speed; for 2 bits there is no fast kernel. */
const exactLevel = 0;

/**
 * Weights in a few bits, a scale and a zero point for each block of them, which ONNX Runtime's own operators multiply by as they
 * are. For float32 matrices that are multiplied by or looked up in: nothing else has a kernel.
 */
function createPackedScheme({ name, bits, fastBlocks, takesExactInputs }: PackedScheme): Scheme {
  const rule: NodeRule = (node, request) => {
    const format = { bits, block: request.recipe.blockSize };
    const reason = refuse(node, request, format, fastBlocks);
    if (reason !== '') return reason;
    const isTable = node.opType === 'Gather';
    const isPortable = request.recipe.weightsForm === 'dequantize';
    if (isPortable && isTable) return tableInBytes(node);
    const axis = isTable || attributeInt(node, 'transB', 0) !== 0 ? 0 : 1;
    const precision: Precision = {
      ...floatPrecision,
      scheme: name,
      weights: { type: `uint${bits}`, axis, block: format.block, symmetric: false },
      activations:
        isTable || (takesExactInputs && !isPortable && request.exactInputs === true)
          ? null
          : { type: 'int8', axis: null, block: format.block, symmetric: true, when: 'dynamic' },
    };
    const bias = node.opType === 'Gemm' ? node.input[2] || null : null;
    const tensor = node.input[isTable ? 0 : 1]!;
    const layer = isTable ? layerTiedTo(tensor, request.graph) : undefined;
    const shared = layer === undefined ? {} : { sharedWith: layer };
    return { precision, weight: { tensor, axis, range: 'int8', ...shared }, bias };
  };
  return {
    name,
    kernels: { MatMul: ['MatMulNBits'], Gemm: ['MatMulNBits'], Gather: ['GatherBlockQuantized'] },
    plan: (request) => planEach(request, rule),
    choices: [tables, exactInputs, weightRounding],
    emit: addWeight,
  };
}

export const int4Weights = createPackedScheme({
  name: 'int4-weights',
  bits: 4,
  fastBlocks: [16, 32, 64, 128, 256],
  takesExactInputs: true,
});
export const int2Weights = createPackedScheme({
  name: 'int2-weights',
  bits: 2,
  fastBlocks: [32, 64, 128],
  takesExactInputs: false,
});

/** A layer that multiplies by a table that rows are looked up in, or by its transpose. */
function layerTiedTo(table: string, graph: Graph): string | undefined {
  const tied = new Set([...findTransposedTables(graph)].filter(([, of]) => of === table).map(([name]) => name));
  const reads = (node: NodeProto): boolean => node.input[1] === table || tied.has(node.input[1] ?? '');
  return graph.nodes.find((node) => (node.opType === 'Gemm' || node.opType === 'MatMul') && reads(node))?.name;
}

/** ONNX looks nothing up in blocks, and to make floats of a whole table for some rows would take as long in every run. */
function tableInBytes(node: NodeProto): ReturnType<NodeRule> {
  const weights = { type: 'int8', axis: 1, block: null, symmetric: true } as const;
  const weight = { tensor: node.input[0]!, axis: 1, range: 'int8' } as const;
  return { precision: { ...floatPrecision, scheme: 'int8-weights', weights }, weight, bias: null };
}

/** Why weights cannot be written with ONNX's own operators; empty where they can, or need not. */
function refusePortable({ graph, recipe }: SchemeRequest, bits: number): Reason {
  if (recipe.weightsForm !== 'dequantize') return '';
  if (bits !== 4) return say('noPortableBlocks', { bits });
  const opset = opsetVersion(graph.model);
  return opset < blocksOpset ? say('blocksNeedOpset', { opset, from: blocksOpset }) : '';
}

/** Why a node's weight cannot be stored in blocks; empty when it can. */
function refuse(node: NodeProto, request: SchemeRequest, format: PackedFormat, fastBlocks: readonly number[]): Reason {
  const { graph, shapes } = request;
  const entry = opEntry(node.domain, node.opType);
  const isTable = entry !== null && isTableLookup(node, entry, graph);
  const bits = storedIntegerBits(node);
  if (bits !== null) return say('alreadyInteger', { bits });
  if (!isTable && (entry === null || (node.opType !== 'MatMul' && node.opType !== 'Gemm'))) {
    const hasWeights = node.input.some((name) => (graph.constants.get(name)?.dims.length ?? 0) > 1);
    return hasWeights && operatorOf(node) !== null
      ? say('noPackedKernel', { op: node.opType, bits: format.bits })
      : say('noWeights');
  }
  const unportable = refusePortable(request, format.bits);
  if (unportable !== '') return unportable;
  if (!isTable && graph.constants.has(node.input[0]!)) return say('constantFirst');
  const constant = graph.constants.get(node.input[isTable ? 0 : 1]!);
  if (constant === undefined) return say('weightComputed');
  if (constant.dataType !== 1) return say('weightNotFloat32');
  if (constant.dims.length < 2) return say('weightVector');
  if (constant.dims.length > 2) return say('weightNoMatrix');
  const inputType = shapes.get(node.input[0]!)?.dataType ?? 'float32';
  if (!isTable && inputType !== 'float32') return say('inputNotFloat32', { type: inputType });
  const packsToo = (user: NodeProto): boolean =>
    user.opType === 'Gemm' && request.refusal(user) === '' && refuse(user, request, format, fastBlocks) === '';
  const reason = isTable
    ? refuseTable(node, constant, graph, format, packsToo)
    : refuseProduct(node, format, fastBlocks);
  if (reason !== '') return reason;
  const rows = rowsOf(node, constant);
  return packedBytes(rows, format) < 4 * rows.rows * rows.columns ? '' : say('blocksTooLarge', { block: format.block });
}

function refuseProduct(node: NodeProto, { bits, block }: PackedFormat, fastBlocks: readonly number[]): Reason {
  if (!fastBlocks.includes(block)) {
    return say('noFastBlocks', { bits, block });
  }
  if (node.opType !== 'Gemm') return '';
  const plain = { transA: attributeInt(node, 'transA', 0) === 0, alpha: attributeFloat(node, 'alpha', 1) === 1, beta: (node.input[2] ?? '') === '' || attributeFloat(node, 'beta', 1) === 1 }; // prettier-ignore
  const other = Object.entries(plain).find(([, isPlain]) => !isPlain);
  return other === undefined ? '' : say('notOfMatMulNBits', { name: other[0] });
}

/** @param packsToo a layer that multiplies by the table, and has it packed as well. */
function refuseTable(
  node: NodeProto,
  { dims }: TensorProto,
  graph: Graph,
  { bits }: PackedFormat,
  packsToo: (user: NodeProto) => boolean,
): Reason {
  const tensor = node.input[0]!;
  if (attributeInt(node, 'axis', 0) !== 0) return say('looksUpColumns');
  if ((Number(dims[1]) * bits) % 8 !== 0) return say('rowsOfPartialBytes', { count: Number(dims[1]) });
  const others = (graph.consumers.get(tensor) ?? []).filter((user) => user.opType !== 'Gather');
  if (others.some((user) => !packsToo(user)) || isReadOutside(tensor, graph)) {
    return say('tableShared');
  }
  return '';
}

function addWeight(draft: GraphDraft, node: NodeProto, planned: NodePlan): void {
  if (draft.plan.weightsForm === 'matmulnbits') addPacked(draft, node, planned);
  else addBlocked(draft, node, planned);
}

/** The product as it is, of a weight that DequantizeLinear makes floats of; ONNX Runtime makes MatMulNBits of both. */
function addBlocked(draft: GraphDraft, node: NodeProto, { precision, bias }: NodePlan): void {
  draft.stored.set(node.name, precision);
  draft.rounded.push(node.output[0]!);
  noteRoundedInputs(draft);
  const weight = addBlockedWeight(draft, node, formatOf(precision));
  const [input] = setApart(draft, node).input;
  // ONNX Runtime fuses no weight that is transposed, and would make floats of it in every run.
  const attribute = node.attribute.filter(({ name }) => name !== 'transB');
  const { rows } = rowsOf(node, draft.graph.constants.get(node.input[1]!)!);
  // Nor one with a bias of two dimensions.
  const added = bias === null ? [] : [storeBias(draft, bias, rows) ?? bias];
  // Nor one whose product is rounded at once.
  const [made] = node.output as [string];
  const isRounded = draft.groups.has(made);
  const output = isRounded ? draft.newName(`${made}_product`) : made;
  draft.nodes.push(copyMessage(node, { input: [input!, weight, ...added], output: [output], attribute }));
  if (isRounded) draft.nodes.push(makeNode('Max', draft.newName(`${node.name}_Max`), [output], [made]));
}

function addPacked(draft: GraphDraft, node: NodeProto, planned: NodePlan): void {
  const format = formatOf(planned.precision);
  draft.stored.set(node.name, planned.precision);
  draft.rounded.push(node.output[0]!);
  const attributes = [intAttribute('bits', format.bits), intAttribute('block_size', format.block)];
  if (isStoredLookup(planned)) {
    const { integers, scale, zeroPoint } = storeRows(draft, node, format);
    const inputs = [integers, node.input[1]!, scale, zeroPoint];
    attributes.push(intAttribute('gather_axis', 0), intAttribute('quantize_axis', 1));
    draft.nodes.push(makeNode('GatherBlockQuantized', node.name, inputs, node.output, attributes, contribDomain));
    return;
  }
  const isRounded = planned.precision.activations !== null;
  if (isRounded) noteRoundedInputs(draft);
  const { rows, columns } = rowsOf(node, draft.graph.constants.get(node.input[1]!)!);
  const { integers, scale, zeroPoint } = storeMatrix(draft, node, format);
  attributes.push(
    intAttribute('K', columns),
    intAttribute('N', rows),
    intAttribute('accuracy_level', isRounded ? roundedLevel : exactLevel),
  );
  const inputs = [node.input[0]!, integers, scale, zeroPoint];
  const bias = planned.bias === null ? null : storeBias(draft, planned.bias, rows);
  if (bias !== null) inputs.push('', bias);
  const isAdded = planned.bias !== null && bias === null;
  const output = isAdded ? draft.newName(`${node.output[0]!}_product`) : node.output[0]!;
  draft.nodes.push(makeNode('MatMulNBits', node.name, inputs, [output], attributes, contribDomain));
  if (!isAdded) return;
  draft.nodes.push(makeNode('Add', draft.newName(`${node.name}_Add`), [output, planned.bias], [node.output[0]!]));
}

function noteRoundedInputs({ diagnostics }: GraphDraft): void {
  if (diagnostics.some(({ code }) => code === 'inputs-rounded')) return;
  diagnostics.push({
    severity: 'info',
    code: 'inputs-rounded',
    message: say('inputsRounded', { level: roundedLevel }),
    node: null,
  });
}

/** A bias of one value a column, as MatMulNBits adds it; null for one that is computed, or of other dimensions. */
function storeBias(draft: GraphDraft, name: string, columns: number): string | null {
  const dims = draft.graph.constants.get(name)?.dims.map(Number);
  if (dims === undefined || dims.at(-1) !== columns || dims.some((dim, axis) => axis < dims.length - 1 && dim !== 1)) {
    return null;
  }
  if (dims.length === 1) return name;
  return addInitializer(draft, `${name}_row`, {
    dataType: 'float32',
    dims: [columns],
    data: constantValues(draft, name),
  });
}
