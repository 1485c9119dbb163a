import type { TextTable } from './text-table.ts';

/** What can be wrong with a graph: its weights, inputs, nodes and their attributes. */
export const graphErrors = {
  // Weights and inputs
  weightsNotFinite: {
    en: 'The weight "{tensor}" of {&node} holds {&counts}, so the outputs of the model are not finite and it cannot be calibrated or compared. Export it from a checkpoint whose weights are finite; `vernier inspect` names them all.',
    zh: '{node}的权重“{tensor}”有 {counts}：模型的输出不是有限数值，无法校准或比较。请从权重均为有限数值的检查点重新导出；`vernier inspect` 会列出全部此类权重。',
  },
  moreWeightsNotFinite: {
    en: 'The weight "{tensor}" of {&node} holds {&counts} (and {#more} more weights hold such values), so the outputs of the model are not finite and it cannot be calibrated or compared. Export it from a checkpoint whose weights are finite; `vernier inspect` names them all.',
    zh: '{node}的权重“{tensor}”有 {counts}（另有 {more} 个权重也有此类值）：模型的输出不是有限数值，无法校准或比较。请从权重均为有限数值的检查点重新导出；`vernier inspect` 会列出全部此类权重。',
  },
  inputDimensionZero: {
    en: `Dimension {#axis} of the model's input "{input}" is fixed to 0 ({dims}), so no data fits it. Export the model with the size it is used with, or with a symbolic dimension.`,
    zh: '模型输入“{input}”的第 {axis} 维固定为 0 ({dims})，任何数据都不适用。请以实际使用的大小或符号维度重新导出模型。',
  },
  inputShapeMissing: {
    en: 'The model does not say which shape its input "{input}" has, so values cannot be made up for it. --dim cannot help, because there is no dimension to set. Give data with --data if the command takes it, or export the model with input shapes.',
    zh: '模型没有说明输入“{input}”的形状，无法为它生成数值，--dim 也无济于事：没有可以指定大小的维度。命令接受数据时请用 --data 提供，或带输入形状重新导出模型。',
  },
  // Graph
  graphMalformed: {
    en: '{&what}. The file is damaged or was written wrongly; copy or export it again.',
    zh: '{what}。文件已损坏或写入有误，请重新复制或导出。',
  },
  graphsTooDeep: {
    en: 'Graphs are nested more than {#depth} deep in {&place}',
    zh: '{place}中的图嵌套超过 {depth} 层',
  },
  nodeWithoutType: { en: 'A node of {&place} has no operator type', zh: '{place}中有一个节点没有算子类型' },
  nodesInCircle: {
    en: "Nodes of {&place} wait for each other's values in a circle: {&nodes}. No runtime can run that; export the model again.",
    zh: '{place}中的节点循环等待彼此的值：{nodes}。任何运行时都无法执行，请重新导出模型。',
  },
  nodesAndMore: { en: '{&nodes} and {#count} more', zh: '{nodes}，另有 {count} 个' },
  valueFromNowhere: {
    en: '{&node} of {&place} uses "{value}", which nothing in the model provides',
    zh: '{place}中的 {node}使用了模型中不存在的“{value}”',
  },
  attributeWithoutName: { en: '{&node} has an attribute without a name', zh: '{node}有一个没有名称的属性' },
  valueDefinedTwice: { en: 'The value "{value}" is defined twice in {&place}', zh: '{place}中重复定义了值“{value}”' },
  inputWithoutName: { en: 'An input of {&place} has no name', zh: '{place}的一个输入没有名称' },
  inputListedTwice: { en: 'The input "{name}" is listed twice in {&place}', zh: '{place}中重复列出了输入“{name}”' },
  initializerWithoutName: { en: 'An initializer of {&place} has no name', zh: '{place}的一个初始值没有名称' },
  initializerDefinedTwice: {
    en: 'The initializer "{name}" is defined twice in {&place}',
    zh: '{place}中重复定义了初始值“{name}”',
  },
  outputWithoutName: { en: 'An output of {&place} has no name', zh: '{place}的一个输出没有名称' },
  outputListedTwice: { en: 'The output "{name}" is listed twice in {&place}', zh: '{place}中重复列出了输出“{name}”' },
  outputFromNowhere: {
    en: 'Nothing produces the output "{name}" of {&place}',
    zh: '{place}的输出“{name}”没有节点生成',
  },
  functionDefinedTwice: { en: 'The function "{name}" is defined twice', zh: '函数“{name}”重复定义' },
  functionCallsItself: { en: 'The function "{name}" calls itself', zh: '函数“{name}”调用自身' },
  functionsTooLarge: {
    en: 'ONNX Runtime writes functions out when it loads a model, and this one would then have more than {#count} nodes. Export it with fewer function calls.',
    zh: 'ONNX Runtime 加载模型时会展开函数，展开后的节点超过 {count} 个。请减少函数调用后重新导出模型。',
  },
  loopEndless: {
    en: '{&node} never ends: its condition stays true, and it repeats {&rounds}. Export the model with a condition that changes, or with fewer rounds.',
    zh: '{node}永远不会结束：条件始终为真，循环次数为 {rounds}。请用会变化的条件或更少的循环次数重新导出模型。',
  },
  roundsForEver: { en: 'for ever', zh: '无限' },
  roundsCounted: { en: '{#count} times', zh: '{count} 次' },
  nodeFillsMemory: {
    en: '{&node} would fill the memory. By the sizes in the model it produces {made} GB, and at most {most} GB are allowed. Export the model with smaller sizes.',
    zh: '{node}会占满内存：按模型中写明的尺寸，它会产生 {made} GB，上限为 {most} GB。请用更小的尺寸重新导出模型。',
  },
  graphMissing: { en: 'It has no graph', zh: '没有图' },
  graphEmpty: { en: 'Its graph is empty', zh: '图是空的' },
  graphWithoutOutputs: { en: 'Its graph has no outputs', zh: '图没有输出' },
  opsetsMissing: {
    en: 'It does not say which operator sets it uses (opset_import)',
    zh: '没有写明使用的算子集 (opset_import)',
  },
  opsetVersionWrong: { en: 'Operator set "{name}" has the version {version}', zh: '算子集“{name}”的版本为 {version}' },
  onnxOpsetMissing: {
    en: '{&node} is an ONNX operator, but the model imports no ONNX operator set',
    zh: '{node}是 ONNX 算子，但模型没有导入 ONNX 算子集',
  },
  sparseDimensionNegative: {
    en: 'The sparse tensor "{name}" has a negative dimension',
    zh: '稀疏张量“{name}”有负的维度',
  },
  sparseTooLarge: {
    en: 'The sparse tensor "{name}" has the dimensions {dimensions}. ONNX Runtime writes sparse tensors out when it loads a model, and those of this one would have more than {#count} elements and fill the memory. Export it with dense weights.',
    zh: '稀疏张量“{name}”的维度为 {dimensions}：ONNX Runtime 加载模型时会将其展开，所有稀疏张量的元素合计超过 {count} 个，会占满内存。请以稠密权重导出。',
  },
  crashesOnMissingOutput: {
    en: 'ONNX Runtime crashes on "{path}": the {op} "{name}" leaves out one of its outputs. Give that output a name; nothing has to read it.',
    zh: 'ONNX Runtime 运行“{path}”时会崩溃：{op} 节点“{name}”省略了一个输出。请为该输出命名，无需有节点读取它。',
  },
  crashesOnEmptyWeight: {
    en: 'ONNX Runtime crashes on "{path}": the weight of the {op} "{name}" has no elements. Remove that node and export the model again.',
    zh: 'ONNX Runtime 运行“{path}”时会崩溃：{op} 节点“{name}”的权重不含元素。请去掉该节点并重新导出模型。',
  },
  nodesNamedTwice: {
    en: 'ONNX Runtime does not load "{path}": two of its nodes are called "{name}". Export it again, or give every node a name of its own, or none.',
    zh: 'ONNX Runtime 无法加载“{path}”：其中两个节点同名为“{name}”。请重新导出，或为每个节点取不同的名称，或都不命名。',
  },
  irVersionMissing: { en: 'It has no IR version', zh: '没有 IR 版本' },
  irVersionUnreal: { en: 'Its IR version {version} does not exist', zh: 'IR 版本 {version} 不存在' },
  irVersionOld: {
    en: 'Its IR version is {version}; ONNX Runtime needs at least {oldest}. Export the model again, or convert it with the onnx version converter.',
    zh: 'IR 版本为 {version}，ONNX Runtime 至少需要 {oldest}。请重新导出模型，或用 onnx 的版本转换器转换。',
  },
  placeGraph: { en: 'the graph', zh: '图' },
  placeFunction: { en: 'the function "{name}"', zh: '函数“{name}”' },
  placeSubgraph: { en: 'a subgraph of {&node}', zh: ' {node}的子图' },
  nodeNameless: { en: '{type} node', zh: '{type} 节点' },
  nodeNamed: { en: '{type} node "{name}"', zh: '{type} 节点“{name}”' },
  attributeOfWrongType: {
    en: 'Attribute "{name}" of {&node} is of type {found}, not {wanted}. Export the model again.',
    zh: '{node}的属性“{name}”类型为 {found}，应为 {wanted}。请重新导出模型。',
  },
  attributeTooLarge: {
    en: 'Attribute "{name}" of {&node} is {value}, beyond 2^53. Export the model again with a smaller value.',
    zh: '{node}的属性“{name}”为 {value}，超出 2^53。请以较小的值重新导出模型。',
  },
} as const satisfies TextTable;
