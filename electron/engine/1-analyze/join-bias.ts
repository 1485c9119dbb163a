import { copyMessage, createNamer, cutModel, makeNode, pruneInitializers } from '../graph/edit.ts';
import { indexGraph, isStandardOp, opsetVersion, soleConsumer, type Graph } from '../graph/graph.ts';
import { attributeFloat, attributeInt } from '../onnx/attributes.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor } from '../onnx/tensor-proto.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { openSession } from '../runtime/session.ts';
import { isAdd } from '../graph/ops/arithmetic.ts';
import { isGemm, isMatMul } from '../graph/ops/linear-layers.ts';

/*
 * ONNX Runtime makes a Gemm of a MatMul and the Add behind it (MatMulAddFusion), between two Reshapes where there are more
 * than two dimensions. In the user's model that takes the layer's name. In a quantized one, whose session fuses as well, it
 * takes the int8 kernel: a Gemm whose bias is float, or computed at run time, runs in float on weights that are dequantized in
 * every run. So it is switched off while a model is prepared, and every pair that it would fuse in a session is put here into a
 * form that it leaves alone, under the MatMul's name:
 *
 *   bias of one value a column      MatMul, Add  ->  (Reshape,) Gemm with bias (, Reshape)
 *   anything else that is added     MatMul, Add  ->  (Reshape,) Gemm (, Reshape), Add
 *   Gemm with such an addend        Gemm         ->  Gemm, Add
 *   two dimensions or more unknown  MatMul, Add  ->  the same, the bias written with all dimensions
 */

/** The first opset in which a Gemm need not add anything. */
const biaslessOpset = 11;

interface Pair {
  readonly product: NodeProto;
  readonly add: NodeProto;
  /** What is added: the Add's other operand. */
  readonly addend: string;
}

/** Known sizes, or names of unknown ones. */
type Dims = readonly (number | string)[];

/** Products of float values and a matrix of constants, or of two matrices, whose one reader is an Add. */
function findPairs(graph: Graph): Pair[] {
  return graph.nodes.flatMap((product): Pair[] => {
    if (!isMatMul(product) || !isStandardOp(product)) return [];
    // Behind a constant first operand nothing is int8: ONNX Runtime may fuse it.
    if (graph.constants.has(product.input[0]!)) return [];
    const output = product.output[0]!;
    const add = soleConsumer(output, graph);
    if (!isAdd(add) || !isStandardOp(add)) return [];
    const addend = add.input[0] === output ? add.input[1]! : add.input[0]!;
    return addend === output ? [] : [{ product, add, addend }];
  });
}

/** Dimensions and types ONNX Runtime infers for tensors without running anything. */
async function inferDims(model: OnnxModel, graph: Graph, tensors: Iterable<string>): Promise<Map<string, Dims>> {
  const dims = new Map<string, Dims>();
  const unknown: string[] = [];
  for (const tensor of new Set(tensors)) {
    const constant = graph.constants.get(tensor);
    if (constant?.dataType === 1) dims.set(tensor, constant.dims.map(Number));
    else if (constant === undefined) unknown.push(tensor);
  }
  if (unknown.length === 0) return dims;
  const session = await openSession(encodeModel(cutModel(model.proto, unknown)), {
    threads: 1,
    optimization: 'disabled',
    sourcePath: model.path,
    config: { 'session.model_external_initializers_file_folder_path': model.folder },
  });
  for (const { name, dataType, dims: inferred } of session.outputs) {
    if (dataType === 'float32') dims.set(name, inferred);
  }
  await session.release();
  return dims;
}

/** True for a constant with one value for each of `columns`, which Gemm can add. */
function isRow(constant: TensorProto | undefined, columns: number): boolean {
  if (constant?.dataType !== 1) return false;
  const dims = constant.dims.map(Number);
  return dims.at(-1) === columns && dims.slice(0, -1).every((dim) => dim === 1);
}

/** A graph being rewritten: what stands in for each old node, in its place. */
class Rewriting {
  readonly graph: Graph;
  readonly newName: (base: string) => string;
  readonly #before = new Map<NodeProto, NodeProto[]>();
  readonly #instead = new Map<NodeProto, readonly NodeProto[]>();
  /** Constants of other dimensions, by name and dimensions: one that several layers add stays one. */
  readonly #reshaped = new Map<string, string>();
  /** Tensor to the same values as rows, for all layers that read it. */
  readonly #rows = new Map<string, string>();

  constructor(graph: Graph) {
    this.graph = graph;
    this.newName = createNamer(graph.model.graph!);
  }

  addConstant(tensor: TensorProto): string {
    this.graph.model.graph!.initializer.push(tensor);
    return tensor.name;
  }

  /** The same constant with other dimensions, of as many values. */
  withDims(constant: TensorProto, name: string, dims: readonly number[]): string {
    const key = `${dims.join('x')} ${name}`;
    const known = this.#reshaped.get(key);
    if (known !== undefined) return known;
    const made = copyMessage(constant, { name: this.newName(`${name}_${dims.length}d`), dims: dims.map(BigInt) });
    this.#reshaped.set(key, this.addConstant(made));
    return made.name;
  }

  /** What a Gemm without a bias has in its place: nothing, or zeros where it has to have one. */
  noBias(columns: number): string[] {
    if (opsetVersion(this.graph.model) >= biaslessOpset) return [];
    const data = new Float32Array(columns);
    return [this.addConstant(makeTensor(this.newName('no_bias'), { dataType: 'float32', dims: [columns], data }))];
  }

  replace(node: NodeProto, ...nodes: readonly NodeProto[]): void {
    this.#instead.set(node, nodes);
  }

