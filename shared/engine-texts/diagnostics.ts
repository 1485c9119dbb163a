import { noComparableOutput } from './model-errors.ts';
import type { Phrase } from './phrase.ts';

/** Diagnostics, and what the data readers note. */
export const diagnostics: readonly Phrase[] = [
  noComparableOutput,
  [
    'ONNX Runtime does not load this file as it is: it wants nodes in order, and tensors that shapes depend on within the .onnx file. A copy that has them so stands for it in all measurements.',
    'ONNX Runtime 无法直接加载此文件：它要求节点按顺序排列，且形状所依赖的张量位于 .onnx 文件之内。所有测量都使用按此整理的副本。',
  ],
  [
    'The weight "{tensor}" of {node} holds {counts}, so what the model gives is not finite. Export it from a checkpoint whose weights are.',
    '{node}的权重“{tensor}”有 {counts}，模型的输出因此不是有限数值。请从权重均为有限数值的检查点重新导出。',
  ],
  [
    'The constant "{tensor}" of {node} holds {counts}. In a mask that is meant; in a weight it spoils what the model gives.',
    '{node}的常量“{tensor}”有 {counts}。用作掩码时这是有意为之；用作权重则会破坏模型的输出。',
  ],
  ['{#nan} NaN of {#count} values', '{nan} 个 NaN（共 {count} 个值）'],
  ['{#infinite} infinite of {#count} values', '{infinite} 个无穷值（共 {count} 个值）'],
  ['{#nan} NaN and {#infinite} infinite of {#count} values', '{nan} 个 NaN 和 {infinite} 个无穷值（共 {count} 个值）'],
  [
    'The model does not say which shape its input {inputs} has: shapes and MACs are those that the file tells without running it. Data gives the input its shape when the model is compressed.',
    '模型没有说明输入 {inputs} 的形状：形状和 MAC 仅取自文件本身，未运行模型。压缩模型时，输入的形状由数据决定。',
  ],
  [
    'The model does not say which shape its input "{input}" has; images are fed as [1, 3, height, width] unless a preprocessor configuration says otherwise.',
    '模型没有说明输入“{input}”的形状；除非预处理配置另有规定，图像按 [1, 3, 高, 宽] 输入。',
  ],
  [
    '{#count} BatchNormalization node was folded into the layers before them.',
    '{count} 个 BatchNormalization 节点已折叠进前一层。',
  ],
  [
    '{#count} BatchNormalization nodes were folded into the layers before them.',
    '{count} 个 BatchNormalization 节点已折叠进前一层。',
  ],
  [
    '{#count} BatchNormalization node was folded into the layers that read them.',
    '{count} 个 BatchNormalization 节点已折叠进后一层。',
  ],
  [
    '{#count} BatchNormalization nodes were folded into the layers that read them.',
    '{count} 个 BatchNormalization 节点已折叠进后一层。',
  ],
  [
    '"{norm}" was not folded into "{layer}": its channels differ so much before it that int8 would lose {#loss} dB there.',
    '"{norm}" 未折叠进 "{layer}"：它之前各通道的范围相差太大，折叠后 int8 在那里会损失 {loss} dB。',
  ],
  [
    "{#count} more node was folded away by ONNX Runtime's basic optimizations.",
    '另有 {count} 个节点被 ONNX Runtime 的基本优化折叠。',
  ],
  [
    "{#count} more nodes were folded away by ONNX Runtime's basic optimizations.",
    '另有 {count} 个节点被 ONNX Runtime 的基本优化折叠。',
  ],
  [
    '{#count} nodes without a name of their own were named after their type and output.',
    '{count} 个没有名称的节点已按类型和输出命名。',
  ],
  [
    '{#count} initializers were also listed as inputs; they are now constants.',
    '{count} 个初始值同时列为输入，现已作为常量。',
  ],
  [
    'IR version {#version} was raised to {#to}, so that weights need not be inputs.',
    'IR 版本由 {version} 升为 {to}，权重不必再列为输入。',
  ],
  [
    'Opset {#from} was raised to {#to}, where per-channel QuantizeLinear is standard; every node means the same there.',
    'opset 由 {from} 升为 {to}，逐通道 QuantizeLinear 从该版本起属于标准；各节点含义不变。',
  ],
  [
    'Opset {#from} was raised to {#to}, where int8 operators exist; every node means the same there.',
    'opset 由 {from} 升为 {to}，int8 算子从该版本起存在；各节点含义不变。',
  ],
  [
    'Opset stays {#opset}: {op} cannot be carried over to opset {#target} as it is.',
    'opset 保持为 {opset}：{op} 不能原样用于 opset {target}。',
  ],
  [
    'Opset {#opset} is older than {#oldest}, the oldest Vernier is tested with; consider exporting the model again.',
    'opset {opset} 低于 Vernier 测试过的最低版本 {oldest}，建议重新导出模型。',
  ],
  [
    'What is multiplied by packed weights is rounded to 8 bits in each run (MatMulNBits, accuracy_level {#level}).',
    '与打包权重相乘的值在每次运行时舍入为 8 位（MatMulNBits，accuracy_level {level}）。',
  ],
  [
    'The search was stopped after {#done} of at most {#most} candidates: what was best by then was taken, and more time might find better.',
    '搜索在最多 {most} 个候选中试过 {done} 个后停止：采用了当时最好的结果，更多时间或许能找到更好的。',
  ],
  [
    '{operators} of com.microsoft is used, which ONNX Runtime runs and other runtimes may not.',
    '使用了 com.microsoft 的 {operators}，ONNX Runtime 可以运行，其他运行时可能不行。',
  ],
  [
    'Opset {#opset} has no per-channel QuantizeLinear; the com.microsoft operators are used, which ONNX Runtime runs and other runtimes may not.',
    'opset {opset} 没有逐通道 QuantizeLinear，改用 com.microsoft 算子；ONNX Runtime 可以运行，其他运行时未必。',
  ],
  [
    '{#count} of {#all} quantized {op} nodes did not become {form} in ONNX Runtime; they run in float between conversions.',
    '{all} 个已量化的 {op} 节点中有 {count} 个在 ONNX Runtime 中没有融合成 {form}，仍在转换之间以浮点运行。',
  ],
  [
    'This layer was to stay in float, but ONNX Runtime gives it 8-bit weights by itself.',
    '此层本应保持浮点，但 ONNX Runtime 自行把它的权重量化为 8 位。',
  ],
  [
    'Sums of products saturate on this CPU, which has no int8 dot product: the outputs are {#db} dB from what exact sums give ({layers}). Use --reduced-range pairs, which cannot saturate, or auto.',
    '此 CPU 没有 int8 点积指令，乘积求和发生饱和：输出与精确求和的结果相差 {db} dB（{layers}）。请使用不会饱和的 --reduced-range pairs，或 auto。',
  ],
  [
    'Outputs feed inputs ({pairs}): both models are compared on single steps from the same states, while in use their errors add up from step to step. That could not be measured: {reason}. Compare them over whole sequences, each with its own states, before shipping.',
    '输出反馈为输入（{pairs}）：两个模型从相同的状态出发逐步比较，而实际使用时误差会逐步累积。未能测量这种累积：{reason}。发布前请让两者各自使用自己的状态，在完整序列上比较。',
  ],
  ['random noise stood in for data', '以随机噪声代替了数据'],
  ['the model takes batches of {#count} samples, which are no sequence', '模型每批接收 {count} 个样本，不构成序列'],
  ['there is only one evaluation sample', '只有一个评估样本'],
  ['output "{output}" is not among what is compared', '输出“{output}”不在比较之列'],
  [
    'output "{output}" is not as large as input "{input}" ({made} and {fed}), as where a cache grows',
    '输出“{output}”与输入“{input}”大小不同（{made} 与 {fed}），例如缓存逐步增长',
  ],
  ['output "{output}" is not as large in both models', '输出“{output}”在两个模型中大小不同'],
  ['the original model gives NaN or infinity from step {#step} on', '原模型从第 {step} 步起输出 NaN 或无穷大'],
  ['the compressed model gives NaN or infinity from step {#step} on', '压缩模型从第 {step} 步起输出 NaN 或无穷大'],
  [
    'ONNX Runtime cannot run step {#step} with the states of the step before',
    'ONNX Runtime 无法用上一步的状态运行第 {step} 步',
  ],
  [
    'Errors add up in the states: over {#steps} steps, each model fed with its own, outputs come to {db} dB; on single steps from the same states it is {single}. Judge the model by the closed loop, or keep what makes the states in float (--exclude-nodes).',
    '误差在状态中累积：两个模型各自使用自己的状态运行 {steps} 步，输出的 SQNR 为 {db} dB；从相同状态出发的单步比较为 {single}。请以闭环结果评判模型，或让产生状态的部分保留浮点（--exclude-nodes）。',
  ],
  ['without a difference', '没有差异'],
  [
    '{#count} channels got a larger weight scale so that their bias fits into int32.',
    '{count} 个通道放大了权重缩放系数，使偏置能用 int32 表示。',
  ],
  [
    'Calibration saw one value alone of {tensors}, which states make: as before the first step of a sequence. What works on that stays in float: {nodes}. Add samples with the states of later steps, as the model hands them out.',
    '校准只见到 {tensors} 的一个值，它们由状态得出，如同序列的第一步之前。处理它们的节点保留浮点：{nodes}。请加入后续步骤的样本，其中含有模型输出的状态。',
  ],
  [
    'Calibration saw no value of {tensors}: empty in all its samples. What works on that stays in float: {nodes}. Add samples that hold values there, such as later steps of a decoder.',
    '校准没有见到 {tensors} 的任何值：它们在所有校准样本中均为空。处理它们的节点保留浮点：{nodes}。请加入在这些位置有值的样本，例如解码器的后续步骤。',
  ],
  ['{names} and {#count} more', '{names} 以及另外 {count} 个'],
  [
    'Output "{output}" is not compared because it holds {kind}; Vernier compares tensors of numbers. The compressed model keeps it.',
    '输出“{output}”不参与比较，因为它是{kind}；Vernier 只比较数值张量。压缩模型保留该输出。',
  ],
  ['strings', '字符串'],
  ['a sequence', '序列'],
  ['a map', '映射'],
  ['an optional value', '可选值'],
  ['no numbers that Vernier knows', '未知的数值类型'],
  [
    `Output "{output}" holds what ZipMap makes of "{tensor}": both models are compared there. The compressed model keeps it; an export without it (skl2onnx: options={'zipmap': False}) hands the tensor out as it is.`,
    `输出“{output}”是 ZipMap 由“{tensor}”生成的：两个模型在该张量处比较。压缩模型保留该输出；导出时去掉 ZipMap（skl2onnx：options={'zipmap': False}）即可直接输出该张量。`,
  ],
  [
    'The MACs of {#count} node are unknown and count as 0: they lie in bodies that did not run, belong to operators Vernier does not know, or depend on shapes that are not known.',
    '{count} 个节点的 MAC 数未知，按 0 计：它们位于未执行的控制流子图中，属于 Vernier 不认识的算子，或依赖未知的形状。',
  ],
  [
    'The MACs of {#count} nodes are unknown and count as 0: they lie in bodies that did not run, belong to operators Vernier does not know, or depend on shapes that are not known.',
    '{count} 个节点的 MAC 数未知，按 0 计：它们位于未执行的控制流子图中，属于 Vernier 不认识的算子，或依赖未知的形状。',
  ],
  [
    'The MACs of {#count} control-flow node are those of one run: which branch is taken and how often a loop runs may depend on the data.',
    '{count} 个控制流节点的 MAC 数取自一次运行：走哪个分支、循环多少次可能取决于数据。',
  ],
  [
    'The MACs of {#count} control-flow nodes are those of one run: which branch is taken and how often a loop runs may depend on the data.',
    '{count} 个控制流节点的 MAC 数取自一次运行：走哪个分支、循环多少次可能取决于数据。',
  ],
  [
    'The original model gives NaN or infinity for {#count} of {#all} evaluation samples (first: sample {#first}). They are left out of SQNR and cosine, and a NaN among the scores counts as wrong.',
    '原模型在 {all} 个评估样本中的 {count} 个上输出 NaN 或无穷大（首个为样本 {first}）。它们不计入 SQNR 和余弦相似度，分数中的 NaN 按答错计。',
  ],
  [
    'The compressed model gives NaN or infinity for {#count} of {#all} evaluation samples (first: sample {#first}). They are left out of SQNR and cosine, and a NaN among the scores counts as wrong.',
    '压缩模型在 {all} 个评估样本中的 {count} 个上输出 NaN 或无穷大（首个为样本 {first}）。它们不计入 SQNR 和余弦相似度，分数中的 NaN 按答错计。',
  ],
  [
    'The original gives the same output for all {#count} evaluation samples, so neither accuracy nor agreement can tell what int8 costs. Check that the weights are trained ones and that the data is prepared as the model wants it.',
    '原模型对全部 {count} 个评估样本给出相同的输出，因此准确率和一致率都无法说明 int8 的代价。请检查权重是否经过训练，以及数据是否按模型要求预处理。',
  ],
  [
    'The original ranks class {#first} first for all {#count} evaluation samples, so equal first classes say little. Check that the data is prepared as the model wants it, and give samples of several classes.',
    '原模型对全部 {count} 个评估样本都把类别 {first} 排在首位，因此首位类别一致说明不了什么。请检查数据是否按模型要求预处理，并提供多个类别的样本。',
  ],
  [
    'No compared output ranks classes once per sample, so the labels could not be used: agreement is reported instead of accuracy.',
    '比较的输出都不是每个样本一次的类别排序，无法使用标签：给出的是一致率而不是准确率。',
  ],
  [
    'Output "{output}" does not rank classes once per sample, so the labels could not be used: agreement is reported instead of accuracy.',
    '输出“{output}”不是每个样本一次的类别排序，无法使用标签：给出的是一致率而不是准确率。',
  ],
  [
    'One calibration sample takes "{tensor}", which decides the output, to {min} … {max}, far beyond all others; its range ends at {low} … {high}. Check that sample: is it like those the model meets in use?',
    '有一个校准样本使决定输出的“{tensor}”达到 {min} … {max}，远超其他样本；其范围止于 {low} … {high}。请检查该样本：它与模型使用中遇到的样本相似吗？',
  ],
  [
    '{#beyond} of {#count} evaluation samples ({share}) go beyond the range of "{tensor}", which decides the output: scores beyond it become equal. Calibrate on more samples, of every kind the model meets, or keep the layer that makes it in float.',
    '{count} 个评估样本中有 {beyond} 个（{share}）超出决定输出的“{tensor}”的范围：超出部分的得分变得相等。请用更多、覆盖模型会遇到的各种情况的样本校准，或将产生它的层保留为浮点。',
  ],
  [
    'Ranges cut more than 1 % of the values of evaluation samples, most of all those of {tensors}. Calibrate on more samples, of every kind the model meets.',
    '有些范围截去了评估样本中超过 1 % 的值，最多的是 {tensors}。请用更多、覆盖模型会遇到的各种情况的样本校准。',
  ],
  [
    'Random noise stands in for data: ranges, agreement and accuracy mean nothing; sizes and times still hold.',
    '以随机噪声代替数据：范围、一致率和准确率没有意义，大小和时间仍然有效。',
  ],
  [
    'Random noise is not data: the model is calibrated on values it will never see, and accuracy and agreement mean nothing. Sizes and times still hold.',
    '随机噪声不是数据：校准用的是模型不会遇到的值，准确率和一致率没有意义。大小和时间仍然有效。',
  ],
  [
    '"{node}" hands out as many results as it finds, which int8 can change: both models are compared before it, at {tensors}. What works on its results stays in float (layers with weights: {#count}).',
    '“{node}”输出的结果数量取决于它找到多少，而 int8 可能改变这一数量：两个模型在它之前的 {tensors} 处比较。处理其结果的部分保留浮点（其中带权重的层：{count} 个）。',
  ],
  [
    'No node is called "{selector}", as the recipe has it; `vernier inspect` lists the names.',
    '没有名为“{selector}”的节点，而方案提到了它；`vernier inspect` 可列出名称。',
  ],
  [
    '{#all} samples are too few for {#wanted} calibration samples: {#calibrate} calibrate and {#evaluate} evaluate. Add data for firmer figures.',
    '{all} 个样本太少：{calibrate} 个用于校准，{evaluate} 个用于评估（希望校准 {wanted} 个）。增加数据可得到更可靠的数字。',
  ],
  [
    '{#all} samples are too few for {#wanted} calibration samples and {#evaluation} evaluation samples: {#calibrate} calibrate and {#evaluate} evaluate. Add data for firmer figures.',
    '{all} 个样本太少：{calibrate} 个用于校准，{evaluate} 个用于评估（希望校准 {wanted} 个）。增加数据可得到更可靠的数字。',
  ],
  [
    '{#count} sample(s) repeat the content of another; copies were kept on the same side of the split.',
    '{count} 个样本与其他样本内容相同；相同的样本划分在同一侧。',
  ],
  [
    '{#count} sample(s) occur more than once with different labels, first sample {#first}; no model can get these all right.',
    '{count} 个样本重复出现且标签不同，首个为样本 {first}；任何模型都无法全部答对。',
  ],
  [
    'Only {#count} samples: ranges may miss what the model meets in use, and accuracy is uncertain. A few hundred are better.',
    '只有 {count} 个样本：范围可能漏掉实际会遇到的值，准确率也不确定。几百个更好。',
  ],
  [
    'Without labels Vernier measures how often both models agree, which is not accuracy.',
    '没有标签时测量的是两个模型的一致率，而不是准确率。',
  ],
  [
    'The model did not run on zeros ({why}); shapes are those written in the file.',
    '模型无法以全零输入运行（{why}）；形状取自文件。',
  ],
  [
    'Dimension "{name}" of input "{input}" is symbolic; 1 is assumed. Set it with --dim {same}=VALUE.',
    '输入“{input}”的维度“{name}”是符号，按 1 处理。可用 --dim {name}=VALUE 指定。',
  ],
  [
    'Arrays that no input of the model is named after are left out: {names}.',
    '名称与模型输入不符的数组未使用：{names}。',
  ],
  [
    'The array "{name}" is {from}; it is converted to the model\'s {to}.',
    '数组“{name}”为 {from}，已转换为模型的 {to}。',
  ],
  ['The array "{name}" is taken for the model\'s input "{input}".', '数组“{name}”作为模型的输入“{input}”。'],
  [
    'The images differ in size after preprocessing, so the model runs on one at a time.',
    '预处理后图像大小不一，模型每次运行一张。',
  ],
  [
    `{#count} image(s) carry an EXIF orientation; pixels are used as stored, as torchvision and Hugging Face image processors do. Pipelines that turn images upright first (transformers' load_image) see others: turn the files to have theirs.`,
    '{count} 张图像带有 EXIF 方向；与 torchvision 及 Hugging Face 的图像处理器相同，按存储的像素使用。先将图像转正的流程（transformers 的 load_image）得到的像素不同：若要与之一致，请先旋转文件。',
  ],
  [
    `{#count} image(s) are 16-bit grey; they are scaled to 8 bits, where Pillow's convert("RGB") clips nearly all to white.`,
    '{count} 张图像为 16 位灰度；此处缩放为 8 位，而 Pillow 的 convert("RGB") 会将几乎全部像素截断为白色。',
  ],
  [
    '{#count} image(s) of kinds that cannot be decoded are left out, such as "{name}". Convert them to PNG or JPEG to use them.',
    '{count} 张图像的格式无法解码，未使用，例如“{name}”。转换为 PNG 或 JPEG 后即可使用。',
  ],
  [
    'All images lie in the one subfolder "{name}": they are taken as unlabelled.',
    '所有图像都在子文件夹“{name}”中：按无标签处理。',
  ],
  ['Labels in "{path}" belong to the images in the order of their names.', '“{path}”中的标签按图像名称的顺序对应。'],
  ['Labels in "{path}" belong to the samples in their order.', '“{path}”中的标签按样本的顺序对应。'],
  [
    'Labels in "{path}", column "{column}", belong to the samples in their order.',
    '“{path}”中“{column}”列的标签按样本的顺序对应。',
  ],
  [
    'Labels in "{path}": column "{file}" names the images, column "{label}" holds their classes.',
    '“{path}”中的标签：“{file}”列为图像名称，“{label}”列为类别。',
  ],
  [
    'Labels in "{path}": column "{file}" names the images, column "{label}" holds their classes; {others} not used.',
    '“{path}”中的标签：“{file}”列为图像名称，“{label}”列为类别；未使用 {others}。',
  ],
  [
    'Labels in "{path}" have no header: column {#file} names the images, column {#label} holds their classes.',
    '“{path}”中的标签没有表头：第 {file} 列为图像名称，第 {label} 列为类别。',
  ],
  [
    'Labels in "{path}" have no header: column {#file} names the images, column {#label} holds their classes; {others} not used.',
    '“{path}”中的标签没有表头：第 {file} 列为图像名称，第 {label} 列为类别；未使用 {others}。',
  ],
  [
    'Names in "{path}" are matched to the images also without extension or by the end of the path: "{name}" is taken for "{image}".',
    '“{path}”中的名称在不计扩展名或仅比较路径末尾时也会与图像匹配：“{name}”对应“{image}”。',
  ],
  [
    'Class names are numbered as "{path}" lists them: {classes}. The model must have been trained with the same order.',
    '类别名称按“{path}”中的次序编号：{classes}。模型训练时必须使用相同的顺序。',
  ],
  [
    "Labels are the class folders in sorted order, as torchvision's ImageFolder numbers them: {classes}. The model must have been trained with the same order.",
    '标签为排序后的类别文件夹，编号方式与 torchvision 的 ImageFolder 相同：{classes}。模型训练时必须使用相同的顺序。',
  ],
  [
    'The class folder "{name}" became class {#index}, not its number. If the numbers are the classes, give a labels.csv (file,label).',
    '类别文件夹“{name}”成为类别 {index}，而不是它的数字。如果数字就是类别，请提供 labels.csv (file,label)。',
  ],
  [
    'No preprocessor_config.json: images are resized to {size} (bilinear, not cropped), {order}, levels divided by 255. If the model was trained with another preprocessing, accuracy figures are wrong.',
    '没有 preprocessor_config.json：图像缩放为 {size}（双线性，不裁剪），{order}，像素值除以 255。如果模型训练时的预处理不同，准确率数字就是错的。',
  ],
  [
    'No preprocessor_config.json: images are resized to {size} (bilinear, not cropped), {order}, levels 0 to 255 as they are. If the model was trained with another preprocessing, accuracy figures are wrong.',
    '没有 preprocessor_config.json：图像缩放为 {size}（双线性，不裁剪），{order}，像素值 0 到 255 不变。如果模型训练时的预处理不同，准确率数字就是错的。',
  ],
  [
    "The preprocessor configuration says {told}, but the model's input {input} is {format}: the model decides.",
    '预处理配置写的是 {told}，而模型的输入 {input} 为 {format}：以模型为准。',
  ],
  [
    "The model's input {input} takes levels 0 to 255: they are not rescaled or normalized.",
    '模型的输入 {input} 接受 0 到 255 的像素值：不缩放也不归一化。',
  ],
  [
    'Images are preprocessed as "{path}" ({type}) says: {resize} ({filter}); {crop}; {values}; {order}.',
    '图像按“{path}”（{type}）预处理：{resize}（{filter}）；{crop}；{values}；{order}。',
  ],
  [
    'Images are preprocessed as "{path}" ({type}) says: not resized; {crop}; {values}; {order}.',
    '图像按“{path}”（{type}）预处理：不缩放；{crop}；{values}；{order}。',
  ],
  ['no type named', '未写明类型'],
  ['nearest', '最近邻'],
  ['lanczos', 'Lanczos'],
  ['bilinear', '双线性'],
  ['bicubic', '双三次'],
  ['box', '盒式'],
  ['hamming', 'Hamming'],
  ['cut to {share} of the shorter edge, then {resize}', '先按短边的 {share} 裁出中央部分，再{resize}'],
  ['{resize}, rounded up to a multiple of {#multiple}', '{resize}，向上取为 {multiple} 的倍数'],
  ['{resize}, rounded down to a multiple of {#multiple}', '{resize}，向下取为 {multiple} 的倍数'],
  ['shorter edge resized to {#edge}', '短边缩放为 {edge}'],
  ['shorter edge resized to {#edge}, longer edge at most {#most}', '短边缩放为 {edge}，长边不超过 {most}'],
  ['longer edge resized to {#edge}', '长边缩放为 {edge}'],
  ['resized to lie inside {size}', '缩放到 {size} 以内'],
  ['resized to cover {size}', '缩放到覆盖 {size}'],
  ['resized down to multiples of {#multiple}', '缩小为 {multiple} 的倍数'],
  [
    'resized near {size} in its shape, to multiples of {#multiple}',
    '按原形状缩放到接近 {size}，取为 {multiple} 的倍数',
  ],
  ['resized to {size}, to multiples of {#multiple}', '缩放为 {size}，取为 {multiple} 的倍数'],
  ['resized to {size}', '缩放为 {size}'],
  ['not cropped', '不裁剪'],
  ['cropped to the middle {size}', '居中裁剪为 {size}'],
  ['{crop}, padded with zeros to {size}', '{crop}，补零到 {size}'],
  ['levels as they are', '像素值不变'],
  ['levels times {#factor}', '像素值乘以 {factor}'],
  ['{values}, less {mean} and divided by {std}', '{values}，减 {mean} 再除以 {std}'],
  ['{values}, less {#offset}', '{values}，减 {offset}'],
  ['{values}, divided by {std} once more', '{values}，再除以 {std}'],
  ['red first', '红色在前'],
  ['blue first', '蓝色在前'],
  ['"{path}" leaves out {fields}: the defaults of {type} are used.', '“{path}”没有写 {fields}：使用 {type} 的默认值。'],
  [
    'Vernier does not know the image processor "{type}": only what its configuration says is done.',
    'Vernier 不认识图像处理器“{type}”：只执行其配置中写明的步骤。',
  ],
  [
    '"do_pad" of the preprocessor configuration is not applied: images are fed as they are, not padded to the largest of a batch.',
    '预处理配置中的“do_pad”未应用：图像原样输入，不补齐到一批中最大的尺寸。',
  ],
  [
    '"do_normalize" of the preprocessor configuration is not applied: {type} does not normalize.',
    '预处理配置中的“do_normalize”未应用：{type} 不做归一化。',
  ],
  [
    'The preprocessor configuration names no resample filter: bilinear is used.',
    '预处理配置没有指定重采样滤波器：使用双线性。',
  ],
  [
    'Channels are flipped to BGR before normalizing: image_mean and image_std are read in BGR order.',
    '归一化之前通道翻转为 BGR：image_mean 和 image_std 按 BGR 顺序读取。',
  ],
  [
    '"{step}" of the preprocessor configuration is not applied: Vernier does not know this step.',
    '预处理配置中的“{step}”未应用：Vernier 不认识这一步。',
  ],
  [
    '"{path}" is not used: only images are preprocessed, other data is fed as it is.',
    '“{path}”未使用：只有图像会预处理，其他数据原样输入。',
  ],
  [
    '{#count} samples of seeded noise instead of data: calibrated ranges, accuracy and agreement mean nothing for real inputs.',
    '以 {count} 个固定种子的噪声样本代替数据：校准范围、准确率和一致率对真实输入没有意义。',
  ],
  [
    'The targets "{name}" could not be used: the output they belong to is not among what is compared, or what they would be measured by has no value on these samples.',
    '无法使用目标“{name}”：其对应的输出不在比较之列，或相应的指标在这些样本上没有取值。',
  ],
  [
    'The array "{name}" holds the targets: both models are compared with it.',
    '数组“{name}”是目标值：两个模型都与它比较。',
  ],
  [
    'The array "{name}" holds the targets of output "{output}": both models are compared with it.',
    '数组“{name}”是输出“{output}”的目标值：两个模型都与它比较。',
  ],
  [
    'The output is read as texts (CTC: the best character of each step, repeats once, blanks left out) of the {#count} characters in "{file}", class 0 being the blank.',
    '输出按文本读取（CTC：取每一步的最佳字符，合并重复，去掉空白符），字符取自“{file}”中的 {count} 个字符，类别 0 为空白符。',
  ],
];
