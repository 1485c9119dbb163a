import { copyMessage, createNamer } from '../graph/edit.ts';
import type { Graph } from '../graph/graph.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor } from '../onnx/tensor-proto.ts';
import { channelLayout } from '../tensor/quantization.ts';
import { ownConstant } from './channel-groups.ts';

/**
 * Multiplies the slices of a weight along `axis` by factors.
 * @param firstOf place in `factors` that the channels of a block begin at; with groups, blocks differ in that.
 */
function scaleAxis(
  data: Float32Array,
  dims: readonly number[],
  axis: number,
  factors: Float64Array,
  firstOf: (block: number) => number = () => 0,
): Float32Array<ArrayBuffer> {
  const { outer, channels, inner } = channelLayout(dims, axis);
  const result = new Float32Array(data.length);
  for (let block = 0; block < outer; block++) {
    const [start, first] = [block * channels * inner, firstOf(block)];
    if (inner === 1) {
      for (let channel = 0; channel < channels; channel++) {
        result[start + channel] = data[start + channel]! * factors[first + channel]!;
      }
      continue;
    }
    for (let channel = 0; channel < channels; channel++) {
      const by = factors[first + channel]!;
      const from = start + channel * inner;
      for (let index = from; index < from + inner; index++) result[index] = data[index]! * by;
    }
  }
  return result;
}

/** Constants of a model in other values, and the model with them, which shares everything else with the old. */
export class ScaledConstants {
  private readonly prepared: OnnxModel;
  readonly graph: Graph;
  private readonly replaced = new Map<string, TensorProto>();
  private readonly added: TensorProto[] = [];
  private readonly rewired = new Map<NodeProto, string[]>();
  private readonly newName: (name: string) => string;

  constructor(prepared: OnnxModel, graph: Graph) {
    this.prepared = prepared;
    this.graph = graph;
    this.newName = createNamer(prepared.proto.graph!);
  }

  private tensorOf(name: string): TensorProto {
    return this.replaced.get(name) ?? this.graph.constants.get(name)!;
  }

  dimsOf(name: string): number[] {
    return this.tensorOf(name).dims.map(Number);
  }

  read(name: string): Float32Array {
    return this.graph.weights.floats(this.tensorOf(name));
  }

  write(name: string, dims: readonly number[], data: Float32Array<ArrayBuffer>): void {
    this.replaced.set(name, makeTensor(name, { dataType: 'float32', dims, data }));
  }

  scale(name: string, axis: number, factors: Float64Array, firstOf?: (block: number) => number): void {
    const dims = this.dimsOf(name);
    this.write(name, dims, scaleAxis(this.read(name), dims, axis, factors, firstOf));
  }

  /** The constant that a node reads, under a name of its own if others read it too: those keep theirs. */
  ownInput(node: NodeProto, position: number): string {
    const inputs = this.rewired.get(node) ?? node.input;
    const name = inputs[position]!;
    if (this.rewired.has(node) && this.added.some((tensor) => tensor.name === name)) return name;
    if (ownConstant(this.graph, name) !== null) return name;
    const copy = this.newName(`${name}_scaled`);
    const tensor = copyMessage(this.tensorOf(name), { name: copy });
    this.added.push(tensor);
    this.replaced.set(copy, tensor);
    this.rewired.set(
      node,
      inputs.map((input, index) => (index === position ? copy : input)),
    );
    return copy;
  }

  model(): OnnxModel {
    const source = this.prepared.proto.graph!;
    const initializer = [...source.initializer, ...this.added].map(
      (tensor) => this.replaced.get(tensor.name) ?? tensor,
    );
    const node =
      this.rewired.size === 0
        ? source.node
        : source.node.map((node) => {
            const input = this.rewired.get(node);
            return input === undefined ? node : copyMessage(node, { input });
          });
    const graph = copyMessage(source, { initializer, node });
    return { ...this.prepared, proto: copyMessage(this.prepared.proto, { graph }) };
  }
}
