/**
 * What a table has under a name that somebody else chose. Indexing finds what every object inherits as well: a dimension may
 * be called `constructor`.
 */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
