import { lookupAxis, type NodePlan, type WeightPlan } from '../../2-plan/quantization-plan.ts';
import { storeSharedTable, storeTable } from '../../4-quantize/dequantize-weights.ts';
import {
  addDequantizeLinear,
  addInitializer,
  constantDims,
  type GraphDraft,
  type StoredTensor,
} from '../../4-quantize/graph-draft.ts';
import { quantizationParametersOf } from '../../4-quantize/quantize-activations.ts';
import { copyMessage, makeNode } from '../../graph/edit.ts';
import { opsetVersion } from '../../graph/graph.ts';
import { intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';

/** Looks rows up in integers and converts only those: the table is stored and read in 8 bits. */
export function addLookup(draft: GraphDraft, node: NodeProto, { precision, ...planned }: NodePlan): void {
  const weight = planned.weight!;
  draft.stored.set(node.name, precision);
  const table = sharedTable(draft, weight) ?? storeTable(draft, weight);
  const output = node.output[0]!;
  draft.rounded.push(output);
  const rows = draft.newName(`${output}_quantized`);
  draft.nodes.push(copyMessage(node, { input: [table.integers, ...node.input.slice(1)], output: [rows] }));
  const rank = constantDims(draft, weight.tensor).length;
  const along = rank === 2 ? lookupAxis(node) : 0;
  if (weight.axis === along) {
    scaleRows(draft, node, { rows, scale: table.scale, behind: rank - 1 - along });
    return;
  }
  // Indices may have any number of dimensions, so what lies behind theirs is counted from the end.
  const axis = weight.axis === null || weight.axis < along ? weight.axis : weight.axis - rank;
  addDequantizeLinear(draft, output, { ...table, integers: rows }, axis, output);
}

/** The integers of a layer that multiplies by the table. */
function sharedTable(draft: GraphDraft, { tensor, sharedWith }: WeightPlan): StoredTensor | null {
  const layer = draft.graph.nodes.find(({ name }) => name === sharedWith);
  const layerPlan = draft.planned.get(sharedWith ?? '');
  if (layer === undefined || layerPlan?.weight == null) return null;
  const { scale } = quantizationParametersOf(draft, layer.input[0]!);
  return storeSharedTable(draft, tensor, layer, { ...layerPlan, weight: layerPlan.weight }, scale);
}

/** Converts rows that have a scale each, as the channels of the layer that shares the table: the scales are looked up too. */
function scaleRows(
  draft: GraphDraft,
  node: NodeProto,
  { rows, scale, behind }: { readonly rows: string; readonly scale: string; readonly behind: number },
): void {
  const output = node.output[0]!;
  const name = (suffix: string): string => draft.newName(`${output}_${suffix}`);
  const [scales, wide, values] = [name('scales'), name('scales_wide'), name('unscaled')];
  const attribute = node.attribute.filter((entry) => entry.name !== 'axis');
  draft.nodes.push(
    copyMessage(node, {
      name: name('GatherScales'),
      input: [scale, ...node.input.slice(1)],
      output: [scales],
      attribute,
    }),
    makeNode('Cast', name('Cast'), [rows], [values], [intAttribute('to', 1)]),
  );
  if (behind > 0) draft.nodes.push(unsqueezeEnd(draft, scales, wide, name('Unsqueeze')));
  draft.nodes.push(makeNode('Mul', name('Mul'), [values, behind > 0 ? wide : scales], [output]));
}

/** A node that adds a dimension of one behind the others. */
function unsqueezeEnd(draft: GraphDraft, input: string, output: string, name: string): NodeProto {
  if (opsetVersion(draft.graph.model) < 13) {
    return makeNode('Unsqueeze', name, [input], [output], [intsAttribute('axes', [-1])]);
  }
  const axes = addInitializer(draft, `${name}_axes`, { dataType: 'int64', dims: [1], data: BigInt64Array.of(-1n) });
  return makeNode('Unsqueeze', name, [input, axes], [output]);
}
