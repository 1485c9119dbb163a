import { integerOpset } from '../../1-analyze/raise-opset.ts';
import { copyMessage, ensureOpset, pruneInitializers } from '../../graph/edit.ts';
import { namesCapturedBy, opsetVersion } from '../../graph/graph.ts';
import { isDequantize, isQuantize } from '../../graph/ops/conversions.ts';
import { attributeInt, intAttribute } from '../../onnx/attributes.ts';
import type { AttributeProto, ModelProto, NodeProto } from '../../onnx/proto/onnx_pb.js';
import { contribDomain, type StoredTensor } from '../../4-quantize/graph-draft.ts';

/*
 * QOperator form: operators that compute with integers by themselves, instead of float operators between DequantizeLinear and
 * QuantizeLinear. QLinearConv and QLinearMatMul are ONNX's own (opset 10); all others are operators of ONNX Runtime
 * (docs/ContribOperators.md).
 */

/** A node between conversions. */
interface Site {
  readonly node: NodeProto;
  /** Integers behind each input, by position; null where it is float, or left out. */
  readonly inputs: readonly (StoredTensor | null)[];
  /** Integers that each output is rounded to, by position; null where it is not rounded, or others read it in float. */
  readonly outputs: readonly (StoredTensor | null)[];
  readonly opset: number;
}

/** The node that says the same in integers, without its name; null where there is none. */
type Form = (site: Site) => Made | null;
interface Made {
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute?: AttributeProto[];
}

const values = ({ integers, scale, zeroPoint }: StoredTensor): string[] => [integers, scale, zeroPoint];
const steps = ({ scale, zeroPoint }: StoredTensor): string[] => [scale, zeroPoint];

const convolution: Form = ({ node, inputs: [input, weight, bias], outputs: [output] }) => {
  const hasBias = (node.input[2] ?? '') !== '';
  if (input == null || weight == null || output == null || (hasBias && bias == null)) return null;
  const summed = hasBias ? [bias!.integers] : [];
  return {
    opType: 'QLinearConv',
    domain: '',
    input: [...values(input), ...values(weight), ...steps(output), ...summed],
    output: [output.integers],
  };
};

/** What is not rounded behind it is handed out in float, as ONNX Runtime's own operator does. */
const product: Form = ({ node, inputs: [left, right], outputs: [output] }) => {
  if (left == null || right == null) return null;
  if (output != null) {
    const input = [...values(left), ...values(right), ...steps(output)];
    return { opType: 'QLinearMatMul', domain: '', input, output: [output.integers] };
  }
  return {
    opType: 'MatMulIntegerToFloat',
    domain: contribDomain,
    input: [left.integers, right.integers, left.scale, right.scale, left.zeroPoint, right.zeroPoint],
    output: node.output,
  };
};

const gemm: Form = ({ node, inputs: [input, weight, bias], outputs: [output] }) => {
  const hasBias = (node.input[2] ?? '') !== '';
  if (input == null || weight == null || (hasBias && bias == null)) return null;
  const rest = [hasBias ? bias!.integers : '', ...(output == null ? [] : steps(output))];
  while (rest.at(-1) === '') rest.pop();
  return {
    opType: 'QGemm',
    domain: contribDomain,
    input: [...values(input), ...values(weight), ...rest],
    output: output == null ? node.output : [output.integers],
    // Its bias is added as it is.
    attribute: node.attribute.filter(({ name }) => name !== 'beta'),
  };
};

/** Every data input and the output are integers, each with its scale; for what has `count` of them, or as many as there are. */
const pointwise =
  (opType: string, count: number | null = 1): Form =>
  ({ node, inputs, outputs: [output] }) => {
    const read = inputs.slice(0, count ?? node.input.length);
    if (output == null || read.some((input) => input == null)) return null;
    const operands = read.flatMap((input) => values(input!));
    const input = count === null ? [...steps(output), ...operands] : [...operands, ...steps(output)];
    return { opType, domain: contribDomain, input, output: [output.integers] };
  };

const softmax: Form = (site) => {
  const made = pointwise('QLinearSoftmax')(site);
  if (made === null) return null;
  const axis = intAttribute('axis', attributeInt(site.node, 'axis', site.opset < 13 ? 1 : -1));
  return { ...made, attribute: [axis, intAttribute('opset', site.opset)] };
};

/** What only moves values moves integers, where what comes out has the scale of what goes in. */
const moved: Form = ({ node, inputs: [input], outputs }) => {
  if (input == null) return null;
  const isSame = (output: StoredTensor | null, position: number): boolean =>
    output === null
      ? (node.output[position] ?? '') === ''
      : output.scale === input.scale && output.zeroPoint === input.zeroPoint;
  if (outputs.length === 0 || !outputs.every(isSame)) return null;
  return {
    opType: node.opType,
    domain: node.domain,
    input: [input.integers, ...node.input.slice(1)],
    output: outputs.map((output) => output?.integers ?? ''),
  };
};

