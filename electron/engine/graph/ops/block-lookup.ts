import { attributeInt } from '../../onnx/attributes.ts';
import { tensorElementCount } from '../../onnx/tensor-proto.ts';
import type { Operator } from './operator.ts';

/** A table of 4 or 8 bits in blocks that rows are looked up in: moves and converts, multiplies nothing. */
export const blockLookup: Operator = {
  standard: {},
  contrib: { GatherBlockQuantized: { weightInputs: [0] } },
  macs: () => 0,
  packed: {
    scaleInput: 2,
    zeroPointInput: 3,
    bits: (node) => attributeInt(node, 'bits', 4),
    elements: (node, tensor) => {
      const bits = attributeInt(node, 'bits', 4);
      // uint8 elements pack what fits; int4 and uint4 ones are one weight each.
      const isPacked = tensor.dataType === 2 && bits < 8;
      return tensorElementCount(tensor) * (isPacked ? 8 / bits : 1);
    },
  },
};
