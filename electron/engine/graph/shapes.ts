import type { DataType } from '../tensor/tensor.ts';

export interface TensorFacts {
  readonly dims: readonly number[];
  /** Null when the model does not say and was not run. */
  readonly dataType: DataType | null;
}

/** Tensor name to its actual dimensions and element type in one run. */
export type Shapes = ReadonlyMap<string, TensorFacts>;
