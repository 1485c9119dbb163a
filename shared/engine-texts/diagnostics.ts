import type { TextTable } from './text-table.ts';

/** What is said of models, and of what was measured. */
export const diagnostics = {
  originalCopied: {
    en: 'ONNX Runtime does not load this file as it is. It needs nodes in order, and the tensors that shapes depend on inside the .onnx file. All measurements use a copy that has both.',
    zh: 'ONNX Runtime 无法直接加载此文件：它要求节点按顺序排列，且形状所依赖的张量位于 .onnx 文件之内。所有测量都使用按此整理的副本。',
  },
  timedOtherwise: {
    en: 'Each model was timed for at least {seconds} s instead of {usual} s, because {variable} says so. The intervals differ in width from those of other runs.',
    zh: '按 {variable} 的设定，每个模型至少计时 {seconds} 秒，而非 {usual} 秒：区间宽度因此与其他运行不同。',
  },
  weightNotFinite: {
    en: 'The weight "{tensor}" of {node} holds {counts}, so the outputs of the model are not finite. Export the model from a checkpoint with finite weights.',
    zh: '{node}的权重“{tensor}”有 {counts}，模型的输出因此不是有限数值。请从权重均为有限数值的检查点重新导出。',
  },
  constantNotFinite: {
    en: 'The constant "{tensor}" of {node} holds {counts}. This is intended in a mask, but spoils the outputs in a weight.',
    zh: '{node}的常量“{tensor}”有 {counts}。用作掩码时这是有意为之；用作权重则会破坏模型的输出。',
  },
  nanCounts: { en: '{#nan} NaN of {#count} values', zh: '{nan} 个 NaN（共 {count} 个值）' },
  infiniteCounts: { en: '{#infinite} infinite of {#count} values', zh: '{infinite} 个无穷值（共 {count} 个值）' },
  nanAndInfiniteCounts: {
    en: '{#nan} NaN and {#infinite} infinite of {#count} values',
    zh: '{nan} 个 NaN 和 {infinite} 个无穷值（共 {count} 个值）',
  },
  inputShapesUnknown: {
    en: 'The model does not give the shape of its input {inputs}. Shapes and MACs are those that the file tells without running it. When the model is compressed, the data gives the shape.',
    zh: '模型没有说明输入 {inputs} 的形状：形状和 MACs 仅取自文件本身，未运行模型。压缩模型时，输入的形状由数据决定。',
  },
  imageShapeUnknown: {
    en: 'The model does not give the shape of its input "{input}". Images are fed as [1, 3, height, width] unless a preprocessor configuration says otherwise.',
    zh: '模型没有说明输入“{input}”的形状；除非预处理配置另有规定，图像按 [1, 3, 高, 宽] 输入。',
  },
  normFoldedBefore: {
    en: '{#count} BatchNormalization nodes were folded into the layers before them.',
    one: '{#count} BatchNormalization node was folded into the layers before them.',
    zh: '{count} 个 BatchNormalization 节点已折叠进前一层。',
  },
  normFoldedBehind: {
    en: '{#count} BatchNormalization nodes were folded into the layers that read them.',
    one: '{#count} BatchNormalization node was folded into the layers that read them.',
    zh: '{count} 个 BatchNormalization 节点已折叠进后一层。',
  },
  normKept: {
    en: '"{norm}" was not folded into "{layer}": the ranges of its channels differ so much that int8 would lose {#loss} dB there.',
    zh: '"{norm}" 未折叠进 "{layer}"：它之前各通道的范围相差太大，折叠后 int8 在那里会损失 {loss} dB。',
  },
  foldedByRuntime: {
    en: "{#count} more nodes were folded away by ONNX Runtime's basic optimizations.",
    one: "{#count} more node was folded away by ONNX Runtime's basic optimizations.",
    zh: '另有 {count} 个节点被 ONNX Runtime 的基本优化折叠。',
  },
  nodesNamed: {
    en: '{#count} nodes had no name and were named after their type and output.',
    zh: '{count} 个没有名称的节点已按类型和输出命名。',
  },
  inputsFixed: {
    en: '{#count} initializers were also listed as inputs. They are constants now.',
    zh: '{count} 个初始值同时列为输入，现已作为常量。',
  },
  irRaised: {
    en: 'IR version {#version} was raised to {#to}, which need not list weights as inputs.',
    zh: 'IR 版本由 {version} 升为 {to}，权重不必再列为输入。',
  },
  float16Widened: {
    en: 'The model is in float16. It was converted to float32 before anything was quantized; its inputs and outputs stay float16, and weights that stay in float are stored as float16. All figures compare with the float16 model.',
    zh: '模型为 float16：量化之前已转换为 float32。输入和输出仍为 float16，保持浮点的权重存为 float16；所有数值均与 float16 模型相比。',
  },
  float16Kept: {
    en: 'The model has float16 tensors that ONNX Runtime does not run as float32. They stay as they are, and nothing that reads or makes them is quantized.',
    zh: '模型中有 ONNX Runtime 无法按 float32 运行的 float16 张量：这些张量保持不变，与之相连的部分不量化。',
  },
  opsetRaisedPerChannel: {
    en: 'Opset {#from} was raised to {#to}, the first with per-channel QuantizeLinear. The meaning of every node stays the same.',
    zh: 'opset 由 {from} 升为 {to}，逐通道 QuantizeLinear 从该版本起属于标准；各节点含义不变。',
  },
  opsetRaisedBlocks: {
    en: 'Opset {#from} was raised to {#to}, where DequantizeLinear has blocks; every node means the same there.',
    zh: 'opset 由 {from} 升为 {to}，DequantizeLinear 从该版本起支持分块；各节点含义不变。',
  },
  opsetRaisedInt8: {
    en: 'Opset {#from} was raised to {#to}, the first with int8 operators. The meaning of every node stays the same.',
    zh: 'opset 由 {from} 升为 {to}，int8 算子从该版本起存在；各节点含义不变。',
  },
  opsetKept: {
    en: 'The opset stays {#opset}: {op} cannot be converted to opset {#target}.',
    zh: 'opset 保持为 {opset}：{op} 不能原样用于 opset {target}。',
  },
  opsetOld: {
    en: 'Opset {#opset} is older than {#oldest}, the oldest that Vernier is tested with. Export the model again if you can.',
    zh: 'opset {opset} 低于 Vernier 测试过的最低版本 {oldest}，建议重新导出模型。',
  },
  contribOperators: {
    en: 'The model uses {operators} of com.microsoft. ONNX Runtime runs it; other runtimes may not.',
    zh: '使用了 com.microsoft 的 {operators}，ONNX Runtime 可以运行，其他运行时可能不行。',
  },
  contribQdq: {
    en: 'Opset {#opset} has no per-channel QuantizeLinear, so the com.microsoft operators are used. ONNX Runtime runs them; other runtimes may not.',
    zh: 'opset {opset} 没有逐通道 QuantizeLinear，改用 com.microsoft 算子；ONNX Runtime 可以运行，其他运行时未必。',
  },
  notFused: {
    en: '{#count} of {#all} quantized {op} nodes did not become {form} in ONNX Runtime; they run in float between conversions.',
    zh: '{all} 个已量化的 {op} 节点中有 {count} 个在 ONNX Runtime 中没有融合成 {form}，仍在转换之间以浮点运行。',
  },
  floatRequantized: {
    en: 'This layer should stay in float, but ONNX Runtime itself gives it 8-bit weights.',
    zh: '此层本应保持浮点，但 ONNX Runtime 自行把它的权重量化为 8 位。',
  },
  saturation: {
    en: 'Sums of products saturate on this CPU, which has no int8 dot product: the outputs are {#db} dB from what exact sums give ({layers}). Use --reduced-range pairs, which cannot saturate, or auto.',
    zh: '此 CPU 没有 int8 点积指令，乘积求和发生饱和：输出与精确求和的结果相差 {db} dB（{layers}）。请使用不会饱和的 --reduced-range pairs，或 auto。',
  },
  saturationLeftOut: {
    one: 'What saturating sums cost on CPUs without an int8 dot product was not simulated for 1 layer: {layers}. Use --reduced-range pairs, which cannot saturate.',
    en: 'What saturating sums cost on CPUs without an int8 dot product was not simulated for {#count} layers: {layers}. Use --reduced-range pairs, which cannot saturate.',
    zh: '有 {count} 层未模拟饱和求和在无 int8 点积指令的 CPU 上的代价：{layers}。可使用不会饱和的 --reduced-range pairs。',
  },
  stateOneStep: {
    en: 'Outputs feed inputs ({pairs}): both models are compared on single steps from the same states, while in use their errors add up from step to step. That could not be measured: {reason}. Compare them over whole sequences, each with its own states, before shipping.',
    zh: '输出反馈为输入（{pairs}）：两个模型从相同的状态出发逐步比较，而实际使用时误差会逐步累积。未能测量这种累积：{reason}。发布前请让两者各自使用自己的状态，在完整序列上比较。',
  },
  noiseStoodIn: { en: 'random noise stood in for data', zh: '以随机噪声代替了数据' },
  batchesNoSequence: {
    en: 'the model takes batches of {#count} samples, which are no sequence',
    zh: '模型每批接收 {count} 个样本，不构成序列',
  },
  oneEvaluationSample: { en: 'there is only one evaluation sample', zh: '只有一个评估样本' },
  outputNotCompared: { en: 'output "{output}" is not among the compared outputs', zh: '输出“{output}”不在比较之列' },
  stateGrows: {
    en: 'output "{output}" is not as large as input "{input}" ({made} and {fed}), as where a cache grows',
    zh: '输出“{output}”与输入“{input}”大小不同（{made} 与 {fed}），例如缓存逐步增长',
  },
  outputSizesDiffer: {
    en: 'output "{output}" is not as large in both models',
    zh: '输出“{output}”在两个模型中大小不同',
  },
  originalNotFiniteFrom: {
    en: 'the original model gives NaN or infinity from step {#step} on',
    zh: '原模型从第 {step} 步起输出 NaN 或无穷大',
  },
  compressedNotFiniteFrom: {
    en: 'the compressed model gives NaN or infinity from step {#step} on',
    zh: '压缩模型从第 {step} 步起输出 NaN 或无穷大',
  },
  stepCannotRun: {
    en: 'ONNX Runtime cannot run step {#step} with the states of the step before',
    zh: 'ONNX Runtime 无法用上一步的状态运行第 {step} 步',
  },
  closedLoopWorse: {
    en: 'Errors add up in the states: over {#steps} steps, each model fed with its own, outputs come to {db} dB; on single steps from the same states it is {single}. Judge the model by the closed loop, or keep what makes the states in float (--exclude-nodes).',
    zh: '误差在状态中累积：两个模型各自使用自己的状态运行 {steps} 步，输出的 SQNR 为 {db} dB；从相同状态出发的单步比较为 {single}。请以闭环结果评判模型，或让产生状态的部分保留浮点（--exclude-nodes）。',
  },
  withoutDifference: { en: 'without a difference', zh: '没有差异' },
  weightScaleRaised: {
    en: '{#count} channels got a larger weight scale, so that their bias fits into int32.',
    zh: '{count} 个通道放大了权重缩放因子，使偏置能用 int32 表示。',
  },
  calibrationStillNodes: {
    en: 'Calibration saw only one value of {tensors}, which come from states: as before the first step of a sequence. The nodes that use them stay in float: {nodes}. Add samples with the states of later steps, as the model outputs them.',
    zh: '校准只见到 {tensors} 的一个值，它们由状态得出，如同序列的第一步之前。处理它们的节点保留浮点：{nodes}。请加入后续步骤的样本，其中含有模型输出的状态。',
  },
  calibrationInfiniteNodes: {
    en: '{tensors}: NaN or infinite values, as attention masks hold them. The nodes that read or make them stay in float: {nodes}.',
    zh: '{tensors} 含有 NaN 或无穷大，注意力掩码就是如此。读取或产生它们的节点保留浮点：{nodes}。',
  },
  calibrationEmptyNodes: {
    en: 'Calibration saw no value of {tensors}: empty in all calibration samples. The nodes that use them stay in float: {nodes}. Add samples that have values there, such as later steps of a decoder.',
    zh: '校准没有见到 {tensors} 的任何值：它们在所有校准样本中均为空。处理它们的节点保留浮点：{nodes}。请加入在这些位置有值的样本，例如解码器的后续步骤。',
  },
  namesAndMore: { en: '{names} and {#count} more', zh: '{names} 以及另外 {count} 个' },
  outputOfKind: {
    en: 'Output "{output}" is not compared: it holds {kind}, and Vernier compares tensors of numbers. The compressed model keeps it.',
    zh: '输出“{output}”不参与比较，因为它是{kind}；Vernier 只比较数值张量。压缩模型保留该输出。',
  },
  kindStrings: { en: 'strings', zh: '字符串' },
  kindSequence: { en: 'a sequence', zh: '序列' },
  kindMap: { en: 'a map', zh: '映射' },
  kindOptional: { en: 'an optional value', zh: '可选值' },
  kindUnknown: { en: 'no type of number that Vernier knows', zh: '未知的数值类型' },
  outputOfZipMap: {
    en: `Output "{output}" holds what ZipMap makes of "{tensor}": both models are compared there. The compressed model keeps it; an export without it (skl2onnx: options={'zipmap': False}) hands the tensor out as it is.`,
    zh: "输出“{output}”是 ZipMap 由“{tensor}”生成的：两个模型在该张量处比较。压缩模型保留该输出；导出时去掉 ZipMap（skl2onnx：options={'zipmap': False}）即可直接输出该张量。",
  },
  macsUnknown: {
    en: 'The MACs of {#count} nodes are unknown and count as 0: they lie in bodies that did not run, belong to operators Vernier does not know, or depend on shapes that are not known.',
    one: 'The MACs of {#count} node are unknown and count as 0: they lie in bodies that did not run, belong to operators Vernier does not know, or depend on shapes that are not known.',
    zh: '{count} 个节点的 MACs未知，按 0 计：它们位于未执行的控制流子图中，属于 Vernier 不认识的算子，或依赖未知的形状。',
  },
  macsOfOneRun: {
    en: 'The MACs of {#count} control-flow nodes are those of one run. Which branch is taken, and how often a loop runs, may depend on the data.',
    one: 'The MACs of {#count} control-flow node are those of one run. Which branch is taken, and how often a loop runs, may depend on the data.',
    zh: '{count} 个控制流节点的 MACs取自一次运行：走哪个分支、循环多少次可能取决于数据。',
  },
  originalNotFinite: {
    en: 'The original model gives NaN or infinity for {#count} of {#all} evaluation samples (first: sample {#first}). They are left out of SQNR and cosine, and a NaN among the scores counts as wrong.',
    zh: '原模型在 {all} 个评估样本中的 {count} 个上输出 NaN 或无穷大（首个为样本 {first}）。它们不计入 SQNR 和余弦相似度，分数中的 NaN 按答错计。',
  },
  compressedNotFinite: {
    en: 'The compressed model gives NaN or infinity for {#count} of {#all} evaluation samples (first: sample {#first}). They are left out of SQNR and cosine, and a NaN among the scores counts as wrong.',
    zh: '压缩模型在 {all} 个评估样本中的 {count} 个上输出 NaN 或无穷大（首个为样本 {first}）。它们不计入 SQNR 和余弦相似度，分数中的 NaN 按答错计。',
  },
  outputConstant: {
    en: 'The original gives the same output for all {#count} evaluation samples, so neither accuracy nor agreement can tell what int8 costs. Check that the weights are trained ones and that the data is prepared as the model wants it.',
    zh: '原模型对全部 {count} 个评估样本给出相同的输出，因此准确率和一致率都无法说明 int8 的代价。请检查权重是否经过训练，以及数据是否按模型要求预处理。',
  },
  oneClass: {
    en: 'The original ranks class {#first} first for all {#count} evaluation samples, so equal first classes say little. Check that the data is prepared as the model wants it, and give samples of several classes.',
    zh: '原模型对全部 {count} 个评估样本都把类别 {first} 排在首位，因此首选类别一致说明不了什么。请检查数据是否按模型要求预处理，并提供多个类别的样本。',
  },
  labelsUnused: {
    en: 'No compared output ranks classes once per sample, so the labels cannot be used. The report gives agreement instead of accuracy.',
    zh: '比较的输出都不是每个样本一次的类别排序，无法使用标签：给出的是一致率而不是准确率。',
  },
  labelsUnusedAt: {
    en: 'Output "{output}" does not rank classes once per sample, so the labels cannot be used. The report gives agreement instead of accuracy.',
    zh: '输出“{output}”不是每个样本一次的类别排序，无法使用标签：给出的是一致率而不是准确率。',
  },
  vectorsAveraged: {
    en: 'Output "{output}" gives a vector for each token: the vector of a text is the mean of those of its own tokens, as sentence embeddings are usually made.',
    zh: '输出“{output}”为每个词元给出一个向量：文本的向量取其自身词元向量的均值，这是句向量的通常做法。',
  },
  vectorsPooled: {
    en: 'Output "{output}" gives a vector for each token: the vector of a text is made of those of its own tokens by "{pooling}" pooling, as {source} says.',
    zh: '输出“{output}”为每个词元给出一个向量：按 {source}，文本的向量由其自身词元的向量以“{pooling}”池化得到。',
  },
  calibrationOutlier: {
    en: 'One calibration sample takes "{tensor}", which decides the output, to {min} … {max}, far beyond all others; its range ends at {low} … {high}. Check that sample: is it like those the model meets in use?',
    zh: '有一个校准样本使决定输出的“{tensor}”达到 {min} … {max}，远超其他样本；其范围止于 {low} … {high}。请检查该样本：它与模型使用中遇到的样本相似吗？',
  },
  outputClips: {
    en: '{#beyond} of {#count} evaluation samples ({share}) go beyond the range of "{tensor}", which decides the output: scores beyond it become equal. Calibrate on more samples, of every kind the model meets, or keep the layer that makes it in float.',
    zh: '{count} 个评估样本中有 {beyond} 个（{share}）超出决定输出的“{tensor}”的范围：超出部分的得分变得相等。请用更多、覆盖模型会遇到的各种情况的样本校准，或将产生它的层保留为浮点。',
  },
  rangesClip: {
    en: 'Ranges cut more than 1 % of the values of evaluation samples, most of all those of {tensors}. Calibrate on more samples, of every kind the model meets.',
    zh: '有些范围截去了评估样本中超过 1 % 的值，最多的是 {tensors}。请用更多、覆盖模型会遇到的各种情况的样本校准。',
  },
  noiseStandsIn: {
    en: 'Random noise stands in for data. Ranges, agreement and accuracy mean nothing; sizes and times still hold.',
    zh: '以随机噪声代替数据：范围、一致率和准确率没有意义，大小和时间仍然有效。',
  },
  noiseIsNoData: {
    en: 'Random noise is not data: the model is calibrated on values it will never see, and accuracy and agreement mean nothing. Sizes and times still hold.',
    zh: '随机噪声不是数据：校准用的是模型不会遇到的值，准确率和一致率没有意义。大小和时间仍然有效。',
  },
  comparedBeforeSelection: {
    en: '"{node}" returns as many results as it finds, and int8 can change that number. Both models are compared before it, at {tensors}. The nodes that process its results stay in float (layers with weights: {#count}).',
    zh: '“{node}”输出的结果数量取决于它找到多少，而 int8 可能改变这一数量：两个模型在它之前的 {tensors} 处比较。处理其结果的部分保留浮点（其中带权重的层：{count} 个）。',
  },
  selectorIdle: {
    en: 'The recipe names the node "{selector}", which the model does not have. `vernier inspect` lists the names.',
    zh: '没有名为“{selector}”的节点，而方案提到了它；`vernier inspect` 可列出名称。',
  },
  notRunOnZeros: {
    en: 'The model did not run on zeros ({why}). Shapes are those written in the file.',
    zh: '模型无法以全零输入运行（{why}）；形状取自文件。',
  },
  dimensionDefaulted: {
    en: 'Dimension "{name}" of input "{input}" is symbolic; 1 is assumed. Set it with --dim {same}=VALUE.',
    zh: '输入“{input}”的维度“{name}”是符号，按 1 处理。可用 --dim {same}=VALUE 指定。',
  },
  // Errors, too, where the model is to be compressed.
  noComparableOutput: {
    en: `Vernier compares tensors of numbers, and none of the outputs of "{path}" is one: {outputs}. Export the model with its scores as an output of their own (skl2onnx: options={'zipmap': False}), or cut it before these outputs.`,
    zh: "Vernier 只比较数值张量，而“{path}”的输出都不是：{outputs}。请在导出时将分数作为单独的输出（skl2onnx：options={'zipmap': False}），或在这些输出之前截断模型。",
  },
  selectedWithoutTensor: {
    en: '"{node}" selects by values that int8 changes, and there is no tensor before it to compare both models at. Cut the model before it.',
    zh: '“{node}”按 int8 会改变的值进行筛选，而在它之前没有可供比较两个模型的张量。请在它之前截断模型。',
  },
} as const satisfies TextTable;
