import type { QuantizationPlan } from '../engine/2-plan/plan.ts';
import { dim } from './output.ts';
import { renderTable } from './tables.ts';

/** What would be done to every node, in the order of the graph. */
export function renderPlan(plan: QuantizationPlan): string {
  const count = (mode: QuantizationPlan['nodes'][number]['mode']) =>
    plan.nodes.filter((node) => node.mode === mode).length;
  const table = renderTable(
    [
      { title: 'node', fill: true },
      { title: 'op' },
      { title: 'plan' },
      { title: 'weights' },
      { title: 'why', fill: true },
    ],
    plan.nodes.map((node) => [
      node.node,
      node.opType,
      node.mode,
      node.weight === null ? '' : node.weight.axis === null ? 'one scale' : `scales on axis ${node.weight.axis}`,
      node.reason,
    ]),
  );
  const operators = plan.form === 'onnx' ? 'standard operators' : 'com.microsoft operators (old opset)';
  return [
    table,
    '',
    `${count('int8')} nodes int8, ${count('folded')} folded into others, ${count('float')} float; ` +
      `${plan.activationType} activations, ${plan.observe.length} ranges to calibrate; ${operators}`,
    dim('The search of the recipe may keep more layers in float: see the candidates of the run.'),
  ].join('\n');
}
