import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { describeNode } from './attributes.ts';
import { checkDemands } from './check-demands.ts';
import type { FunctionProto, GraphProto, ModelProto, NodeProto } from './proto/onnx_pb.js';
import { checkTensor } from './tensor-proto.ts';
import { isStandardDomain, subgraphs, tensorsOf } from './tensors-of.ts';

const deepestSubgraph = 64;
/** IR versions below 3 have no operator sets; the highest published is 13 (onnx.proto, enum Version). */
const oldestIrVersion = 3n;
const newestPlausibleIrVersion = 99n;
/**
 * ONNX Runtime inlines functions when it loads a model, and functions calling functions can make few bytes into many nodes. It
 * takes time that grows faster than their number: 4 s for 16,000, and minutes for 65,000.
 */
const mostInlinedNodes = 20_000;

function malformed(what: Told): AppError {
  return new AppError('model-malformed', tell('graphMalformed', { what }));
}

/** Names visible in a graph: its own, then those of the graphs around it. */
interface Scope {
  readonly names: Set<string>;
  readonly outer: Scope | null;
  readonly depth: number;
  /** For messages. */
  readonly where: Told;
}

function openScope(outer: Scope | null, where: Told): Scope {
  const depth = outer === null ? 0 : outer.depth + 1;
  if (depth > deepestSubgraph) throw malformed(tell('graphsTooDeep', { depth: deepestSubgraph, place: where }));
  return { names: new Set(), outer, depth, where };
}

function isVisible(scope: Scope, name: string): boolean {
  for (let current: Scope | null = scope; current !== null; current = current.outer) {
    if (current.names.has(name)) return true;
  }
  return false;
}

function checkNodes(nodes: readonly NodeProto[], scope: Scope): void {
  for (const node of nodes) {
    if (node.opType === '') throw malformed(tell('nodeWithoutType', { place: scope.where }));
    for (const input of node.input) {
      if (input === '' || isVisible(scope, input)) continue;
      throw malformed(tell('valueFromNowhere', { node: describeNode(node), place: scope.where, value: input }));
    }
    for (const graph of subgraphs(node.attribute)) {
      checkGraph(graph, openScope(scope, tell('placeSubgraph', { node: describeNode(node) })));
    }
    for (const attribute of node.attribute) {
      if (attribute.name === '') throw malformed(tell('attributeWithoutName', { node: describeNode(node) }));
    }
    for (const output of node.output) {
      if (output === '') continue;
      if (scope.names.has(output)) throw malformed(tell('valueDefinedTwice', { value: output, place: scope.where }));
      scope.names.add(output);
    }
  }
}

function checkGraph(graph: GraphProto, scope: Scope): void {
  for (const { name } of graph.input) {
    if (name === '') throw malformed(tell('inputWithoutName', { place: scope.where }));
    if (scope.names.has(name)) throw malformed(tell('inputListedTwice', { name, place: scope.where }));
    scope.names.add(name);
  }
  // Older models list initializers among the inputs too: that is one value, not two.
  const initializers = new Set<string>();
  const sparseNames = graph.sparseInitializer.map((sparse) => sparse.values?.name ?? '');
  for (const name of [...graph.initializer.map((tensor) => tensor.name), ...sparseNames]) {
    if (name === '') throw malformed(tell('initializerWithoutName', { place: scope.where }));
    if (initializers.has(name)) throw malformed(tell('initializerDefinedTwice', { name, place: scope.where }));
    initializers.add(name);
    scope.names.add(name);
  }
  checkNodes(graph.node, scope);
  const outputs = new Set<string>();
  for (const { name } of graph.output) {
    if (name === '') throw malformed(tell('outputWithoutName', { place: scope.where }));
    if (outputs.has(name)) throw malformed(tell('outputListedTwice', { name, place: scope.where }));
    outputs.add(name);
    if (!isVisible(scope, name)) throw malformed(tell('outputFromNowhere', { name, place: scope.where }));
  }
}

function functionKey(entry: { domain: string; overload: string }, name: string): string {
  return JSON.stringify([isStandardDomain(entry.domain) ? '' : entry.domain, name, entry.overload]);
}

function* nodesWithin(nodes: readonly NodeProto[]): Generator<NodeProto> {
  for (const node of nodes) {
    yield node;
    for (const graph of subgraphs(node.attribute)) yield* nodesWithin(graph.node);
  }
}

