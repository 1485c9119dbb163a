import type { TextTable } from './text-table.ts';

/** Why a layer stays in float or what it became: parts of sentences, without a full stop. */
export const layerReasons = {
  removed: { en: 'folded into a constant or removed', zh: '折叠为常量或已移除' },
  foldedIntoRange: { en: 'folded into the range of {name}', zh: '折叠进 {name} 的范围' },
  foldedInto: { en: 'folded into {name}', zh: '折叠进 {name}' },
  unknownOperator: { en: "Vernier's op table has no entry for {name}", zh: 'Vernier 的算子表中没有 {name}' },
  behindSelection: {
    en: 'it works on what {node} selected, and int8 can change how much that is',
    zh: '它处理 {node} 选出的结果，而 int8 可能改变其数量',
  },
  inputsFloat: {
    en: 'its inputs are float; converting them would cost more than it saves',
    zh: '输入是浮点，转换的代价大于收益',
  },
  exactInFloat: {
    en: 'nothing behind it is int8; in float it costs nothing and is exact',
    zh: '之后没有 int8 层，保留浮点无代价且精确',
  },
  nothingBehind: { en: 'nothing behind it is int8', zh: '之后没有 int8 层' },
  movesFloat: {
    en: 'its input is float; moving float values needs no conversion',
    zh: '输入是浮点，搬运浮点值不需要转换',
  },
  noRangeToFoldInto: {
    en: 'the layer before it is not int8, so there is no range to fold it into',
    zh: '前一层不是 int8，没有可折叠的范围',
  },
  weightSparse: {
    en: 'its weight is stored sparse, for which there is no int8 form',
    zh: '权重以稀疏形式存储，没有对应的 int8 形式',
  },
  operandsFloat: { en: 'both its operands are computed in float', zh: '两个操作数都以浮点计算' },
  measuredInFloat: {
    en: 'measured: in float the model is faster or closer to the original',
    zh: '实测：保留浮点时模型更快或更接近原模型',
  },
  calibrationStill: {
    en: 'calibration saw one value of "{tensor}" alone, as before the first step of a sequence',
    zh: '校准只见到“{tensor}”的一个值，如同序列的第一步之前',
  },
  calibrationEmpty: {
    en: 'calibration saw no value of "{tensor}", which is empty in all its samples',
    zh: '校准没有见到“{tensor}”的值：它在所有校准样本中均为空',
  },
  recipeKeepsFloat: { en: 'the recipe keeps it in float', zh: '方案让它保留浮点' },
  recipeHasScheme: { en: 'the recipe has {scheme} for it', zh: '方案为它指定了 {scheme}' },
  noWeights: { en: 'it has no weights', zh: '没有权重' },
  beyondFloat16: { en: 'its weight has values that float16 cannot hold', zh: '权重中有 float16 无法表示的值' },
  noPackedKernel: {
    en: 'ONNX Runtime computes no {op} with weights of {#bits} bits',
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
  notOfMatMulNBits: {
    en: 'its {name} is not what MatMulNBits computes with',
    zh: '其 {name} 的取值 MatMulNBits 不支持',
  },
  looksUpColumns: {
    en: 'it looks up columns, and a packed table has rows',
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
  tableSharedInt8: {
    en: 'other nodes need its table in float, so a second one in int8 would only add to the size',
    zh: '其他节点需要浮点的查找表，再存一份 int8 只会增大体积',
  },
  noTable: { en: 'it looks nothing up in a table of weights', zh: '没有在权重表中查找' },
  noDynamicForm: { en: 'it has no dynamic int8 form', zh: '没有动态 int8 形式' },
  noDynamicOperator: { en: 'ONNX Runtime has no dynamic int8 {op}', zh: 'ONNX Runtime 没有动态 int8 的 {op}' },
  weightNoMatrix: { en: 'its weight is no matrix', zh: '权重不是矩阵' },
  layoutOne: {
    en: 'its layout is 1, which DynamicQuantizeLSTM does not take',
    zh: 'layout 为 1，DynamicQuantizeLSTM 不支持',
  },
  dynamicConvSlow: {
    en: 'in dynamic int8 a convolution (ConvInteger) is slower than in float: name it to have it',
    zh: '动态 int8 卷积 (ConvInteger) 比浮点慢；需要时请指名该层',
  },
  excluded: { en: 'excluded by the recipe', zh: '被方案排除' },
  notIncluded: { en: 'the recipe includes only other nodes', zh: '方案只包含其他节点' },
  typeExcluded: { en: 'op type {op} is excluded by the recipe', zh: '算子 {op} 被方案排除' },
  typeNotIncluded: { en: 'op type {op} is not among the included ones', zh: '算子 {op} 不在方案包含之列' },
  noInt8Kernel: { en: 'there is no int8 kernel for it', zh: '没有对应的 int8 内核' },
  floatKernelOnly: {
    en: "ONNX Runtime's CPU provider has no int8 {op} kernel; in int8 it would run in float between two conversions",
    zh: 'ONNX Runtime 的 CPU 实现没有 {op} 的 int8 内核；量化后仍会在两次转换之间以浮点运行',
  },
  opsetTooOld: {
    en: '{op} takes int8 from opset {#from} on; this model has opset {#opset}',
    zh: '{op} 从 opset {from} 起接受 int8；此模型为 opset {opset}',
  },
  opsetOfInt8: { en: '{op} takes int8 from opset {#from} on', zh: '{op} 从 opset {from} 起接受 int8' },
  softmaxFlattens: { en: 'before opset 13 Softmax flattens its input', zh: 'opset 13 之前的 Softmax 会展平输入' },
  transA: { en: 'transA is set, which the int8 kernel does not take', zh: '设置了 transA，int8 内核不支持' },
  factorNotOne: { en: '{name} is not 1, which the int8 kernel cannot fuse', zh: '{name} 不为 1，int8 内核无法融合' },
  biasNoRow: { en: 'its bias is not one value a column', zh: '偏置不是每列一个值' },
  padsOtherValue: { en: 'it pads with a value other than 0', zh: '填充值不为 0' },
  namedInputNotFloat32: {
    en: 'its input "{name}" is {type}, not float32',
    zh: '输入“{name}”为 {type}，不是 float32',
  },
  inputNotFloat32: { en: 'its input is {type}, not float32', zh: '输入为 {type}，不是 float32' },
  outputNotFloat32: { en: 'its output is {type}, not float32', zh: '输出为 {type}，不是 float32' },
  weightComputed: { en: 'its weight is computed at run time', zh: '权重在运行时计算' },
  biasComputed: { en: 'its bias is computed at run time', zh: '偏置在运行时计算' },
  boundsComputed: { en: 'its bounds are computed at run time', zh: '上下限在运行时计算' },
  weightNotFloat32: { en: 'its weight is not float32', zh: '权重不是 float32' },
  constantFirst: { en: 'its constant is the first operand', zh: '常量是第一个操作数' },
  weightVector: { en: 'its weight is a vector', zh: '权重是向量' },
  weightEmpty: { en: 'its weight has no elements', zh: '权重不含元素' },
  notTwoDimensional: { en: 'it is not two-dimensional', zh: '不是二维' },
  nearestOnly: { en: 'only nearest resizing keeps int8 values exact', zh: '只有最近邻缩放能保持 int8 值不变' },
  neededUnclamped: { en: 'other nodes need the values before this clamp', zh: '其他节点需要截断之前的值' },
  symmetricClamp: {
    en: 'a symmetric int8 range does not clamp, so no layer can do it by its range',
    zh: '对称 int8 范围不会截断，无法由前一层的范围代替',
  },
  boundsWithoutZero: {
    en: 'its bounds leave out zero, which every quantized range holds',
    zh: '上下限不含 0，而量化范围必须包含 0',
  },
  normAlone: {
    en: 'this BatchNormalization has no layer beside it that it could be folded into',
    zh: '此 BatchNormalization 前后都没有可折叠进去的层',
  },
  recurrentNoStatic: {
    en: 'recurrent layers have no static int8 form in ONNX Runtime',
    zh: '循环层在 ONNX Runtime 中没有静态 int8 形式',
  },
  recurrentDynamic: {
    en: 'recurrent layers need dynamic quantization (DynamicQuantizeLSTM), which this recipe does not do',
    zh: '循环层需要动态量化 (DynamicQuantizeLSTM)，此方案不做',
  },
  controlFlow: { en: 'nodes inside control flow are left as they are', zh: '控制流内的节点保持原样' },
  unfused: { en: 'ONNX Runtime runs it in float, between conversions', zh: 'ONNX Runtime 在转换之间以浮点运行它' },
  alreadyInteger: { en: 'it is already {#bits}-bit', zh: '它已是 {bits} 位' },
} as const satisfies TextTable;
