import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import { lookUp } from '../../../shared/look-up.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { isDynamicOnly } from '../graph/ops/recurrent.ts';

/**
 * How each operator takes part in static int8 QDQ on ONNX Runtime's CPU provider, in one table. What operators hold, multiply
 * and hand on, whatever the scheme, is known in `graph/ops`; a rule of ESLint keeps others from comparing op types.
 *
 * Roles, after the fusions of ONNX Runtime's QDQ transformer
 * (onnxruntime/core/optimizer/qdq_transformer/selectors_actions):
 * - `weighted`: holds the work and usually the weights; becomes QLinearConv, QGemm, QLinearMatMul.
 * - `elementwise`: has an int8 kernel (QLinearAdd, QLinearMul, QLinearConcat, pooling, table look-ups), worth using when
 *   its inputs are int8 already.
 * - `pass-through`: only moves values; shares its input's scale and is never requantized.
 * - `activation`: a clamp that the producer's quantized range performs by itself.
 * - `float-only`: no int8 kernel on CPU; stays float between DequantizeLinear and QuantizeLinear.
 */
export type QuantizationRole = 'weighted' | 'elementwise' | 'pass-through' | 'activation' | 'float-only';

export interface OpEntry {
  readonly role: QuantizationRole;
  /** Data inputs that carry quantizable activations; `all` for variadic ops. */
  readonly activationInputs: readonly number[] | 'all';
  /** Outputs that carry activations; the first when left out. Others (indices, masks) are never stored in 8 bits. */
  readonly activationOutputs?: 'all';
  /** Input index of the weight when constant. */
  readonly weightInput?: number;
  readonly biasInput?: number;
  /** Input index of a table that the op looks rows up in: when constant, its weights are stored in 8 bits. */
  readonly tableInput?: number;
  /** First opset whose int8 type constraint allows the fused form; below it the op stays float. */
  readonly minimumOpset?: number;
  /** Said to the user when the op cannot be int8. */
  readonly floatReason?: Sentence;
}

const first = [0] as const;

const noKernel = (op: string) => say('floatKernelOnly', { op });

const floatOnly = (op: string): OpEntry => ({ role: 'float-only', activationInputs: first, floatReason: noKernel(op) });
const passThrough: OpEntry = { role: 'pass-through', activationInputs: first };
const elementwise: OpEntry = { role: 'elementwise', activationInputs: first };

const opTable: Readonly<Record<string, OpEntry>> = {
  Conv: { role: 'weighted', activationInputs: first, weightInput: 1, biasInput: 2 },
  // No int8 kernel on CPU, but its weights can be stored in 8 bits when the user asks for it by name.
  ConvTranspose: {
    role: 'weighted',
    activationInputs: first,
    weightInput: 1,
    biasInput: 2,
    floatReason: noKernel('ConvTranspose'),
  },
  Gemm: { role: 'weighted', activationInputs: first, weightInput: 1, biasInput: 2 },
  MatMul: { role: 'weighted', activationInputs: [0, 1], weightInput: 1 },

  Add: { role: 'elementwise', activationInputs: [0, 1] },
  Mul: { role: 'elementwise', activationInputs: [0, 1] },
  Concat: { role: 'elementwise', activationInputs: 'all' },
  AveragePool: elementwise,
  GlobalAveragePool: elementwise,
  LeakyRelu: elementwise,
  Sigmoid: elementwise,
  Softmax: elementwise,

  MaxPool: { ...passThrough, minimumOpset: 12 },
  Reshape: passThrough,
  Flatten: passThrough,
  Transpose: passThrough,
  Squeeze: passThrough,
  Unsqueeze: passThrough,
  Slice: passThrough,
  Gather: { ...passThrough, tableInput: 0 },
  Split: { ...passThrough, activationOutputs: 'all' },
  Identity: passThrough,
  // Nearest only; linear modes are checked by the planner.
  Resize: passThrough,
  // Constant mode with value 0, reflect and edge only; checked by the planner.
  Pad: passThrough,
  DepthToSpace: passThrough,
  SpaceToDepth: passThrough,

  Relu: { role: 'activation', activationInputs: first },
  Clip: { role: 'activation', activationInputs: first },

  HardSwish: floatOnly('HardSwish'),
  HardSigmoid: floatOnly('HardSigmoid'),
  Sub: floatOnly('Sub'),
  Div: floatOnly('Div'),
  Pow: floatOnly('Pow'),
  Sqrt: floatOnly('Sqrt'),
  Exp: floatOnly('Exp'),
  Erf: floatOnly('Erf'),
  Tanh: floatOnly('Tanh'),
  Gelu: floatOnly('Gelu'),
  Elu: floatOnly('Elu'),
  PRelu: floatOnly('PRelu'),
  Softplus: floatOnly('Softplus'),
  ReduceMean: floatOnly('ReduceMean'),
  LayerNormalization: floatOnly('LayerNormalization'),
  InstanceNormalization: floatOnly('InstanceNormalization'),
  BatchNormalization: {
    role: 'float-only',
    activationInputs: first,
    floatReason: say('normAlone'),
  },
  LSTM: {
    role: 'float-only',
    activationInputs: first,
    floatReason: say('recurrentDynamic'),
  },
  GRU: {
    role: 'float-only',
    activationInputs: first,
    floatReason: say('recurrentNoStatic'),
  },
  If: { role: 'float-only', activationInputs: [], floatReason: say('controlFlow') },
  Loop: { role: 'float-only', activationInputs: [], floatReason: say('controlFlow') },
  Scan: { role: 'float-only', activationInputs: [], floatReason: say('controlFlow') },
};

export function opEntry(domain: string, opType: string): OpEntry | null {
  if (domain !== '' && domain !== 'ai.onnx') return null;
  return lookUp(opTable, opType) ?? null;
}

/** Op types that some scheme can store in fewer bits, for option checks and help texts. */
export const quantizableOpTypes: readonly string[] = Object.entries(opTable)
  .filter(([opType, entry]) => entry.role !== 'float-only' || isDynamicOnly({ opType }))
  .map(([opType]) => opType);

/** Tensors whose values a node computes with; not its shapes, axes or other settings. */
export function dataInputs(node: NodeProto, { activationInputs }: OpEntry): string[] {
  const indices = activationInputs === 'all' ? node.input.keys() : activationInputs;
  return [...indices].map((index) => node.input[index] ?? '').filter((name) => name !== '');
}

/** Tensors a node hands out that can be stored in 8 bits; not the indices or masks beside them. */
export function dataOutputs(node: NodeProto, { activationOutputs }: OpEntry): string[] {
  return (activationOutputs === 'all' ? node.output : node.output.slice(0, 1)).filter((name) => name !== '');
}
