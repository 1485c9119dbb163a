import type { SchemeDescription } from '../../../../shared/scheme-description.ts';

/** What measurements decide unless told otherwise. */
const measured = {
  kind: 'choice',
  values: ['auto', 'on', 'off'],
  default: 'auto',
  words: {
    auto: { en: 'auto: measured', zh: 'auto：由测量决定' },
    on: { en: 'on', zh: 'on：开启' },
    off: { en: 'off', zh: 'off：关闭' },
  },
} as const;

/** Nothing is measured to decide on it: the same model every time, soon. */
const unsearched = {
  keepFloat: 'none',
  reducedRange: 'safe',
  biasCorrection: 'off',
  equalization: 'off',
  smoothing: 'off',
  weightRounding: 'nearest',
} as const;

export const int8Static = {
  name: 'int8-static',
  makes: { en: 'int8', zh: 'int8' },
  offer: { en: 'weights and activations in 8 bits', zh: '权重和激活都为 8 位' },
  needsData: true,
  storedOnly: false,
  row: {
    weights: '8 bits',
    activations: '8 bits, ranges calibrated',
    result: 'smaller and faster; for convolutions',
  },
  presets: {
    'int8-static': {
      description: {
        en: 'Static int8 QDQ: per-channel weights, uint8 activations; calibration method and float layers chosen by measurement.',
        zh: '静态 int8 QDQ：逐通道权重，uint8 激活；校准方法和保留浮点的层由测量选定。',
      },
      hint: {
        en: 'Measurements choose the calibration method and the layers to keep in float. Start with this one.',
        zh: '校准方法和保留浮点的层由测量决定。建议从这里开始。',
      },
      options: {},
    },
    'int8-static-minmax': {
      description: {
        en: 'Static int8 QDQ with MinMax ranges and every supported layer quantized; nothing is searched.',
        zh: '静态 int8 QDQ，MinMax 范围，量化所有支持的层；不做搜索。',
      },
      hint: {
        en: 'Every supported layer in int8, with MinMax ranges. No search.',
        zh: '所有支持的层都用 int8 和 MinMax 范围，不做搜索。',
      },
      options: { calibrationMethod: 'minmax', ...unsearched },
    },
    'int8-static-percentile': {
      description: {
        en: 'Static int8 QDQ with 99.99 % percentile ranges and every supported layer quantized; nothing is searched.',
        zh: '静态 int8 QDQ，99.99 % 分位数范围，量化所有支持的层；不做搜索。',
      },
      hint: {
        en: 'Every supported layer in int8, with 99.99 % percentile ranges. No search.',
        zh: '所有支持的层都用 int8 和 99.99 % 分位数范围，不做搜索。',
      },
      options: { calibrationMethod: 'percentile', ...unsearched },
    },
    'int8-static-entropy': {
      description: {
        en: 'Static int8 QDQ with entropy (KL) ranges and every supported layer quantized; nothing is searched.',
        zh: '静态 int8 QDQ，熵 (KL) 范围，量化所有支持的层；不做搜索。',
      },
      hint: {
        en: 'Every supported layer in int8, with entropy (KL) ranges. No search.',
        zh: '所有支持的层都用 int8 和熵（KL）范围，不做搜索。',
      },
      options: { calibrationMethod: 'entropy', ...unsearched },
    },
    'int8-per-tensor': {
      description: {
        en: 'One scale per weight tensor, MinMax ranges: for runtimes without per-channel kernels.',
        zh: '每个权重张量一个缩放因子，MinMax 范围：用于没有逐通道内核的运行时。',
      },
      hint: {
        en: 'One scale per weight tensor, for runtimes without per-channel kernels.',
        zh: '每个权重张量一个缩放因子，适合没有逐通道内核的运行时。',
      },
      options: { calibrationMethod: 'minmax', perChannel: false, ...unsearched },
    },
  },
  options: {
    /** uint8 with a zero point (asymmetric) or int8 with zero point 0 (symmetric). */
    symmetricActivations: {
      kind: 'switch',
      flag: '--symmetric-activations',
      help: 'int8 activations with zero point 0 instead of uint8',
      label: { en: 'Symmetric activations', zh: '对称激活' },
      explained: {
        en: 'int8 with zero point 0 instead of uint8. Slower on most x86 CPUs.',
        zh: '零点为 0 的 int8，而不是 uint8。在多数 x86 CPU 上更慢。',
      },
      inName: { on: 'symmetric', off: 'asymmetric' },
    },
    /**
     * How layers of 8-bit activations are written. `qdq`: float operators between QuantizeLinear and DequantizeLinear, which runtimes
     * make integer operators of; `qoperator`: integer operators (QLinearConv, QLinearMatMul, and com.microsoft's).
     */
    format: {
      kind: 'choice',
      values: ['qdq', 'qoperator'],
      default: 'qdq',
      words: {
        qdq: { en: 'qdq: QuantizeLinear and DequantizeLinear', zh: 'qdq：QuantizeLinear 和 DequantizeLinear' },
        qoperator: { en: 'qoperator: QLinearConv and the like', zh: 'qoperator：QLinearConv 等整数算子' },
      },
      flag: '--format <form>',
      help: 'write int8 layers between QuantizeLinear and DequantizeLinear, or as integer operators such as QLinearConv',
      label: { en: 'Form of int8 layers', zh: 'int8 层的形式' },
      explained: {
        en: 'How the file holds layers with 8-bit activations. ONNX Runtime computes the same with both; some other runtimes read only one.',
        zh: '8 位激活的层在文件中的写法。ONNX Runtime 对两者的计算相同；有些运行时只支持其中一种。',
      },
      inName: '{value}',
    },
    /** Moves the mean error of rounded weights into the bias (Nagel et al. 2019, section 4.2). */
    biasCorrection: {
      ...measured,
      flag: '--bias-correction <mode>',
      help: 'move the mean rounding error of weights into the bias',
      label: { en: 'Bias correction', zh: '偏置校正' },
      explained: {
        en: 'Moves the mean rounding error of the weights into the bias.',
        zh: '把权重的平均舍入误差移入偏置。',
      },
      inName: 'bias correction {value}',
    },
    /** Evens out channel ranges between layers without changing the float model (same paper, section 4.1). */
    equalization: {
      ...measured,
      flag: '--equalization <mode>',
      help: 'even out channel ranges between layers',
      label: { en: 'Cross-layer equalization', zh: '跨层均衡' },
      explained: {
        en: 'Evens out channel ranges of neighbouring layers before quantizing.',
        zh: '量化前均衡相邻层之间的通道范围。',
      },
      inName: 'equalization {value}',
    },
    /** SmoothQuant (Xiao et al. 2023): moves loud channels of what matrix products read into the weights, without changing the float model. */
    smoothing: {
      ...measured,
      flag: '--smooth-quant <mode>',
      help: 'move loud channels before matrix products into their weights (SmoothQuant)',
      label: { en: 'Channel smoothing (SmoothQuant)', zh: '通道平滑 (SmoothQuant)' },
      explained: {
        en: 'Where a few channels before a matrix product are much larger than the others, makes them smaller and the weights larger.',
        zh: '矩阵乘之前少数通道远大于其他通道时，缩小这些通道并相应放大权重。',
      },
      inName: 'smoothing {value}',
    },
    /** The exponent of equation 4 there. */
    smoothingStrength: {
      kind: 'number',
      min: 0,
      max: 1,
      isWhole: false,
      default: 0.5,
      flag: '--smooth-strength <a>',
      help: 'with --smooth-quant on: how much goes to the weights, from 0 to 1',
      label: { en: 'Strength of smoothing', zh: '通道平滑的强度' },
      explained: {
        en: 'With smoothing on: how much of the difference between channels goes to the weights, from 0 to 1. With auto, several are measured.',
        zh: '开启通道平滑时，通道之间的差异有多少移入权重，0 到 1。auto 时会测量几个值。',
      },
      inName: 'smoothing strength {value}',
    },
  },
  texts: {
    inputsFloat: {
      en: 'its inputs are float; converting them would cost more than it saves',
      zh: '输入是浮点，转换的代价大于收益',
    },
    exactInFloat: {
      en: 'no int8 layer reads it; in float it costs nothing and is exact',
      zh: '之后没有 int8 层，保留浮点无代价且精确',
    },
    nothingBehind: { en: 'no int8 layer reads it', zh: '之后没有 int8 层' },
    movesFloat: {
      en: 'its input is float; moving float values needs no conversion',
      zh: '输入是浮点，搬运浮点值不需要转换',
    },
    noRangeToFoldInto: {
      en: 'the layer before it is not int8, so there is no range to fold it into',
      zh: '前一层不是 int8，没有可折叠的范围',
    },
    weightSparse: {
      en: 'its weight is stored sparse, which has no int8 form',
      zh: '权重以稀疏形式存储，没有对应的 int8 形式',
    },
    operandsFloat: { en: 'both its operands are in float', zh: '两个操作数都以浮点计算' },
    opsetOfInt8: { en: '{op} supports int8 from opset {#from} on', zh: '{op} 从 opset {from} 起接受 int8' },
    opsetTooOld: {
      en: '{op} supports int8 from opset {#from} on, and this model has opset {#opset}',
      zh: '{op} 从 opset {from} 起接受 int8；此模型为 opset {opset}',
    },
    softmaxFlattens: { en: 'before opset 13 Softmax flattens its input', zh: 'opset 13 之前的 Softmax 会展平输入' },
    biasNoRow: { en: 'its bias is not one value per column', zh: '偏置不是每列一个值' },
    padsOtherValue: { en: 'it pads with a value other than 0', zh: '填充值不为 0' },
    namedInputNotFloat32: {
      en: 'its input "{name}" is {type}, not float32',
      zh: '输入“{name}”为 {type}，不是 float32',
    },
    outputNotFloat32: { en: 'its output is {type}, not float32', zh: '输出为 {type}，不是 float32' },
    biasComputed: { en: 'its bias is computed at run time', zh: '偏置在运行时计算' },
    poolDilated: { en: 'its int8 kernel has no dilations', zh: '其 int8 内核不支持 dilations' },
    boundsComputed: { en: 'its bounds are computed at run time', zh: '上下限在运行时计算' },
    notTwoDimensional: { en: 'it is not two-dimensional', zh: '不是二维' },
    nearestOnly: { en: 'only nearest resizing keeps int8 values exact', zh: '只有最近邻缩放能保持 int8 值不变' },
    neededUnclamped: { en: 'other nodes need the values before this clamp', zh: '其他节点需要截断之前的值' },
    symmetricClamp: {
      en: 'a symmetric int8 range does not clamp, so no layer can do it by its range',
      zh: '对称 int8 范围不会截断，无法由前一层的范围代替',
    },
    boundsWithoutZero: {
      en: 'its bounds exclude zero, which every quantized range includes',
      zh: '上下限不含 0，而量化范围必须包含 0',
    },
    noInt8Kernel: { en: 'it has no int8 kernel', zh: '没有对应的 int8 内核' },
    rangesMixed: { en: 'ranges: {one}, signed tensors {two}', zh: '范围：{one}，有符号张量 {two}' },
    rangesBy: { en: 'ranges: {method}', zh: '范围：{method}' },
    smoothedBy: { en: 'SmoothQuant of strength {strength}', zh: '通道平滑 (SmoothQuant)，强度 {strength}' },
    withoutSmoothing: { en: 'without SmoothQuant', zh: '不做通道平滑 (SmoothQuant)' },
    rangesByDepth: { en: 'ranges refined by depth', zh: '按深度细化的范围' },
    integerOperators: {
      en: 'Layers are written as integer operators such as {operators}. ONNX Runtime makes the same operators of QDQ models when it loads them.',
      zh: '各层写为 {operators} 等整数算子。ONNX Runtime 加载 QDQ 模型时也会生成相同的算子。',
    },
    integerOperatorsMissing: {
      en: 'No integer operator exists for {operators}: such layers stay between QuantizeLinear and DequantizeLinear.',
      zh: '{operators} 没有对应的整数算子：这些层仍位于 QuantizeLinear 与 DequantizeLinear 之间。',
    },
    int8ProductsSlow: {
      en: 'On x86 CPUs, ONNX Runtime has no fast integer operators for int8 activations: convolutions were four times as slow as in QDQ form, which it turns into uint8. Use QDQ form there, or uint8 activations.',
      zh: '在 x86 CPU 上，ONNX Runtime 没有针对 int8 激活的快速整数算子：卷积比 QDQ 形式慢到四倍（QDQ 形式会转换为 uint8）。此类 CPU 请使用 QDQ 形式或 uint8 激活。',
    },
    integerOperatorsNone: {
      en: 'The option "format" asks for integer operators, but no layer has 8-bit activations.',
      zh: '选项“format”要求整数算子，但没有任何层使用 8 位激活。',
    },
    rangesWithHeadroom: { en: 'ranges with {#share} % headroom', zh: '范围留 {share} % 余量' },
  },
  advice: {},
} as const satisfies SchemeDescription;
