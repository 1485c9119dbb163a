import { attributeString } from '../../onnx/attributes.ts';
import type { Operator } from './operator.ts';

/** Two operands without an ellipsis: the product of all indices, where one of them is summed over. */
export const einsum: Operator = {
  standard: { Einsum: null },
  contrib: {},
  macs: (node, dims) => {
    const [left = '', right] = attributeString(node, 'equation', '').replaceAll(/\s/gu, '').split('->');
    const terms = left.split(',');
    if (terms.length === 1) return 0;
    if (terms.length > 2 || left.includes('.')) return null;
    const sizes = new Map<string, number>();
    for (const [index, term] of terms.entries()) {
      const operand = dims.input(index);
      if (operand?.length !== term.length) return null;
      // A dimension of 1 is broadcast.
      for (const [axis, letter] of Array.from(term).entries())
        sizes.set(letter, Math.max(sizes.get(letter) ?? 1, operand[axis]!));
    }
    // Without "->", indices that occur twice are summed over.
    const isSummed = [...sizes.keys()].some((letter) =>
      right === undefined ? left.split(letter).length > 2 : !right.includes(letter),
    );
    return isSummed ? [...sizes.values()].reduce((result, size) => result * size, 1) : 0;
  },
};
