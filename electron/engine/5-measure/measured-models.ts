import type { StatePair } from '../1-analyze/find-states.ts';
import type { Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { ClippingOptions } from './clipping.ts';
import type { FloatWith } from './layer-effects.ts';
import type { TensorPair } from './layer-error.ts';
import type { ComparedPaths } from './measure-pair.ts';

/** What a run made, as measuring takes it. */
export interface MeasuredModels {
  /** The user's model, whose layers get the times. */
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly compressedPath: string;
  /** The float model as prepared; null where nothing that runs was folded. */
  readonly preparedPath: string | null;
  /** Copies of both models that end where they can be compared; null where their outputs can be. */
  readonly compared: ComparedPaths | null;
  /** Samples that it was calibrated on: what further measurements may cost is held against them. */
  readonly calibrationCount: number;
  /** Where both are compared, as tensors of the prepared model. */
  readonly comparedTensors: readonly string[];
  /** Outputs that feed inputs. */
  readonly states: readonly StatePair[];
  /** The same model, its weights beside the twin's. */
  readonly compressed: OnnxModel;
  /** What each 8-bit tensor of the compressed model stands for in the twin. */
  readonly pairs: readonly TensorPair[];
  /** What would be in float if the layer behind a tensor of the twin were. */
  readonly floatWith: (tensor: string) => FloatWith;
  /** The float twin of the chosen variant and its ranges: an equalized model holds other values in its tensors than the user's. */
  readonly clipping: Pick<ClippingOptions, 'model' | 'ranges' | 'deciding' | 'shapes' | 'valueSamples'>;
}
