import type { SchemeDescription } from '../../../../shared/scheme-description.ts';

export const int4Weights = {
  name: 'int4-weights',
  makes: { en: '4-bit weights', zh: '4 位权重' },
  offer: { en: 'weights of matrix products in 4 bits', zh: '矩阵乘的权重为 4 位' },
  needsData: false,
  storedOnly: false,
  row: {
    weights: '4 bits in blocks',
    activations: '8 bits, rounded at run time',
    result: 'a sixth of the size, fast row by row, as language models decode; for MatMul, Gemm and embeddings',
  },
  presets: {
    'int4-weights': {
      description: {
        en: 'Weights of matrix products and embeddings in 4 bits, a scale for 32 of them; needs no data, comes closer with it. Fast for one row at a time, as language models decode.',
        zh: '矩阵乘和嵌入的权重为 4 位，每 32 个共用一个缩放因子，无需数据，有数据时更接近原模型。逐行计算时很快，例如语言模型解码。',
      },
      hint: {
        en: '4-bit weights in matrix products and embeddings, no calibration. For language models.',
        zh: '矩阵乘和嵌入的权重为 4 位，无需校准：适用于语言模型。',
      },
      options: { scheme: 'int4-weights', keepFloat: 'none' },
    },
  },
  // Of both schemes in this folder, as their sentences are.
  options: {
    blockSize: {
      kind: 'choice',
      values: [16, 32, 64, 128, 256],
      default: 32,
      flag: '--block-size <n>',
      help: 'number of neighbouring weights that share a scale, in 4 and 2 bits',
      label: { en: 'Block size', zh: '块大小' },
      explained: {
        en: 'Number of neighbouring weights that share a scale in 4 or 2 bits. Smaller blocks are more accurate and take more space.',
        zh: '4 位或 2 位时，共用一个缩放因子的相邻权重个数。越小越准确，占用空间越大。',
      },
      inName: 'blocks of {value}',
    },
    /**
     * How weights of 4 bits are written. `matmulnbits`: com.microsoft's MatMulNBits and GatherBlockQuantized; `dequantize`: ONNX's own
     * DequantizeLinear with blocks in front of MatMul and Gemm (opset 21), tables in 8 bits.
     */
    weightsForm: {
      kind: 'choice',
      values: ['matmulnbits', 'dequantize'],
      default: 'matmulnbits',
      words: {
        matmulnbits: { en: 'matmulnbits: operators of ONNX Runtime', zh: 'matmulnbits：ONNX Runtime 的算子' },
        dequantize: { en: 'dequantize: operators of ONNX', zh: 'dequantize：ONNX 标准算子' },
      },
      flag: '--weights-form <form>',
      help: 'write 4-bit weights for MatMulNBits of com.microsoft, or for DequantizeLinear of ONNX, opset 21',
      label: { en: 'Form of 4-bit weights', zh: '4 位权重的形式' },
      explained: {
        en: 'How the file holds weights in 4 bits. Operators of ONNX are portable and need opset 21; tables then take 8 bits.',
        zh: '4 位权重在文件中的写法。ONNX 标准算子可移植，需要 opset 21；此时查找表为 8 位。',
      },
      inName: '{value}',
    },
  },
  texts: {
    noPackedKernel: {
      en: 'ONNX Runtime has no {op} for weights of {#bits} bits',
      zh: 'ONNX Runtime 没有使用 {bits} 位权重的 {op}',
    },
    noFastBlocks: {
      en: 'ONNX Runtime has no fast kernel for weights of {#bits} bits in blocks of {#block}',
      zh: 'ONNX Runtime 没有适用于 {bits} 位权重、块大小为 {block} 的快速内核',
    },
    blocksTooLarge: {
      en: 'in blocks of {#block} its weight would take no less room than in float',
      zh: '块大小为 {block} 时，其权重所占空间不会小于浮点',
    },
    noPortableBlocks: {
      en: 'ONNX has no tensors of {#bits} bits in opset 21: only MatMulNBits computes with them',
      zh: 'opset 21 没有 {bits} 位张量：只有 MatMulNBits 能使用',
    },
    blocksNeedOpset: {
      en: 'DequantizeLinear has blocks from opset {#from} on; this model has opset {#opset}',
      zh: 'DequantizeLinear 从 opset {from} 起支持分块；此模型为 opset {opset}',
    },
    notOfMatMulNBits: {
      en: 'MatMulNBits does not support its {name}',
      zh: '其 {name} 的取值 MatMulNBits 不支持',
    },
    looksUpColumns: {
      en: 'it looks up columns, and packed tables are stored by rows',
      zh: '它按列查找，而打包的表只能按行查找',
    },
    rowsOfPartialBytes: {
      en: 'its rows of {#count} weights do not fill whole bytes',
      zh: '每行 {count} 个权重无法填满整字节',
    },
    tableShared: {
      en: 'other nodes need its table in float, so a second one would only add to the size',
      zh: '其他节点需要浮点的查找表，再存一份只会增大体积',
    },
    inputsRoundedChoice: { en: 'inputs of packed weights: rounded to 8 bits', zh: '打包权重的输入：舍入为 8 位' },
    inputsExact: { en: 'inputs of packed weights: exact', zh: '打包权重的输入：不舍入' },
    tablesInBytes: { en: 'tables: 8-bit', zh: '查找表：8 位' },
    inputsRounded: {
      en: 'What is multiplied by packed weights is rounded to 8 bits in each run (MatMulNBits, accuracy_level {#level}).',
      zh: '与打包权重相乘的值在每次运行时舍入为 8 位（MatMulNBits，accuracy_level {level}）。',
    },
  },
  advice: {
    'inputs-rounded': {
      en: 'Check the output error; keep a layer in float if its error is too large.',
      zh: '请查看输出误差；误差过大的层可保留浮点。',
    },
  },
} as const satisfies SchemeDescription;

export const int2Weights = {
  name: 'int2-weights',
  makes: { en: '2-bit weights', zh: '2 位权重' },
  offer: { en: 'weights of matrix products in 2 bits', zh: '矩阵乘的权重为 2 位' },
  needsData: false,
  storedOnly: false,
  row: {
    weights: '2 bits in blocks',
    activations: '8 bits, rounded at run time',
    result: 'the same, smaller still and much less accurate',
  },
  presets: {
    'int2-weights': {
      description: {
        en: 'Weights of matrix products and embeddings in 2 bits: smaller still, and so far from the original that few models bear it.',
        zh: '矩阵乘和嵌入的权重为 2 位：更小，但与原模型相差很大，少有模型可用。',
      },
      hint: {
        en: 'The same in 2 bits: smaller still and much less accurate.',
        zh: '同上，但为 2 位：更小，但误差大得多。',
      },
      options: { scheme: 'int2-weights', keepFloat: 'none' },
    },
  },
  options: {},
  texts: {},
  advice: {},
} as const satisfies SchemeDescription;
