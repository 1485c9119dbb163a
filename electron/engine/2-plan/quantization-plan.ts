import type { Reason } from '../../../shared/engine-texts/say.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Precision } from '../../../shared/precision.ts';
import { isReduced } from '../../../shared/precision.ts';
import type { Selection } from '../1-analyze/find-selection.ts';
import { attributeInt } from '../onnx/attributes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import type { Ends } from './deciding-tensors.ts';
import { isLookup } from '../graph/ops/layouts.ts';

/** See the recipe's `reducedRange`. */
export type WeightRangeKind = 'int8' | 'int8-reduced' | 'int8-pairs';

export interface WeightPlan {
  readonly tensor: string;
  /** Channel axis of the scales; null for one scale. */
  readonly axis: number | null;
  readonly range: WeightRangeKind;
  /** The table that this weight is the transpose of: both are stored once, as the table is. */
  readonly transposeOf?: string;
  /** Of a table that is also the weight of a layer: the node whose integers and scales are looked up. */
  readonly sharedWith?: string;
}

export interface NodePlan {
  readonly node: string;
  readonly opType: string;
  /** What it is to be stored and computed in. */
  readonly precision: Precision;
  /** The node that does its work as well, by the range of what it hands out; null for most. */
  readonly foldedInto: string | null;
  /** Why it stays float, or into which node it was folded; empty for all others. */
  readonly reason: Reason;
  readonly weight: WeightPlan | null;
  readonly bias: string | null;
}

/** True for a node that the new graph has, in fewer bits. */
export function isPlanned({ precision, foldedInto }: NodePlan): boolean {
  return isReduced(precision) && foldedInto === null;
}

/** True for a node that is planned and reads or hands out tensors of 8 bits, whose ranges calibration finds. */
export function isStatic(plan: NodePlan): boolean {
  return plan.precision.scheme === 'int8-static' && plan.foldedInto === null;
}

/** True for a node that looks rows up in a table of fewer bits; what it hands out is float. */
export function isStoredLookup(node: NodePlan): boolean {
  return isLookup(node) && node.weight !== null;
}

/** Along which axis of a matrix a Gather looks up. */
export function lookupAxis(node: NodeProto): number {
  return (attributeInt(node, 'axis', 0) + 2) % 2;
}

/** One activation tensor that is stored in 8 bits. Tensors of one group share scale and zero point. */
export interface TensorPlan {
  readonly tensor: string;
  /** The tensor whose calibrated range the whole group uses. */
  readonly group: string;
}

/** A group of activations that decides what the model says, and where its values end. */
export interface DecidingGroup extends Ends {
  readonly group: string;
}

/** What is decided about tensors, besides what is decided about nodes. */
export interface TensorPlans {
  readonly tensors: readonly TensorPlan[];
  /** Tensors whose values must be observed in calibration: the groups. */
  readonly observe: readonly string[];
  /** Those of them whose ranges allow for samples that calibration does not see. */
  readonly deciding: readonly DecidingGroup[];
  /** Weights that are transposes of tables, with the table's name: what float layers read of them is stored once as well. */
  readonly transposed: readonly { readonly weight: string; readonly table: string }[];
  /** Where both models are compared when their outputs cannot be; null when they can. */
  readonly selection: Selection | null;
}

/** Every decision of the quantizer as data: printed by `--plan`, applied by `applyPlan`, checked afterwards. */
export interface QuantizationPlan extends TensorPlans {
  readonly activationType: 'uint8' | 'int8';
  /** Operators QuantizeLinear/DequantizeLinear come from the standard set or from com.microsoft (old opsets). */
  readonly form: 'onnx' | 'com.microsoft';
  /** How weights in blocks are written. */
  readonly weightsForm: Recipe['weightsForm'];
  /** One for every node of the prepared graph, in its order. */
  readonly nodes: readonly NodePlan[];
}
