import { isStandardOp } from '../graph.ts';
import { product, type NodeDims, type Operator } from './operator.ts';

/*
 * Scores and their weighted sums: every query meets every key, whatever is masked, once for the scores and once for the values.
 * With T keys that is T * (elements of the queries + elements of the output).
 */

const past = (dims: readonly number[] | null): number => dims?.at(-2) ?? 0;

/** Attention of com.microsoft projects its input first: Q, K and V by one weight. Its past is 2 x batch x heads x T x size. */
function projectedMacs(dims: NodeDims, pastInput: number): number | null {
  const [input, weight, output] = [dims.input(0), dims.input(1), dims.output(0)];
  if (input?.length !== 3 || weight?.length !== 2 || output === null) return null;
  const [batch, steps, inner] = input as [number, number, number];
  const columns = weight[1]!;
  const queries = (columns - output.at(-1)!) / 2;
  const keys = steps + past(dims.input(pastInput));
  return batch * steps * inner * columns + keys * (batch * steps * queries + product(output));
}

export const projectedAttention: Operator = {
  standard: {},
  contrib: { QAttention: { weightInputs: [1], biasInput: 2 } },
  macs: (_node, dims) => projectedMacs(dims, 8),
};

/** The standard operator, and com.microsoft's of the same name, which is another one. */
export const attention: Operator = {
  standard: { Attention: null },
  contrib: { Attention: null },
  macs: (node, dims) => {
    if (!isStandardOp(node)) return projectedMacs(dims, 4);
    const [queries, keys, output] = [dims.input(0), dims.input(1), dims.output(0)];
    if (queries === null || keys === null || output === null) return null;
    // Batch x heads x steps x size, or batch x steps x heads*size.
    return (keys.at(-2)! + past(dims.input(4))) * (product(queries) + product(output));
  },
};

export const multiHeadAttention: Operator = {
  standard: {},
  contrib: { MultiHeadAttention: null },
  macs: (_node, dims) => {
    const [queries, keys, output] = [dims.input(0), dims.input(1), dims.output(0)];
    if (queries === null || output === null) return null;
    // Packed with keys and values: batch x steps x heads x 3 x size.
    const isPacked = queries.length === 5;
    // Batch x steps x width; batch x heads x steps x size; packed with values: batch x steps x heads x 2 x size.
    const steps = keys === null ? queries[1]! : keys.length === 4 ? keys[2]! : keys[1]!;
    return (steps + past(dims.input(6))) * (product(queries) / (isPacked ? 3 : 1) + product(output));
  },
};

/** Query heads share keys and values; each still meets all of them. Query and output have the same size. */
export const groupQueryAttention: Operator = {
  standard: {},
  contrib: { GroupQueryAttention: null },
  macs: (_node, dims) => {
    const [queries, output, present] = [dims.input(0), dims.output(0), dims.output(1)];
    if (queries === null || output === null) return null;
    const keys = present?.at(-2) ?? queries[1]! + past(dims.input(3));
    return 2 * keys * product(output);
  },
};
