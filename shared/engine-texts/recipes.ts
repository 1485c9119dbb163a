import type { Phrase } from './phrase.ts';

/** What the presets say of themselves (`shared/recipe.ts`). */
export const recipeDescriptions: readonly Phrase[] = [
  [
    'Static int8 QDQ: per-channel weights, uint8 activations; calibration method and float layers chosen by measurement.',
    '静态 int8 QDQ：逐通道权重，uint8 激活；校准方法和保留浮点的层由测量选定。',
  ],
  [
    'Static int8 QDQ with MinMax ranges and every supported layer quantized; nothing is searched.',
    '静态 int8 QDQ，MinMax 范围，量化所有支持的层；不做搜索。',
  ],
  [
    'Static int8 QDQ with 99.99 % percentile ranges and every supported layer quantized; nothing is searched.',
    '静态 int8 QDQ，99.99 % 百分位范围，量化所有支持的层；不做搜索。',
  ],
  [
    'Static int8 QDQ with entropy (KL) ranges and every supported layer quantized; nothing is searched.',
    '静态 int8 QDQ，熵 (KL) 范围，量化所有支持的层；不做搜索。',
  ],
  [
    'One scale per weight tensor, MinMax ranges: for runtimes without per-channel kernels.',
    '每个权重张量一个缩放系数，MinMax 范围：用于没有逐通道内核的运行时。',
  ],
  [
    'Static int8, with dynamic int8 for the products and LSTM layers where it is measured to be better.',
    '静态 int8，对实测更好的矩阵乘和 LSTM 层改用动态 int8。',
  ],
  [
    'Dynamic int8: weights in 8 bits, activations rounded in each run, no calibration. For transformers and LSTM; convolutions stay float.',
    '动态 int8：权重为 8 位，激活在每次运行时量化，无需校准。适用于 Transformer 和 LSTM；卷积保留浮点。',
  ],
  [
    'Weights alone as half floats: half the size, all but the same outputs, no faster than before.',
    '只把权重存为半精度浮点：体积减半，输出几乎不变，不会更快。',
  ],
  [
    'Weights of matrix products and embeddings in 4 bits, a scale for 32 of them; needs no data, comes closer with it. Fast for one row at a time, as language models decode.',
    '矩阵乘和嵌入的权重为 4 位，每 32 个共用一个缩放系数，无需数据，有数据时更接近原模型。逐行计算时很快，例如语言模型解码。',
  ],
  [
    'Weights of matrix products and embeddings in 2 bits: smaller still, and so far from the original that few models bear it.',
    '矩阵乘和嵌入的权重为 2 位：更小，但与原模型相差很大，少有模型能承受。',
  ],
  [
    'Weights alone in 8 bits, no calibration: a smaller file that computes in float, no faster than before.',
    '只把权重存为 8 位，无需校准：文件更小，仍以浮点计算，不会更快。',
  ],
];
