import type { TextTable } from './text-table.ts';

/** What ONNX Runtime refuses, and what cannot be fed, compared or quantized. */
export const runtimeErrors = {
  // ONNX Runtime
  modelNotLoaded: { en: 'ONNX Runtime cannot load the model: {&reason}', zh: 'ONNX Runtime 无法加载模型：{reason}' },
  modelFileNotLoaded: {
    en: 'ONNX Runtime cannot load the model "{path}": {&reason}',
    zh: 'ONNX Runtime 无法加载模型“{path}”：{reason}',
  },
  modelNotRun: { en: 'ONNX Runtime cannot run the model: {&reason}', zh: 'ONNX Runtime 无法运行模型：{reason}' },
  refusedOpset: {
    en: 'it uses opset {opset} of {domain}, and ONNX Runtime {version} knows opsets up to {newest}. Export it with an older one.',
    zh: '它使用 {domain} 的 opset {opset}，而 ONNX Runtime {version} 最高支持 opset {newest}。请以较低的 opset 导出。',
  },
  refusedIrVersion: {
    en: 'it has IR version {#version}, and ONNX Runtime {runtime} knows versions up to {#newest}. Export it with an older onnx package, or set model.ir_version = {#newest} and save it again.',
    zh: '它的 IR 版本为 {version}，而 ONNX Runtime {runtime} 最高支持 {newest}。请用较旧的 onnx 包导出，或设置 `model.ir_version = {newest}` 后重新保存。',
  },
  refusedDomain: {
    en: 'it has the operator {operator} of the domain "{domain}", which ONNX Runtime {runtime} does not know. Export the model in standard operators, or cut it before this one.',
    zh: '它含有域“{domain}”的算子 {operator}，ONNX Runtime {runtime} 不认识。请用标准算子导出模型，或在该算子之前截断模型。',
  },
  refusedOperator: {
    en: 'node "{node}" uses the operator {operator}, which opset {#version} of {domain} does not have. Export the model in standard operators, with an opset that has them.',
    zh: '节点“{node}”需要算子 {operator}，而 {domain} 的 opset {version} 没有该算子。请用标准算子、以含有这些算子的 opset 导出模型。',
  },
  refusedDataType: {
    en: `ONNX Runtime's CPU provider has no {operator} for the data type at node "{node}". Export the model in float32.`,
    zh: 'ONNX Runtime 的 CPU 提供程序不支持节点“{node}”处数据类型的 {operator}。请以 float32 导出模型。',
  },
  refusedInputType: {
    en: '{operator} node "{node}" takes no {type}, the type of its input "{input}". Export the model in float32.',
    zh: '{operator} 节点“{node}”不接受 {type}，而其输入“{input}”为该类型。请以 float32 导出模型。',
  },
  refusedMixedTypes: {
    en: '{operator} node "{node}" gets {first} and {second}, but both must be of one type. Export the model again.',
    zh: '{operator} 节点“{node}”得到 {first} 和 {second}，二者必须类型相同。请重新导出模型。',
  },
  refusedAttribute: {
    en: `{operator} node "{node}" has the attribute "{attribute}", which this operator does not have in the model's opset. Export the model again.`,
    zh: '{operator} 节点“{node}”带有属性“{attribute}”，而在模型的 opset 中该算子没有此属性。请重新导出模型。',
  },
  refusedShapes: {
    en: 'the shapes at {operator} node "{node}" do not fit: {reason}. Export the model again, and check it with onnx.checker.',
    zh: '{operator} 节点“{node}”处的形状不相符（{reason}）。请重新导出模型，并用 onnx.checker 检查。',
  },
  refusedInRun: {
    en: '{operator} node "{node}" failed: {reason}. Check that the model takes the sizes (--dim) and the values of the data.',
    zh: '{operator} 节点“{node}”运行失败（{reason}）。请检查数据的尺寸（--dim）和取值是否为模型所接受。',
  },
  refusedOtherwise: {
    en: '{message}. Try it with onnxruntime.InferenceSession in Python. If it does not run there either, export it again.',
    zh: '（{message}）。请在 Python 中用 onnxruntime.InferenceSession 尝试；如果同样无法运行，请重新导出。',
  },
  runtimeNotWritten: {
    en: 'ONNX Runtime could not write to the temporary folder "{folder}", probably because its disk is full. Free some space, or set TMPDIR to a folder on another disk.',
    zh: 'ONNX Runtime 无法写入临时文件夹“{folder}”，很可能是磁盘已满。请腾出空间，或在 TMPDIR 中指定其他磁盘上的文件夹。',
  },
  temporaryFolderFull: {
    en: 'The disk of the temporary folder "{folder}" is nearly full, and the search keeps its models there. Free some space, or set TMPDIR to a folder on another disk.',
    zh: '临时文件夹“{folder}”所在的磁盘即将用尽，而搜索会把模型保存在那里。请腾出空间，或在 TMPDIR 中指定其他磁盘上的文件夹。',
  },
  profileMissing: { en: 'ONNX Runtime wrote no profile.', zh: 'ONNX Runtime 没有写出性能剖析文件。' },
  profileOfModelMissing: {
    en: 'ONNX Runtime wrote no profile for "{path}".',
    zh: 'ONNX Runtime 没有写出“{path}”的性能剖析文件。',
  },
  // Inputs and outputs
  inputTypeNotFed: {
    en: 'Input "{name}" is of type {type}; Vernier feeds dense tensors of numbers only. Cut the model so that it starts after this input.',
    zh: '输入“{name}”的类型为 {type}，Vernier 只能输入稠密数值张量。请截断模型，使其从该输入之后开始。',
  },
  outputTypeNotCompared: {
    en: 'Output "{name}" has element type {type}, but Vernier compares only numbers. Cut the model before this output.',
    zh: '输出“{name}”的元素类型为 {type}，而 Vernier 只比较数值。请裁剪模型，去掉该输出。',
  },
  inputTooLarge: {
    en: 'Input "{name}" would have {#count} elements ({shape}), too many to feed. Give smaller sizes with --dim NAME=VALUE where dimensions are open; where they are fixed, export the model with smaller ones.',
    zh: '输入“{name}”将有 {count} 个元素 ({shape})，过多而无法输入。未定的维度可用 --dim NAME=VALUE 给出较小的值；固定的维度请以较小的值重新导出模型。',
  },
  noOpenDimensions: {
    en: `The model's inputs have no open dimension "{name}". All their dimensions are fixed. Leave --dim out.`,
    zh: '模型的输入没有名为“{name}”的未定维度：所有维度都是固定的，请去掉 --dim。',
  },
  noSuchDimension: {
    en: `The model's inputs have no open dimension "{name}". They have: {names}.`,
    zh: '模型的输入没有名为“{name}”的未定维度，有的是：{names}。',
  },
  inputKindNotFed: {
    en: `The model's input "{name}" is {&kind}; Vernier can only feed tensors of numbers. Cut the model so that it starts after this input.`,
    zh: '模型的输入“{name}”{kind}，Vernier 只能输入数值张量。请裁剪模型，使其从该输入之后开始。',
  },
  kindStringTensor: { en: 'a tensor of strings', zh: '是字符串张量' },
  kindNotTensor: { en: 'not a tensor of numbers', zh: '不是数值张量' },
  noSuchOutput: {
    en: 'The model has no output "{name}"; its outputs are {names}.',
    zh: '模型没有输出“{name}”，其输出为 {names}。',
  },
  modelWithoutOutput: {
    en: 'The model has no output, so there is nothing to compare. Export it with an output.',
    zh: '模型没有输出，无法比较。请以带输出的形式重新导出。',
  },
  // Quantizing
  selectorWrong: {
    en: 'Node selector {selector} is not a regular expression that can be used: {reason}. Look-around and back references are not supported.',
    zh: '节点选择 {selector} 不是可用的正则表达式：{reason}。不支持环视和反向引用。',
  },
  selectorTooLong: {
    en: 'A node selector is a regular expression of {#length} characters. At most {#most} are allowed. Write several shorter ones.',
    zh: '节点选择的正则表达式有 {length} 个字符，最多 {most} 个。请拆成几个较短的。',
  },
  opTypeUnknown: {
    en: 'Vernier cannot quantize the operator "{opType}". It can quantize {known}.',
    zh: 'Vernier 不能量化算子“{opType}”，支持的算子有 {known}。',
  },
  nothingQuantizable: {
    en: 'Nothing in "{path}" can be quantized. Of its {#count} nodes: {&reasons}. `vernier inspect` lists the reason for each.',
    zh: '“{path}”中没有可量化的层。{count} 个节点中，{reasons}。`vernier inspect` 可列出每个节点的原因。',
  },
  nothingQuantizableQuantized: {
    en: 'Nothing in "{path}" can be quantized; it seems to be quantized already. Of its {#count} nodes: {&reasons}. `vernier inspect` lists the reason for each.',
    zh: '“{path}”中没有可量化的层，它似乎已经量化过。{count} 个节点中，{reasons}。`vernier inspect` 可列出每个节点的原因。',
  },
  nothingQuantizableFloat16: {
    en: 'Nothing in "{path}" can be quantized; its weights are float16. Give the float32 model it was made from. Of its {#count} nodes: {&reasons}. `vernier inspect` lists the reason for each.',
    zh: '“{path}”中没有可量化的层，其权重为 float16：请提供导出它的 float32 模型。{count} 个节点中，{reasons}。`vernier inspect` 可列出每个节点的原因。',
  },
  reasonOfNamedNodes: { en: '{#count} ({names}): {&reason}', zh: '{count} 个（{names}）：{reason}' },
  opsetNotRaisable: {
    en: '"{path}" has opset {#opset}, but int8 operators need opset {#from} or later. Vernier cannot raise it because {&why}. Export it with opset {#wanted} or later.',
    zh: '“{path}”为 opset {opset}，而 int8 算子需要 opset {from} 或更高版本；{why}，因此无法升级。请以 opset {wanted} 或更高版本导出。',
  },
  opsetKeptByFunctions: { en: 'it has functions of its own', zh: '它含有自定义函数' },
  opsetKeptBySubgraphs: { en: 'it has subgraphs', zh: '它含有子图' },
  opsetKeptByOperator: {
    en: '{op} "{node}" means something else there',
    zh: '{op}“{node}”在新版本中含义不同',
  },
  tensorWithoutRange: {
    en: 'Tensor "{name}" is quantized but has no calibrated range.',
    zh: '张量“{name}”已量化，却没有校准范围。',
  },
} as const satisfies TextTable;
