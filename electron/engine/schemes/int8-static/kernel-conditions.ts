import { say, type Reason } from '../../../../shared/engine-texts/say.ts';
import type { OpEntry } from '../../2-plan/op-table.ts';
import type { Shapes } from '../../graph/shapes.ts';
import { opsetVersion, type Graph } from '../../graph/graph.ts';
import { isDilatedAverage } from '../../graph/ops/pooling.ts';
import { attributeFloat, attributeInt, attributeString } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { tensorElementCount } from '../../onnx/tensor-proto.ts';

/** The model that kernels are for. */
interface KernelFacts {
  readonly graph: Graph;
  readonly shapes: Shapes;
}

/** Conditions on attributes, weights and types under which ONNX Runtime has an int8 kernel. Empty string: it may be int8. */
export function kernelReason(node: NodeProto, entry: OpEntry, { graph, shapes }: KernelFacts, named: boolean): Reason {
  const opset = opsetVersion(graph.model);
  if (entry.role === 'float-only') return entry.floatReason ?? say('noInt8Kernel');
  if (entry.floatReason !== undefined && !named) return entry.floatReason;
  if (entry.minimumOpset !== undefined && opset < entry.minimumOpset) {
    return say('opsetTooOld', { op: node.opType, from: entry.minimumOpset, opset });
  }
  const input = node.input[0] ?? '';
  const inputType = shapes.get(input)?.dataType ?? null;
  if (inputType !== null && inputType !== 'float32') return say('inputNotFloat32', { type: inputType });
  const { sparseInitializer } = graph.model.graph!;
  if (sparseInitializer.some(({ values }) => node.input.includes(values?.name ?? ''))) {
    return say('weightSparse');
  }
  const weight = entry.weightInput === undefined ? undefined : graph.constants.get(node.input[entry.weightInput] ?? '');
  switch (node.opType) {
    case 'Conv':
    case 'ConvTranspose': {
      if (weight === undefined) return say('weightComputed');
      if (weight.dataType !== 1) return say('weightNotFloat32');
      if (node.opType === 'ConvTranspose' && weight.dims.length !== 4) return say('notTwoDimensional');
      const bias = node.input[2] ?? '';
      if (bias !== '' && !graph.constants.has(bias)) return say('biasComputed');
      return '';
    }
    case 'Gemm': {
      if (weight === undefined) return say('weightComputed');
      if (weight.dataType !== 1) return say('weightNotFloat32');
      if (attributeInt(node, 'transA', 0) !== 0) return say('transA');
      if (attributeFloat(node, 'alpha', 1) !== 1) return say('factorNotOne', { name: 'alpha' });
      const biasName = node.input[2] ?? '';
      if (biasName === '') return '';
      if (attributeFloat(node, 'beta', 1) !== 1) return say('factorNotOne', { name: 'beta' });
      const bias = graph.constants.get(biasName);
      if (bias === undefined) return say('biasComputed');
      const columns = Number(weight.dims[attributeInt(node, 'transB', 0) === 0 ? 1 : 0]);
      const biasDims = bias.dims.map(Number);
      const isRow = biasDims.at(-1) === columns && biasDims.slice(0, -1).every((dim) => dim === 1);
      return isRow && biasDims.length <= 2 ? '' : say('biasNoRow');
    }
    case 'MatMul':
      if (graph.constants.has(input)) return say('constantFirst');
      if (weight !== undefined && weight.dataType !== 1) return say('weightNotFloat32');
      if (weight !== undefined && weight.dims.length < 2) return say('weightVector');
      return '';
    case 'AveragePool':
      return isDilatedAverage(node) ? say('poolDilated') : '';
    case 'Resize':
      return attributeString(node, 'mode', 'nearest') === 'nearest' ? '' : say('nearestOnly');
    case 'Pad': {
      if (opset < 13) return say('opsetOfInt8', { op: 'Pad', from: 13 });
      const mode = attributeString(node, 'mode', 'constant');
      if (mode !== 'constant') return '';
      const value = node.input[2] ?? '';
      if (value === '') return '';
      const constant = graph.constants.get(value);
      return constant !== undefined && Number(graph.weights.read(constant).data[0]) === 0 ? '' : say('padsOtherValue');
    }
    case 'Add':
    case 'Mul':
    case 'Concat':
      for (const name of node.input) {
        const type = shapes.get(name)?.dataType ?? null;
        if (type !== null && type !== 'float32') return say('namedInputNotFloat32', { name, type });
      }
      return '';
    case 'Softmax':
      if (opset < 13) {
        const rank = shapes.get(input)?.dims.length ?? 0;
        const axis = attributeInt(node, 'axis', 1);
        return axis === rank - 1 || axis === -1 ? '' : say('softmaxFlattens');
      }
      return '';
    default:
      return '';
  }
}

/** Smaller tables are not worth a conversion of what is looked up. */
const smallestTable = 1024;

/** True for a node that looks up whole rows of a constant float table, as an embedding does, or columns of a matrix. */
export function isTableLookup(node: NodeProto, entry: OpEntry, graph: Graph): boolean {
  const table = entry.tableInput === undefined ? undefined : graph.constants.get(node.input[entry.tableInput] ?? '');
  return (
    table !== undefined &&
    table.dataType === 1 &&
    table.dims.length >= 2 &&
    tensorElementCount(table) >= smallestTable &&
    (attributeInt(node, 'axis', 0) === 0 || table.dims.length === 2)
  );
}

/** Largest value a Clip lets through and smallest; null when they are computed at run time. */
export function clipBounds(node: NodeProto, graph: Graph): { low: number; high: number } | null {
  if (node.opType === 'Relu') return { low: 0, high: Infinity };
  if (opsetVersion(graph.model) < 11) {
    return { low: attributeFloat(node, 'min', -Infinity), high: attributeFloat(node, 'max', Infinity) };
  }
  const bound = (index: number, missing: number): number | null => {
    const name = node.input[index] ?? '';
    if (name === '') return missing;
    const constant = graph.constants.get(name);
    return constant === undefined ? null : Number(graph.weights.read(constant).data[0]);
  };
  const low = bound(1, -Infinity);
  const high = bound(2, Infinity);
  return low === null || high === null ? null : { low, high };
}
