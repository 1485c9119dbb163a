/** What a test of an operator has to see of a node. */
interface Typed {
  readonly opType: string;
}

/**
 * A test for nodes of some op types, whatever their domain: a node of none is none of them. The files beside this one name such
 * tests by what they ask, so that nothing else compares op types with words.
 */
export function oneOf<const OpType extends string>(...opTypes: readonly OpType[]) {
  const known: ReadonlySet<string> = new Set(opTypes);
  return <Node extends Typed>(node: Node | null | undefined): node is Node & { readonly opType: OpType } =>
    node != null && known.has(node.opType);
}
