import type { WeightPlan } from '../../2-plan/quantization-plan.ts';
import {
  addInitializer,
  constantDims,
  constantValues,
  contribDomain,
  type GraphDraft,
} from '../../4-quantize/graph-draft.ts';
import { quantizeWeight } from '../../4-quantize/weights.ts';
import { summationOrder } from '../../graph/ops/summation-order.ts';
import { copyMessage } from '../../graph/edit.ts';
import { transposeIntegers } from '../../graph/transposed-constants.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';

/**
 * com.microsoft DynamicQuantizeLSTM (docs/ContribOperators.md of ONNX Runtime): the inputs of LSTM, W and R as integers with rows and
 * columns exchanged (directions x inputs x 4 * hidden), and behind them the scale and zero point of each.
 */
export function addRecurrent(draft: GraphDraft, node: NodeProto, plan: WeightPlan): void {
  const [input, recurrence] = [storeGates(draft, node.input[1]!, plan), storeGates(draft, node.input[2]!, plan)];
  const inputs = [node.input[0]!, input.integers, recurrence.integers, ...node.input.slice(3, 8)];
  while (inputs.length < 8) inputs.push('');
  draft.nodes.push(
    copyMessage(node, {
      opType: 'DynamicQuantizeLSTM',
      domain: contribDomain,
      // It has no layout; only the usual one gets here, which exporters write out.
      attribute: node.attribute.filter(({ name }) => name !== 'layout'),
      input: [...inputs, input.scale, input.zeroPoint, recurrence.scale, recurrence.zeroPoint],
    }),
  );
}

/** @param tensor directions x 4 * hidden x inputs. */
function storeGates(draft: GraphDraft, tensor: string, { axis, range }: WeightPlan) {
  const [directions, gates, inputs] = constantDims(draft, tensor) as [number, number, number];
  const rows = [directions * gates, inputs];
  const scheme = { dims: rows, axis: axis === null ? null : 0, range, order: summationOrder('Gemm', rows, 0) };
  const constant = draft.graph.constants.get(tensor)!;
  const values = () => constantValues(draft, tensor);
  const { data, scales } = quantizeWeight(constant, values, scheme, null, 1, draft.weightCache);
  const exchanged = new Int8Array(data.length);
  for (let direction = 0; direction < directions; direction++) {
    const start = direction * gates * inputs;
    exchanged.set(transposeIntegers(data.subarray(start, start + gates * inputs), gates, inputs), start);
  }
  const dims = axis === null ? [directions] : [directions, gates];
  // One scale in all is that of each direction.
  const ofDirections = axis === null ? new Float32Array(directions).fill(scales[0]!) : scales;
  return {
    integers: addInitializer(draft, `${tensor}_quantized`, {
      dataType: 'int8',
      dims: [directions, inputs, gates],
      data: exchanged,
    }),
    scale: addInitializer(draft, `${tensor}_scale`, { dataType: 'float32', dims, data: ofDirections }),
    zeroPoint: addInitializer(draft, `${tensor}_zero_point`, {
      dataType: 'int8',
      dims,
      data: new Int8Array(ofDirections.length),
    }),
  };
}
