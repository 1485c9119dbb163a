import { describePrecision, isReduced } from '../../shared/precision.ts';
import { isPlanned, type NodePlan, type QuantizationPlan } from '../engine/2-plan/quantization-plan.ts';
import { dim } from './output.ts';
import { renderTable } from './tables.ts';

/** What would be done to every node, in the order of the graph. */
export function renderPlan(plan: QuantizationPlan): string {
  const count = (counts: (node: NodePlan) => boolean) => plan.nodes.filter(counts).length;
  const table = renderTable(
    [
      { title: 'node', fill: true },
      { title: 'op' },
      { title: 'plan' },
      { title: 'weights', leaveOut: 1 },
      { title: 'why', fill: true },
    ],
    plan.nodes.map((node) => [
      node.node,
      node.opType,
      node.foldedInto === null ? describePrecision(node.precision) : 'folded',
      node.weight === null ? '' : node.weight.axis === null ? 'one scale' : `scales on axis ${node.weight.axis}`,
      node.reason,
    ]),
  );
  const operators = plan.form === 'onnx' ? 'standard operators' : 'com.microsoft operators (old opset)';
  return [
    table,
    '',
    `${count(isPlanned)} low-bit nodes, ${count(({ foldedInto }) => foldedInto !== null)} folded into others, ${count(({ precision }) => !isReduced(precision))} float; ` +
      `${plan.activationType} activations, ${plan.observe.length} ranges to calibrate; ${operators}`,
    dim('The search may keep more layers in float: see the candidates of the run.'),
  ].join('\n');
}
