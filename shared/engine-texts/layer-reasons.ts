import type { TextTable } from './text-table.ts';

/** Why a layer stays in float or what it became: parts of sentences, without a full stop. */
export const layerReasons = {
  removed: { en: 'folded into a constant or removed', zh: '折叠为常量或已移除' },
  foldedIntoRange: { en: 'folded into the range of {name}', zh: '折叠进 {name} 的范围' },
  foldedInto: { en: 'folded into {name}', zh: '折叠进 {name}' },
  unknownOperator: { en: "Vernier's op table has no entry for {name}", zh: 'Vernier 的算子表中没有 {name}' },
  behindSelection: {
    en: 'it processes what {node} selected, and int8 can change how many results there are',
    zh: '它处理 {node} 选出的结果，而 int8 可能改变其数量',
  },
  measuredInFloat: {
    en: 'measured: in float the model is faster or closer to the original',
    zh: '实测：保留浮点时模型更快或更接近原模型',
  },
  calibrationStill: {
    en: 'calibration saw only one value of "{tensor}", as before the first step of a sequence',
    zh: '校准只见到“{tensor}”的一个值，如同序列的第一步之前',
  },
  calibrationEmpty: {
    en: 'calibration saw no value of "{tensor}", which is empty in all its samples',
    zh: '校准没有见到“{tensor}”的值：它在所有校准样本中均为空',
  },
  calibrationInfinite: {
    en: '"{tensor}" holds NaN or infinite values, and no 8-bit range does',
    zh: '“{tensor}”含有 NaN 或无穷大，没有 8 位范围能容纳',
  },
  recipeKeepsFloat: { en: 'the recipe keeps it in float', zh: '方案让它保留浮点' },
  recipeHasScheme: { en: 'the recipe gives it {scheme}', zh: '方案为它指定了 {scheme}' },
  noWeights: { en: 'it has no weights', zh: '没有权重' },
  tableSharedInt8: {
    en: 'other nodes need its table in float, so a second one in int8 would only add to the size',
    zh: '其他节点需要浮点的查找表，再存一份 int8 只会增大体积',
  },
  noTable: { en: 'it does not look anything up in a table of weights', zh: '没有在权重表中查找' },
  weightNoMatrix: { en: 'its weight is not a matrix', zh: '权重不是矩阵' },
  excluded: { en: 'excluded by the recipe', zh: '被方案排除' },
  notIncluded: { en: 'the recipe includes only other nodes', zh: '方案只包含其他节点' },
  typeExcluded: { en: 'op type {op} is excluded by the recipe', zh: '算子 {op} 被方案排除' },
  typeNotIncluded: { en: 'the recipe does not include op type {op}', zh: '算子 {op} 不在方案包含之列' },
  floatKernelOnly: {
    en: "ONNX Runtime's CPU provider has no int8 {op} kernel; in int8 it would run in float between two conversions",
    zh: 'ONNX Runtime 的 CPU 实现没有 {op} 的 int8 内核；量化后仍会在两次转换之间以浮点运行',
  },
  transA: { en: 'transA is set, which the int8 kernel does not support', zh: '设置了 transA，int8 内核不支持' },
  factorNotOne: { en: '{name} is not 1, which the int8 kernel cannot fuse', zh: '{name} 不为 1，int8 内核无法融合' },
  inputNotFloat32: { en: 'its input is {type}, not float32', zh: '输入为 {type}，不是 float32' },
  weightComputed: { en: 'its weight is computed at run time', zh: '权重在运行时计算' },
  weightNotFloat32: { en: 'its weight is not float32', zh: '权重不是 float32' },
  constantFirst: { en: 'its constant is the first operand', zh: '常量是第一个操作数' },
  weightVector: { en: 'its weight is a vector', zh: '权重是向量' },
  weightEmpty: { en: 'its weight has no elements', zh: '权重不含元素' },
  normAlone: {
    en: 'no layer beside this BatchNormalization can take it in',
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
