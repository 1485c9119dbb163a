import type { Reason } from '../../../shared/engine-texts/say.ts';
import type { Precision } from '../../../shared/precision.ts';
import type { SchemeName } from '../../../shared/schemes.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { NodePlan, TensorPlans, WeightPlan, WeightRangeKind } from '../2-plan/quantization-plan.ts';
import type { Choice } from './choice.ts';
import type { GraphDraft } from '../4-quantize/graph-draft.ts';
import type { Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';

/** What a plan is made of. */
export interface PlanOptions {
  readonly recipe: Recipe;
  readonly weightRange: WeightRangeKind;
  /** Layers that need not round what they multiply by packed weights do not. */
  readonly exactInputs?: boolean;
  /** Nodes measurement decided to keep in float: name to reason. */
  readonly keepFloat: ReadonlyMap<string, Reason>;
}

export interface SchemeRequest extends PlanOptions {
  readonly graph: Graph;
  readonly shapes: Shapes;
  /** Why a node must not have this scheme, whatever it could do: the recipe says so, or measurement. Empty when it may. */
  readonly refusal: (node: NodeProto) => Reason;
  /** True for a node that the recipe asks for by name or type: it gets what is usually not worth it. */
  readonly isNamed: (node: NodeProto) => boolean;
  /** What other schemes have planned already. */
  readonly taken: ReadonlyMap<NodeProto, NodePlan>;
}

export interface SchemePlan {
  /** Nodes it takes. */
  readonly nodes: ReadonlyMap<NodeProto, NodePlan>;
  /** Why it leaves the others in float. */
  readonly reasons: ReadonlyMap<NodeProto, Reason>;
  /** Of a scheme that stores activations. */
  readonly tensors?: TensorPlans;
  /** Nodes that must stay in float whatever their scheme: they work on what was selected. */
  readonly behindSelection?: ReadonlySet<NodeProto>;
}

/**
 * One way to store a graph's nodes in fewer bits. Schemes compose in one graph: each plans its own nodes, and hands out what other
 * nodes read under the name that the prepared graph has for it.
 */
export interface Scheme {
  readonly name: SchemeName;
  /** ONNX Runtime's kernels that a node of each type must become; types that are not named have none of their own. */
  readonly kernels: Readonly<Record<string, readonly string[]>>;
  readonly plan: (request: SchemeRequest) => SchemePlan;
  /** What it leaves to measurement. */
  readonly choices: readonly Choice[];
  /** Puts a node into the new graph, and what was stored for it into `draft.stored`. */
  readonly emit: (draft: GraphDraft, node: NodeProto, planned: NodePlan) => void;
}

/** What a scheme makes of one node by itself: why not, or how. */
export type NodeRule = (
  node: NodeProto,
  request: SchemeRequest,
) => Reason | { readonly precision: Precision; readonly weight: WeightPlan; readonly bias: string | null };

/** The plan of a scheme that looks at each node by itself. */
export function planEach(request: SchemeRequest, rule: NodeRule): SchemePlan {
  const nodes = new Map<NodeProto, NodePlan>();
  const reasons = new Map<NodeProto, Reason>();
  for (const node of request.graph.nodes) {
    const refusal = request.refusal(node);
    const found = refusal === '' ? rule(node, request) : refusal;
    if (typeof found === 'string') reasons.set(node, found);
    else nodes.set(node, { node: node.name, opType: node.opType, foldedInto: null, reason: '', ...found });
  }
  return { nodes, reasons };
}
