import type { WeightPlan } from '../../2-plan/quantization-plan.ts';
import { roundLayerWeight } from '../../4-quantize/dequantize-weights.ts';
import { addInitializer, constantDims, type GraphDraft, type StoredTensor } from '../../4-quantize/graph-draft.ts';
import { copyMessage, makeNode } from '../../graph/edit.ts';
import { transposeIntegers } from '../../graph/transposed-constants.ts';
import { attributeInt, intAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';

/** A tensor rounded to uint8 by the range it has in a run; once for all nodes that read it. */
function quantizeInRun(draft: GraphDraft, tensor: string): StoredTensor {
  const known = draft.quantizedInRun.get(tensor);
  if (known !== undefined) return known;
  const name = (suffix: string): string => draft.newName(`${tensor}_${suffix}`);
  const stored = { integers: name('in_run'), scale: name('in_run_scale'), zeroPoint: name('in_run_zero_point') };
  draft.nodes.push(
    makeNode(
      'DynamicQuantizeLinear',
      name('DynamicQuantizeLinear'),
      [tensor],
      [stored.integers, stored.scale, stored.zeroPoint],
    ),
  );
  draft.quantizedInRun.set(tensor, stored);
  return stored;
}

/** A weight in integers, with its scales; both stored once for all nodes that share them. */
function storeProductWeight(draft: GraphDraft, node: NodeProto, weight: WeightPlan): StoredTensor {
  const isTransposed = node.opType === 'Gemm' && attributeInt(node, 'transB', 0) !== 0;
  const key = `${weight.tensor}|in run|${isTransposed}|${weight.axis ?? 'tensor'}|${weight.range}`;
  const known = draft.storedWeights.get(key);
  if (known !== undefined) return known;
  const { data, scales } = roundLayerWeight(draft, node, weight);
  const dims = constantDims(draft, weight.tensor);
  const [rows, columns] = dims as [number, number];
  const scaleDims = weight.axis === null ? [] : [scales.length];
  const base = weight.tensor;
  const stored = {
    integers: addInitializer(draft, `${base}_quantized`, {
      dataType: 'int8',
      dims: isTransposed ? [columns, rows] : dims,
      data: isTransposed ? transposeIntegers(data, rows, columns) : data,
    }),
    scale: addInitializer(draft, `${base}_scale`, { dataType: 'float32', dims: scaleDims, data: scales }),
    zeroPoint: addInitializer(draft, `${base}_zero_point`, {
      dataType: 'int8',
      dims: scaleDims,
      data: new Int8Array(scales.length),
    }),
  };
  draft.storedWeights.set(key, stored);
  return stored;
}

/** Integers multiplied, then float: scale of the input times scales of the weight, and the bias. */
function addScaled(
  draft: GraphDraft,
  node: NodeProto,
  product: NodeProto,
  { input, weight, bias }: { readonly input: StoredTensor; readonly weight: StoredTensor; readonly bias: string },
): void {
  const name = (suffix: string): string => draft.newName(`${node.name}_${suffix}`);
  const [integers, values, scales] = [product.output[0]!, name('values'), name('scales')];
  const scaled = bias === '' ? node.output[0]! : name('scaled');
  draft.nodes.push(
    makeNode('Mul', name('scales_mul'), [input.scale, weight.scale], [scales]),
    product,
    makeNode('Cast', name('cast'), [integers], [values], [intAttribute('to', 1)]),
    makeNode('Mul', name('scale_mul'), [values, scales], [scaled]),
  );
  if (bias !== '') draft.nodes.push(makeNode('Add', name('bias_add'), [scaled, bias], [node.output[0]!]));
}

/** MatMul, or Gemm with neither factor, of a weight: rows are rounded in each run. */
export function addProduct(draft: GraphDraft, node: NodeProto, plan: WeightPlan): void {
  const input = quantizeInRun(draft, node.input[0]!);
  const weight = storeProductWeight(draft, node, plan);
  const product = makeNode(
    'MatMulInteger',
    node.name,
    [input.integers, weight.integers, input.zeroPoint, weight.zeroPoint],
    [draft.newName(`${node.name}_integers`)],
  );
  const bias = node.opType === 'Gemm' ? (node.input[2] ?? '') : '';
  addScaled(draft, node, product, { input, weight, bias });
}

/** A convolution in integers, with one scale in all, for ConvInteger takes one zero point. */
export function addConvolution(draft: GraphDraft, node: NodeProto, plan: WeightPlan): void {
  const input = quantizeInRun(draft, node.input[0]!);
  const weight = storeProductWeight(draft, node, plan);
  const product = copyMessage(node, {
    opType: 'ConvInteger',
    input: [input.integers, weight.integers, input.zeroPoint, weight.zeroPoint],
    output: [draft.newName(`${node.name}_integers`)],
  });
  addScaled(draft, node, product, { input, weight, bias: biasOfMaps(draft, node) });
}

/** The bias of a convolution with a dimension of one for each of the map's, so that it is added to each place. */
function biasOfMaps(draft: GraphDraft, node: NodeProto): string {
  const bias = node.input[2] ?? '';
  if (bias === '') return '';
  const spatial = constantDims(draft, node.input[1]!).length - 2;
  const shape = [1n, -1n, ...Array.from({ length: spatial }, () => 1n)];
  const name = draft.newName(`${bias}_of_maps`);
  const dims = addInitializer(draft, `${name}_shape`, {
    dataType: 'int64',
    dims: [shape.length],
    data: BigInt64Array.from(shape),
  });
  draft.nodes.push(makeNode('Reshape', draft.newName(`${node.name}_bias`), [bias, dims], [name]));
  return name;
}