/** Refuses functions that call themselves, and those that grow beyond all bounds when inlined. */
function checkCalls(model: ModelProto): void {
  const functions = new Map<string, FunctionProto>();
  for (const entry of model.functions) {
    const key = functionKey(entry, entry.name);
    if (functions.has(key)) throw malformed(tell('functionDefinedTwice', { name: entry.name }));
    functions.set(key, entry);
  }
  const inlinedNodes = new Map<string, number | 'counting'>();
  /** Nodes that calls among these are written out as. */
  const countOf = (nodes: readonly NodeProto[]): number => {
    let count = 0;
    for (const node of nodesWithin(nodes)) {
      const key = functionKey(node, node.opType);
      const called = functions.get(key);
      if (called !== undefined) {
        const known = inlinedNodes.get(key);
        if (known === 'counting') throw malformed(tell('functionCallsItself', { name: called.name }));
        if (known === undefined) {
          inlinedNodes.set(key, 'counting');
          inlinedNodes.set(key, called.node.length + countOf(called.node));
        }
        count += inlinedNodes.get(key) as number;
      }
      if (count > mostInlinedNodes) {
        throw new AppError('model-unsupported', tell('functionsTooLarge', { count: mostInlinedNodes }));
      }
    }
    return count;
  };
  for (const entry of model.functions) countOf(entry.node);
  if (model.graph !== undefined) countOf(model.graph.node);
}

/** The one name that JavaScript's objects cannot hold; ONNX Runtime's binding loses inputs and outputs of that name. */
function checkUsableNames(graph: GraphProto): void {
  const values = [...graph.input, ...graph.output];
  const dims = values.flatMap(({ type }) =>
    type?.value.case === 'tensorType' ? (type.value.value.shape?.dim ?? []).map((dim) => dim.value.value) : [],
  );
  const names = [...values.map(({ name }) => name), ...graph.node.flatMap((node) => node.output), ...dims];
  if (!names.includes('__proto__')) return;
  throw new AppError('model-unsupported', tell('protoName'));
}

/**
 * Proves that a decoded model is a whole and consistent one: a graph with operator sets; every value defined once and
 * before its use (see `sortNodes`); every output produced; every tensor as long as it says; subgraphs and functions within bounds.
 * What protobuf cannot notice (a file cut at a field's end, or bytes changed in a name) ends here. External data is
 * checked by `externalFiles`.
 * @throws AppError `model-malformed`, `model-unsupported`.
 */
export function checkModel(model: ModelProto): void {
  const { graph, irVersion } = model;
  if (irVersion < 1n || irVersion > newestPlausibleIrVersion) {
    throw malformed(irVersion === 0n ? tell('irVersionMissing') : tell('irVersionUnreal', { version: irVersion }));
  }
  if (graph === undefined) throw malformed(tell('graphMissing'));
  if (graph.node.length === 0 && graph.output.length === 0) throw malformed(tell('graphEmpty'));
  if (graph.output.length === 0) throw malformed(tell('graphWithoutOutputs'));
  if (irVersion < oldestIrVersion) {
    throw new AppError('model-unsupported', tell('irVersionOld', { version: irVersion, oldest: oldestIrVersion }));
  }
  if (model.opsetImport.length === 0) throw malformed(tell('opsetsMissing'));
  for (const { domain, version } of model.opsetImport) {
    if (version < 1n || version > 100_000n) throw malformed(tell('opsetVersionWrong', { name: domain, version }));
  }
  const hasStandardOpset = model.opsetImport.some((entry) => isStandardDomain(entry.domain));
  const standardNode = hasStandardOpset ? undefined : graph.node.find((node) => isStandardDomain(node.domain));
  if (standardNode !== undefined) {
    throw malformed(tell('onnxOpsetMissing', { node: describeNode(standardNode) }));
  }
  checkUsableNames(graph);
  checkGraph(graph, openScope(null, tell('placeGraph')));
  for (const entry of model.functions) {
    const scope = openScope(null, tell('placeFunction', { name: entry.name }));
    for (const input of entry.input) scope.names.add(input);
    checkNodes(entry.node, scope);
    for (const output of entry.output) {
      if (!isVisible(scope, output)) throw malformed(tell('outputFromNowhere', { name: output, place: scope.where }));
    }
  }
  checkCalls(model);
  for (const tensor of tensorsOf(model)) checkTensor(tensor);
  checkDemands(model);
}
