import { createHash } from 'node:crypto';
import type { GraphProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { copyMessage, createNamer } from './edit.ts';
import { subgraphsOf } from './graph.ts';

/** Smaller constants are not worth a name outside. */
const sharedFromBytes = 1024;

/** Every body of control flow below a graph, outermost first. */
function bodiesOf(graph: GraphProto): GraphProto[] {
  return graph.node.flatMap(subgraphsOf).flatMap((body) => [body, ...bodiesOf(body)]);
}

/** Reads `to` wherever `from` was read, down to bodies that have a tensor of that name themselves. Mutates nodes. */
export function renameReaders(body: GraphProto, from: string, to: string): void {
  for (const node of body.node) {
    node.input = node.input.map((name) => (name === from ? to : name));
    for (const inner of subgraphsOf(node)) {
      const hides =
        inner.initializer.some((tensor) => tensor.name === from) ||
        inner.input.some((input) => input.name === from) ||
        inner.node.some((maker) => maker.output.includes(from));
      if (!hides) renameReaders(inner, from, to);
    }
  }
}

/**
 * Stores equal constants of several bodies once, in the main graph, which every body sees. ONNX Runtime's constant folding
 * works body by body: weights that both branches of an If derive from one tensor come out twice. Mutates a private copy.
 */
export function shareConstants(graph: GraphProto): void {
  const found = new Map<string, { readonly body: GraphProto; readonly tensor: TensorProto }[]>();
  for (const body of bodiesOf(graph)) {
    // What a body hands out as it is must stay its own.
    const outputs = new Set(body.output.map((output) => output.name));
    for (const tensor of body.initializer) {
      if (tensor.rawData.byteLength < sharedFromBytes || outputs.has(tensor.name)) continue;
      const content = createHash('sha256').update(tensor.rawData).digest('hex');
      const key = `${tensor.dataType} ${tensor.dims.join('x')} ${content}`;
      const equal = found.get(key);
      if (equal === undefined) found.set(key, [{ body, tensor }]);
      else equal.push({ body, tensor });
    }
  }
  const namer = createNamer(graph);
  for (const equal of found.values()) {
    if (equal.length < 2) continue;
    const [{ tensor: first }] = equal as [(typeof equal)[number]];
    const name = namer(`${first.name}_shared`);
    graph.initializer.push(copyMessage(first, { name }));
    for (const { body, tensor } of equal) {
      body.initializer = body.initializer.filter((other) => other !== tensor);
      renameReaders(body, tensor.name, name);
    }
  }
}
