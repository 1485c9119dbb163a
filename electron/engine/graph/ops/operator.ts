import type { NodeProto, TensorProto } from '../../onnx/proto/onnx_pb.js';

/** Dimensions of a node's inputs and outputs in one run; null where they are unknown or left out. */
export interface NodeDims {
  readonly input: (index: number) => readonly number[] | null;
  readonly output: (index: number) => readonly number[] | null;
}

/** Where an operator has weights that it holds as integers, or packed: everything else it reads is scales and settings. */
export interface IntegerForm {
  readonly weightInputs: readonly number[];
  readonly biasInput?: number;
  /** Bits its activations are rounded to inside, where they come in as float. */
  readonly activationBits?: number;
}

/** What is known about operators that do one kind of weighted work. */
export interface Operator {
  /** Op types of the standard set; those that hold integers with where. */
  readonly standard: Readonly<Record<string, IntegerForm | null>>;
  /** The same of com.microsoft. */
  readonly contrib: Readonly<Record<string, IntegerForm | null>>;
  /**
   * Multiply-accumulates of one run (1 MAC = 2 FLOPs).
   * @returns null where dimensions it needs are unknown.
   */
  readonly macs: (node: NodeProto, dims: NodeDims) => number | null;
  /** The axis of a constant weight of this rank that its output channels lie on; null for none of that kind. */
  readonly channelAxis?: (node: NodeProto, rank: number) => number | null;
  /** Of an operator whose weights are narrower than bytes, several in an element. */
  readonly packed?: {
    readonly bits: (node: NodeProto) => number;
    /** How many weights a tensor holds; null where the node does not say. */
    readonly elements: (node: NodeProto, tensor: TensorProto) => number | null;
    /** Inputs with the scale and the zero point of each block. */
    readonly scaleInput: number;
    readonly zeroPointInput: number;
  };
}

export function product(dims: readonly number[]): number {
  return dims.reduce((result, dim) => result * dim, 1);
}