  reshape(name: string, input: string, output: string, dims: readonly number[]): NodeProto {
    const shape = makeTensor(this.newName(`${name}_shape`), {
      dataType: 'int64',
      dims: [dims.length],
      data: BigInt64Array.from(dims, BigInt),
    });
    return makeNode('Reshape', this.newName(name), [input, this.addConstant(shape)], [output]);
  }

  /** A tensor's values with all dimensions but the last as one, made before `reader`, the first that asks for them. */
  rowsOf(tensor: string, columns: number, reader: NodeProto): string {
    const known = this.#rows.get(tensor);
    if (known !== undefined) return known;
    const rows = this.newName(`${tensor}_rows`);
    this.#before.set(reader, [this.reshape(`${reader.name}_flatten`, tensor, rows, [-1, columns])]);
    this.#rows.set(tensor, rows);
    return rows;
  }

  finish(): void {
    const proto = this.graph.model.graph!;
    proto.node = proto.node.flatMap((node) => [
      ...(this.#before.get(node) ?? []),
      ...(this.#instead.get(node) ?? [node]),
    ]);
    pruneInitializers(proto);
  }
}

function joinPair({ product, add, addend }: Pair, dims: ReadonlyMap<string, Dims>, rewriting: Rewriting): void {
  const { graph, newName } = rewriting;
  const [input, weight] = product.input as [string, string];
  const inputDims = dims.get(input);
  const weightDims = dims.get(weight);
  if (inputDims === undefined || weightDims?.length !== 2 || inputDims.length < 2) return;
  const [inner, columns] = weightDims;
  if (typeof inner !== 'number' || typeof columns !== 'number') return;
  const bias = graph.constants.get(addend);
  const hasBias = isRow(bias, columns) && bias!.dims.length <= inputDims.length;
  const leading = inputDims.slice(0, -1);
  const isMatrix = inputDims.length === 2;
  if (!isMatrix) {
    // Such products ONNX Runtime fuses with one value a column only, and ours can be written with constant shapes only where
    // one dimension at most is unknown.
    const isFused = hasBias || dims.get(addend)?.length === 1;
    if (!isFused || !graph.constants.has(weight)) return;
    if (leading.filter((dim) => typeof dim === 'string').length > 1) {
      if (hasBias) widenBias(add, addend, bias!, inputDims.length, rewriting);
      return;
    }
  }
  const output = hasBias ? add.output[0]! : product.output[0]!;
  const biasRow = hasBias && bias!.dims.length > 2 ? [rewriting.withDims(bias!, addend, [columns])] : [addend];
  const added = hasBias ? biasRow : rewriting.noBias(columns);
  const operands = [isMatrix ? input : rewriting.rowsOf(input, inner, product), weight, ...added];
  const result = isMatrix ? output : newName(`${output}_rows`);
  const gemm = makeNode('Gemm', product.name, operands, [result]);
  const restored = isMatrix
    ? []
    : [
        rewriting.reshape(`${product.name}_restore`, result, output, [
          ...leading.map((dim) => (typeof dim === 'number' ? dim : -1)),
          columns,
        ]),
      ];
  // In the Add's place where it is swallowed: what its bias needs is there by then.
  if (hasBias) {
    rewriting.replace(product);
    rewriting.replace(add, gemm, ...restored);
  } else rewriting.replace(product, gemm, ...restored);
}

/** Gives a bias as many dimensions as the product has: the same sum, and ONNX Runtime fuses none but vectors. */
function widenBias(add: NodeProto, addend: string, bias: TensorProto, rank: number, rewriting: Rewriting): void {
  if (bias.dims.length === rank) return;
  const dims = [...Array<number>(rank - bias.dims.length).fill(1), ...bias.dims.map(Number)];
  const wide = rewriting.withDims(bias, addend, dims);
  rewriting.replace(add, copyMessage(add, { input: add.input.map((name) => (name === addend ? wide : name)) }));
}

/** Takes what a Gemm adds out of it where it is no bias, so that the product can be int8. */
function splitAddend(node: NodeProto, rewriting: Rewriting): void {
  const { graph, newName } = rewriting;
  const [input, weight, addend] = node.input as [string, string, string | undefined];
  if (!isGemm(node) || !isStandardOp(node) || addend === undefined || addend === '') return;
  const constant = graph.constants.get(weight);
  if (constant?.dataType !== 1 || attributeFloat(node, 'beta', 1) !== 1) return;
  const columns = Number(constant.dims[attributeInt(node, 'transB', 0) === 0 ? 1 : 0]);
  if (isRow(graph.constants.get(addend), columns)) return;
  const product = newName(`${node.output[0]!}_product`);
  rewriting.replace(
    node,
    copyMessage(node, {
      input: [input, weight, ...rewriting.noBias(columns)],
      output: [product],
      attribute: node.attribute.filter(({ name }) => name !== 'beta'),
    }),
    makeNode('Add', newName(`${node.name}_add`), [product, addend], [...node.output]),
  );
}

/**
 * Writes every MatMul with an Add behind it, and every Gemm that adds more than a bias, in a form that keeps its name and its
 * int8 kernel. Results are the same. Mutates a private copy.
 */
export async function joinBiases(model: OnnxModel): Promise<void> {
  const graph = indexGraph(model);
  const pairs = findPairs(graph);
  const rewriting = new Rewriting(graph);
  if (pairs.length > 0) {
    const tensors = pairs.flatMap(({ product, addend }) => [...product.input, addend]);
    const dims = await inferDims(model, graph, tensors);
    for (const pair of pairs) joinPair(pair, dims, rewriting);
  }
  for (const node of graph.nodes) splitAddend(node, rewriting);
  rewriting.finish();
}