const forms: ReadonlyMap<string, Form> = new Map([
  ['Conv', convolution],
  ['MatMul', product],
  ['Gemm', gemm],
  ['Add', pointwise('QLinearAdd', 2)],
  ['Mul', pointwise('QLinearMul', 2)],
  ['Concat', pointwise('QLinearConcat', null)],
  ['AveragePool', pointwise('QLinearAveragePool')],
  ['GlobalAveragePool', pointwise('QLinearGlobalAveragePool')],
  ['LeakyRelu', pointwise('QLinearLeakyRelu')],
  ['Sigmoid', pointwise('QLinearSigmoid')],
  ['Softmax', softmax],
  ...[
    'Flatten', 'Gather', 'Identity', 'MaxPool', 'Reshape', 'Resize', 'Slice', 'Split', 'Squeeze', 'Transpose', 'Unsqueeze',
  ].map((opType) => [opType, moved] as const),
]); // prettier-ignore

export interface IntegerModel {
  readonly model: ModelProto;
  /** Integer operators that there are now, and operators of `nodes` that stay between conversions, by type. */
  readonly used: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Puts integer operators in the place of float ones between conversions. What has none stays as it is, and so does what others read in
 * float. The values are those of the model it is made of, to one step of a scale: both are rounded once.
 * @param model in QDQ form; not changed. Weights are shared with it.
 * @param nodes names of those that may change.
 */
export function useIntegerOperators(model: ModelProto, nodes: ReadonlySet<string>): IntegerModel {
  const graph = model.graph!;
  const dequantized = new Map(
    graph.node.filter(isDequantize).map((node) => [node.output[0]!, storedBy(node, 'input')]),
  );
  const readers = countReaders(model);
  const quantizers = new Map(graph.node.filter(isQuantize).map((node) => [node.input[0]!, node]));
  const swallowed = new Set<NodeProto>();
  const [used, kept] = [new Set<string>(), new Set<string>()];
  const opset = opsetVersion(model);
  const change = (node: NodeProto): NodeProto => {
    if (!nodes.has(node.name)) return node;
    const rounding = node.output.map((name) => (readers.get(name) === 1 ? quantizers.get(name) : undefined));
    const inputs = node.input.map((name) => dequantized.get(name) ?? null);
    const outputs = rounding.map((quantizer) => (quantizer === undefined ? null : storedBy(quantizer, 'output')));
    // Integers already, or float throughout.
    if (inputs.every((input) => input === null) && outputs.every((output) => output === null)) return node;
    const made = forms.get(node.opType)?.({ node, inputs, outputs, opset }) ?? null;
    // QLinearConv and QLinearMatMul came with opset 10.
    if (made === null || (made.domain === '' && opset < integerOpset)) {
      kept.add(node.opType);
      return node;
    }
    if (made.opType !== node.opType) used.add(made.opType);
    for (const quantizer of rounding) if (quantizer !== undefined) swallowed.add(quantizer);
    return copyMessage(node, { ...made, input: [...made.input], output: [...made.output] });
  };
  const changed = graph.node.map(change).filter((node) => !swallowed.has(node));
  const result = copyMessage(model, {
    opsetImport: [...model.opsetImport],
    graph: copyMessage(graph, { node: dropUnread(changed, model), initializer: [...graph.initializer] }),
  });
  pruneInitializers(result.graph!);
  if (result.graph!.node.some(({ domain }) => domain === contribDomain)) ensureOpset(result, contribDomain, 1);
  return { model: result, used: [...used].sort(), kept: [...kept].sort() };
}

/** @param end of the conversion that the integers are at. */
function storedBy({ input, output }: NodeProto, end: 'input' | 'output'): StoredTensor | null {
  const [, scale = '', zeroPoint = ''] = input;
  // Without a zero point there is no type to compute in.
  return zeroPoint === '' ? null : { integers: end === 'input' ? input[0]! : output[0]!, scale, zeroPoint };
}

function countReaders({ graph }: ModelProto): Map<string, number> {
  const counts = new Map<string, number>();
  const read = [
    ...graph!.node.flatMap((node) => [...node.input, ...namesCapturedBy(node)]),
    ...graph!.output.map(({ name }) => name),
  ];
  for (const name of read) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Without the DequantizeLinear that nobody reads any more: ONNX Runtime would compute them still. */
function dropUnread(nodes: readonly NodeProto[], model: ModelProto): NodeProto[] {
  const graph = copyMessage(model.graph!, { node: [...nodes] });
  const readers = countReaders(copyMessage(model, { graph }));
  return nodes.filter((node) => !isDequantize(node) || readers.has(node.output[0]!));
}
