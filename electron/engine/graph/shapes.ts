import type { DataType } from '../tensor/tensor.ts';
import type { NodeDims } from './ops/operator.ts';

export interface TensorFacts {
  readonly dims: readonly number[];
  /** Null when the model does not say and was not run. */
  readonly dataType: DataType | null;
}

/** Tensor name to its actual dimensions and element type in one run. */
export interface Shapes extends ReadonlyMap<string, TensorFacts> {
  /** Of every node in a body of control flow that ran, by name: its dimensions each time. */
  readonly bodyRuns?: ReadonlyMap<string, readonly NodeDims[]>;
}
