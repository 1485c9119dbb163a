import type { Phrase } from './phrase.ts';

/** An error when compressing, a remark when inspecting. */
export const noComparableOutput: Phrase = [
  `Vernier compares tensors of numbers, and none of the outputs of "{path}" is one: {outputs}. Export the model with its scores as an output of their own (skl2onnx: options={'zipmap': False}), or cut it before these outputs.`,
  `Vernier 只比较数值张量，而“{path}”的输出都不是：{outputs}。请在导出时将分数作为单独的输出（skl2onnx：options={'zipmap': False}），或在这些输出之前截断模型。`,
];

/** What can be wrong with a model: its file, its parts, running it. */
export const modelErrors: readonly Phrase[] = [
  [
    'A value or dimension of the model is called "__proto__", a name that ONNX Runtime cannot be asked for by programs in JavaScript. Give it another name.',
    '模型中有名为“__proto__”的值或维度，JavaScript 程序无法向 ONNX Runtime 请求这个名称，请改名。',
  ],
  // Files
  noComparableOutput,
  [
    'None of the outputs of this model ({names}) is a tensor that ONNX Runtime can hand out. Export it with one that is.',
    '此模型的输出（{names}）都不是 ONNX Runtime 能够交出的张量。请在导出时加入一个张量输出。',
  ],
  ['"{path}" is a folder. Choose the .onnx file in it.', '“{path}”是文件夹，请选择其中的 .onnx 文件。'],
  ['"{path}" is a folder: name the .onnx file in it.', '“{path}”是文件夹，请选择其中的 .onnx 文件。'],
  ['"{path}" is not a regular file. Choose an .onnx file.', '“{path}”不是普通文件，请选择 .onnx 文件。'],
  [
    '"{path}" is empty. The download or export did not finish; get it again.',
    '“{path}”是空文件：下载或导出没有完成，请重新获取。',
  ],
  ['"{path}" is not an ONNX model but {kind}.', '“{path}”不是 ONNX 模型，而是{kind}。'],
  [
    'a file of zeros. The download or copy did not finish; get it again',
    '全为零的文件：下载或复制没有完成，请重新获取',
  ],
  [
    'a Git LFS pointer, not the model itself. Fetch the model with "git lfs pull"',
    ' Git LFS 指针，并非模型本身，请用“git lfs pull”取回模型',
  ],
  [
    'a web page. Download the model itself (the "raw" or "download" link)',
    '网页，请下载模型本身（“raw”或“download”链接）',
  ],
  [
    'an XML document (OpenVINO models look like this). Use the .onnx file',
    ' XML 文档（OpenVINO 模型是这种格式），请使用 .onnx 文件',
  ],
  ['a JSON document. Use the .onnx file', ' JSON 文档，请使用 .onnx 文件'],
  ['a text file. Use the .onnx file', '文本文件，请使用 .onnx 文件'],
  [
    'a PyTorch checkpoint. Export it to ONNX first (torch.onnx.export)',
    ' PyTorch 检查点，请先导出为 ONNX (torch.onnx.export)',
  ],
  ['a zip archive. Unpack it first', ' zip 压缩包，请先解压'],
  [
    'a Python pickle (PyTorch checkpoints look like this). Export it to ONNX first (torch.onnx.export)',
    ' Python pickle 文件（PyTorch 检查点是这种格式），请先导出为 ONNX (torch.onnx.export)',
  ],
  [
    'a safetensors file: weights without a graph. Export it to ONNX first',
    ' safetensors 文件：只有权重，没有计算图，请先导出为 ONNX',
  ],
  [
    '"{path}" is {size} GB; an .onnx file ends at 2 GiB, the limit of protobuf. Save it with external data (onnx.save_model(model, path, save_as_external_data=True)): then models of any size work.',
    '“{path}”为 {size} GB，而 .onnx 文件受 protobuf 限制最大为 2 GiB。请用外部数据保存 (onnx.save_model(model, path, save_as_external_data=True))，这样任何大小的模型都可以使用。',
  ],
  [
    'The model would take {size} GB in one file; protobuf ends at 2 GiB. Keep its weights in external data.',
    '模型存为单个文件需要 {size} GB，而 protobuf 最大为 2 GiB。请把权重保留在外部数据中。',
  ],
  [
    '"{path}" is not an ONNX model: it does not begin as one. Check that it is the file you meant.',
    '“{path}”不是 ONNX 模型：文件开头不符。请确认选择的文件无误。',
  ],
  ['"{path}" cannot be used: {error}', '“{path}”无法使用：{error}'],
  [
    '"{path}" cannot be used: its parts are nested too deep or too large.',
    '“{path}”无法使用：其组成部分嵌套过深或过大。',
  ],
  [
    '"{path}" is not a whole ONNX model ({reason}). Copy or export it again.',
    '“{path}”不是完整的 ONNX 模型（{reason}），请重新复制或导出。',
  ],

  // Bytes
  [
    '{what} at byte {#position}. It is not ONNX, or was cut short or damaged; copy or export it again.',
    '{what}（第 {position} 字节）。文件不是 ONNX，或不完整、已损坏，请重新复制或导出。',
  ],
  ['It ends within a number', '文件在一个数字中间结束'],
  ['It has a number of more than 10 bytes', '有一个数字超过 10 字节'],
  ['A field of {#size} bytes does not fit in what holds it,', '{size} 字节的字段超出了所在的部分'],
  ['Its parts are nested too deep', '组成部分嵌套过深'],
  ['A group ends that was never begun', '一个组没有开始就结束'],
  ['It has an impossible field', '有一个不可能的字段'],
  ['A list of numbers ends within one', '数字列表在一个数字中间结束'],
  ['The text of field {field} is not valid UTF-8', '字段 {field} 的文本不是有效的 UTF-8'],
  ['Field {#number} of {type} has the wrong type', '{type} 的字段 {number} 类型错误'],
  [
    'Decoding it would take more than {#size} MB of memory, because its weights are stored number by number. Save it again with raw data (onnx.numpy_helper.from_array) or external data.',
    '权重是逐个数字存储的，解码需要超过 {size} MB 内存。请用原始数据 (onnx.numpy_helper.from_array) 或外部数据重新保存。',
  ],
  ['The model could not be encoded: {reason}', '模型无法编码：{reason}'],
  ['External data cannot be joined in memory.', '外部数据不能在内存中合并。'],

  // Weights and inputs
  ['{#nan} NaN of {#count} values', '{nan} 个 NaN（共 {count} 个值）'],
  ['{#infinite} infinite of {#count} values', '{infinite} 个无穷值（共 {count} 个值）'],
  ['{#nan} NaN and {#infinite} infinite of {#count} values', '{nan} 个 NaN 和 {infinite} 个无穷值（共 {count} 个值）'],
  [
    'The weight "{tensor}" of {node} holds {counts}: what the model gives is not finite, so it cannot be calibrated or compared. Export it from a checkpoint whose weights are finite; `vernier inspect` names them all.',
    '{node}的权重“{tensor}”有 {counts}：模型的输出不是有限数值，无法校准或比较。请从权重均为有限数值的检查点重新导出；`vernier inspect` 会列出全部此类权重。',
  ],
  [
    'The weight "{tensor}" of {node} holds {counts} (and {#more} more weights hold such values): what the model gives is not finite, so it cannot be calibrated or compared. Export it from a checkpoint whose weights are finite; `vernier inspect` names them all.',
    '{node}的权重“{tensor}”有 {counts}（另有 {more} 个权重也有此类值）：模型的输出不是有限数值，无法校准或比较。请从权重均为有限数值的检查点重新导出；`vernier inspect` 会列出全部此类权重。',
  ],
  [
    `Dimension {#axis} of the model's input "{input}" is fixed to 0 ({dims}), so no data fits it. Export the model with the size it is used with, or with a symbolic dimension.`,
    '模型输入“{input}”的第 {axis} 维固定为 0 ({dims})，任何数据都不适用。请以实际使用的大小或符号维度重新导出模型。',
  ],
  [
    'The model does not say which shape its input "{input}" has, so values cannot be made up for it, and --dim cannot help: there is no dimension to size. Give data with --data where the command takes it, or export the model with input shapes.',
    '模型没有说明输入“{input}”的形状，无法为它生成数值，--dim 也无济于事：没有可以指定大小的维度。命令接受数据时请用 --data 提供，或带输入形状重新导出模型。',
  ],

  // Graph
  [
    '{what}. The file is damaged or was written wrongly; copy or export it again.',
    '{what}。文件已损坏或写入有误，请重新复制或导出。',
  ],
  ['Graphs are nested more than {#depth} deep in {place}', '{place}中的图嵌套超过 {depth} 层'],
  ['A node of {place} has no operator type', '{place}中有一个节点没有算子类型'],
  [
    "Nodes of {place} wait for each other's values in a circle: {nodes}. No runtime can run that; export the model again.",
    '{place}中的节点循环等待彼此的值：{nodes}。任何运行时都无法执行，请重新导出模型。',
  ],
  [
    '{node} of {place} uses "{value}", which nothing in the model provides',
    '{place}中的 {node}使用了模型中不存在的“{value}”',
  ],
  ['{node} has an attribute without a name', '{node}有一个没有名称的属性'],
  ['The value "{value}" is defined twice in {place}', '{place}中重复定义了值“{value}”'],
  ['An input of {place} has no name', '{place}的一个输入没有名称'],
  ['The input "{name}" is listed twice in {place}', '{place}中重复列出了输入“{name}”'],
  ['An initializer of {place} has no name', '{place}的一个初始值没有名称'],
  ['The initializer "{name}" is defined twice in {place}', '{place}中重复定义了初始值“{name}”'],
  ['An output of {place} has no name', '{place}的一个输出没有名称'],
  ['The output "{name}" is listed twice in {place}', '{place}中重复列出了输出“{name}”'],
  ['Nothing produces the output "{name}" of {place}', '{place}的输出“{name}”没有节点生成'],
  ['The function "{name}" is defined twice', '函数“{name}”重复定义'],
  ['The function "{name}" calls itself', '函数“{name}”调用自身'],
  [
    'With its functions written out, as ONNX Runtime does when it loads the model, they are more than {#count} nodes. Export the model with fewer calls of functions.',
    'ONNX Runtime 加载模型时会展开函数，展开后的节点超过 {count} 个。请减少函数调用后重新导出模型。',
  ],
  [
    '{node} never comes to an end: its condition stays true, and it goes round {rounds}. Export the model with a condition that changes, or with fewer rounds.',
    '{node}永远不会结束：条件始终为真，循环次数为 {rounds}。请用会变化的条件或更少的循环次数重新导出模型。',
  ],
  ['for ever', '无限'],
  ['{#count} times', '{count} 次'],
  [
    '{node} would fill the memory: by the sizes written in the model it makes {made} GB, and {most} GB are the most. Export the model with smaller sizes.',
    '{node}会占满内存：按模型中写明的尺寸，它会产生 {made} GB，上限为 {most} GB。请用更小的尺寸重新导出模型。',
  ],
  ['It has no graph', '没有图'],
  ['Its graph is empty', '图是空的'],
  ['Its graph has no outputs', '图没有输出'],
  ['It does not say which operator sets it uses (opset_import)', '没有写明使用的算子集 (opset_import)'],
  ['Operator set "{name}" has the version {version}', '算子集“{name}”的版本为 {version}'],
  [
    '{node} is an ONNX operator, but the model imports no ONNX operator set',
    '{node}是 ONNX 算子，但模型没有导入 ONNX 算子集',
  ],
  ['The sparse tensor "{name}" has a negative dimension', '稀疏张量“{name}”有负的维度'],
  [
    'The sparse tensor "{name}" has the dimensions {dimensions}: written out, as ONNX Runtime does when it loads the model, the sparse tensors have more than {#count} elements and would fill the memory. Export it with dense weights.',
    '稀疏张量“{name}”的维度为 {dimensions}：ONNX Runtime 加载模型时会将其展开，所有稀疏张量的元素合计超过 {count} 个，会占满内存。请以稠密权重导出。',
  ],
  [
    'ONNX Runtime crashes on "{path}": the {op} "{name}" leaves out one of its outputs. Give that output a name; nothing has to read it.',
    'ONNX Runtime 运行“{path}”时会崩溃：{op} 节点“{name}”省略了一个输出。请为该输出命名，无需有节点读取它。',
  ],
  [
    'ONNX Runtime crashes on "{path}": the weight of the {op} "{name}" has no elements. Take that node out and export the model again.',
    'ONNX Runtime 运行“{path}”时会崩溃：{op} 节点“{name}”的权重不含元素。请去掉该节点并重新导出模型。',
  ],
  [
    'ONNX Runtime does not load "{path}": two of its nodes are called "{name}". Export it again, or give every node a name of its own, or none.',
    'ONNX Runtime 无法加载“{path}”：其中两个节点同名为“{name}”。请重新导出，或为每个节点取不同的名称，或都不命名。',
  ],
  ['It has no IR version', '没有 IR 版本'],
  ['Its IR version {version} is not a real one', 'IR 版本 {version} 不存在'],
  [
    'Its IR version is {version}; ONNX Runtime needs at least {oldest}. Export the model again, or convert it with the onnx version converter.',
    'IR 版本为 {version}，ONNX Runtime 至少需要 {oldest}。请重新导出模型，或用 onnx 的版本转换器转换。',
  ],
  ['the graph', '图'],
  ['the function "{name}"', '函数“{name}”'],
  ['a subgraph of {type} node', ' {type} 节点的子图'],
  ['a subgraph of {type} node "{name}"', ' {type} 节点“{name}”的子图'],
  ['{type} node', '{type} 节点'],
  ['{type} node "{name}"', '{type} 节点“{name}”'],
  [
    'Attribute "{name}" of {node} is of type {found}, not {wanted}. Export the model again.',
    '{node}的属性“{name}”类型为 {found}，应为 {wanted}。请重新导出模型。',
  ],
  ['Attribute "{name}" of {node} is {value}, beyond 2^53.', '{node}的属性“{name}”为 {value}，超出 2^53。'],

  // Tensors
  ['Tensor "{name}" {what}. {advice}', '张量“{name}”{what}。{advice}'],
  [
    'Tensor "{name}" {what}. The file is damaged or was written wrongly; copy or export it again.',
    '张量“{name}”{what}。文件已损坏或写入有误，请重新复制或导出。',
  ],
  ['has the negative dimension {dimension}', '有负的维度 {dimension}'],
  ['claims the dimensions {dimensions}, more than any file can hold', '的维度为 {dimensions}，任何文件都容纳不下'],
  ['claims more bytes than any file can hold', '的字节数任何文件都容纳不下'],
  ['holds strings in external data, which ONNX does not allow', '把字符串存放在外部数据中，ONNX 不允许这样做'],
  ['is said to be external and also holds data of its own', '标为外部存储，却又自带数据'],
  ['holds its data twice, in two fields', '在两个字段中重复存放了数据'],
  ['holds strings as raw data, which ONNX does not allow', '把字符串存为原始数据，ONNX 不允许这样做'],
  ['holds numbers but is of type string', '存放的是数字，类型却是字符串'],
  ['needs {#wanted} strings by its dimensions, and holds {#count}', '按维度应有 {wanted} 个字符串，实有 {count} 个'],
  ['needs {#wanted} bytes by its dimensions, and holds {#count}', '按维度应有 {wanted} 字节，实有 {count} 字节'],
  ['needs {#wanted} values by its dimensions, and holds {#count}', '按维度应有 {wanted} 个值，实有 {count} 个'],
  ['Tensor "{name}": {error}', '张量“{name}”：{error}'],
  ['Tensor "{name}" has no element type. Export the model again.', '张量“{name}”没有元素类型，请重新导出模型。'],
  [
    'Tensor "{name}" has the element type {type}, which Vernier does not know; the model may come from a newer ONNX. Export it for an older opset.',
    '张量“{name}”的元素类型为 {type}，Vernier 不认识，模型可能来自更新的 ONNX。请以较低的 opset 导出。',
  ],
  [
    'Tensor "{name}" is stored in segments, which ONNX Runtime does not read either. Export the model again.',
    '张量“{name}”是分段存储的，ONNX Runtime 也无法读取。请重新导出模型。',
  ],
  ['Tensor "{name}" holds strings, which have no raw bytes.', '张量“{name}”存放的是字符串，没有原始字节。'],
  [
    'Tensor "{name}" is of type {type}, which Vernier carries but does not compute with. Export the model in float32.',
    '张量“{name}”的类型为 {type}，Vernier 只保留而不用它计算。请以 float32 导出模型。',
  ],
  ['element type {#number}', '元素类型 {number}'],
  [
    'Tensor "{name}" has dimensions {dimensions} but {#count} values of {type}.',
    '张量“{name}”的维度为 {dimensions}，却有 {count} 个 {type} 值。',
  ],
  [
    'Tensor "{name}" holds its values in a field for another element type. Export the model again.',
    '张量“{name}”的值存放在另一种元素类型的字段中，请重新导出模型。',
  ],
  ['Expected {#wanted} bytes of {type}, found {#found}.', '应有 {wanted} 字节的 {type}，实有 {found} 字节。'],

  // External data
  [
    'External data of tensor "{name}" has the {key} "{value}", which is not a byte count. Export the model again.',
    '张量“{name}”的外部数据的 {key} 为“{value}”，不是字节数。请重新导出模型。',
  ],
  ['External data of tensor "{name}" gives "{key}" twice.', '张量“{name}”的外部数据重复给出了“{key}”。'],
  [
    'Tensor "{name}" is stored outside the model, but the model does not say in which file. Export it again.',
    '张量“{name}”存放在模型之外，但模型没有写明在哪个文件。请重新导出。',
  ],
  [
    'Tensor "{name}" wants its data from {location}, {why}. Vernier reads only files in the folder of the model: copy the data file there, and use the model only if you trust where it came from.',
    '张量“{name}”要从 {location} 读取数据，{why}。Vernier 只读取模型所在文件夹中的文件：请把数据文件复制到那里，并且只在信任其来源时使用该模型。',
  ],
  ['which is too long for a file name', '这作为文件名太长'],
  ['which has a NUL character in it', '其中含有 NUL 字符'],
  ['which has a backslash in it', '其中含有反斜杠'],
  ['which names a drive', '其中指定了驱动器'],
  ['which is an absolute path', '这是绝对路径'],
  ['which is a memory address in disguise', '这是伪装的内存地址'],
  ['which climbs out of the folder', '这会离开该文件夹'],
  ['which is a link out of the folder', '这是指向文件夹之外的链接'],
  ['which is not a regular file', '这不是普通文件'],
  ['which was replaced while it was being opened', '它在打开过程中被替换'],
  [
    'Tensor "{name}" is stored in "{location}", which is not in "{folder}". Copy that file beside the model: it holds weights, and the .onnx file is not whole without it.',
    '张量“{name}”存放在“{location}”，而“{folder}”中没有该文件。请把它复制到模型旁边：其中存放权重，缺少它 .onnx 文件就不完整。',
  ],
  [
    'Tensor "{name}" needs {#wanted} bytes by its dimensions, but its external data is said to be {#said} bytes long. Export the model again.',
    '张量“{name}”按维度需要 {wanted} 字节，而外部数据写明为 {said} 字节。请重新导出模型。',
  ],
  [
    'Tensor "{name}" needs bytes {#from} to {#to} of "{location}", which has only {#size}. The file is cut short or belongs to another model; copy it again.',
    '张量“{name}”需要“{location}”的第 {from} 到 {to} 字节，而该文件只有 {size} 字节。文件不完整或属于其他模型，请重新复制。',
  ],

  // ONNX Runtime
  ['ONNX Runtime cannot load the model: {reason}', 'ONNX Runtime 无法加载模型：{reason}'],
  ['ONNX Runtime cannot load the model "{path}": {reason}', 'ONNX Runtime 无法加载模型“{path}”：{reason}'],
  ['ONNX Runtime cannot run the model: {reason}', 'ONNX Runtime 无法运行模型：{reason}'],
  [
    'it uses opset {opset} of {domain}, and ONNX Runtime {version} knows opsets up to {newest}. Export it with an older one.',
    '它使用 {domain} 的 opset {opset}，而 ONNX Runtime {version} 最高支持 opset {newest}。请以较低的 opset 导出。',
  ],
  [
    'it is of IR version {#version}, and ONNX Runtime {runtime} knows versions up to {#newest}. Export it with an older onnx package, or set model.ir_version = {#last} and save it again.',
    '它的 IR 版本为 {version}，而 ONNX Runtime {runtime} 最高支持 {newest}。请用较旧的 onnx 包导出，或设置 `model.ir_version = {last}` 后重新保存。',
  ],
  [
    'it has the operator {operator} of the domain "{domain}", which ONNX Runtime {runtime} does not know. Export the model in standard operators, or cut it before this one.',
    '它含有域“{domain}”的算子 {operator}，ONNX Runtime {runtime} 不认识。请用标准算子导出模型，或在该算子之前截断模型。',
  ],
  [
    'node "{node}" wants the operator {operator}, which opset {#version} of {domain} does not have. Export the model in standard operators, with the opset that has them.',
    '节点“{node}”需要算子 {operator}，而 {domain} 的 opset {version} 没有该算子。请用标准算子、以含有这些算子的 opset 导出模型。',
  ],
  [
    'ONNX Runtime\'s CPU provider has no {operator} for the data type at node "{node}". Export the model in float32.',
    'ONNX Runtime 的 CPU 提供程序不支持节点“{node}”处数据类型的 {operator}。请以 float32 导出模型。',
  ],
  [
    '{operator} node "{node}" takes no {type}, the type of its input "{input}". Export the model in float32.',
    '{operator} 节点“{node}”不接受 {type}，而其输入“{input}”为该类型。请以 float32 导出模型。',
  ],
  [
    '{operator} node "{node}" gets {first} and {second}, and both have to be of one type. Export the model again.',
    '{operator} 节点“{node}”得到 {first} 和 {second}，二者必须类型相同。请重新导出模型。',
  ],
  [
    '{operator} node "{node}" has the attribute "{attribute}", which this operator does not have in the model\'s opset. Export the model again.',
    '{operator} 节点“{node}”带有属性“{attribute}”，而在模型的 opset 中该算子没有此属性。请重新导出模型。',
  ],
  [
    'the shapes at {operator} node "{node}" do not fit: {reason}. Export the model again, and check it with onnx.checker.',
    '{operator} 节点“{node}”处的形状不相符（{reason}）。请重新导出模型，并用 onnx.checker 检查。',
  ],
  [
    '{operator} node "{node}" failed: {reason}. Check that the sizes (--dim) and the values of the data are ones that the model takes.',
    '{operator} 节点“{node}”运行失败（{reason}）。请检查数据的尺寸（--dim）和取值是否为模型所接受。',
  ],
  [
    '{message}. Try it with onnxruntime.InferenceSession in Python: what does not run there does not run here; export it again.',
    '（{message}）。请在 Python 中用 onnxruntime.InferenceSession 尝试：在那里无法运行的模型在此也无法运行；请重新导出。',
  ],
  [
    'ONNX Runtime could not write to the temporary folder "{folder}", most likely because its disk is full. Free some space, or name a folder on another disk in TMPDIR.',
    'ONNX Runtime 无法写入临时文件夹“{folder}”，很可能是磁盘已满。请腾出空间，或在 TMPDIR 中指定其他磁盘上的文件夹。',
  ],
  [
    'The disk of the temporary folder "{folder}" is nearly full, and what compared models share is kept there. Free some space, or name a folder on another disk in TMPDIR.',
    '临时文件夹“{folder}”所在的磁盘即将用尽，而参与比较的各模型共用的数据保存在那里。请腾出空间，或在 TMPDIR 中指定其他磁盘上的文件夹。',
  ],
  ['ONNX Runtime wrote no profile.', 'ONNX Runtime 没有写出性能剖析文件。'],
  ['ONNX Runtime wrote no profile for "{path}".', 'ONNX Runtime 没有写出“{path}”的性能剖析文件。'],

  // Inputs and outputs
  [
    'Input "{name}" is of type {type}; Vernier feeds dense tensors of numbers only. Cut the model so that it starts after this input.',
    '输入“{name}”的类型为 {type}，Vernier 只能输入稠密数值张量。请截断模型，使其从该输入之后开始。',
  ],
  [
    'Output "{name}" has element type {type}, and Vernier compares numbers only. Cut the model before this output.',
    '输出“{name}”的元素类型为 {type}，而 Vernier 只比较数值。请裁剪模型，去掉该输出。',
  ],
  [
    'Input "{name}" would have {#count} elements ({shape}), too many to feed. Give smaller sizes with --dim NAME=VALUE where dimensions are open; where they are fixed, export the model with smaller ones.',
    '输入“{name}”将有 {count} 个元素 ({shape})，过多而无法输入。未定的维度可用 --dim NAME=VALUE 给出较小的值；固定的维度请以较小的值重新导出模型。',
  ],
  [
    `The model's inputs have no open dimension "{name}". All their dimensions are fixed: leave --dim out.`,
    '模型的输入没有名为“{name}”的未定维度：所有维度都是固定的，请去掉 --dim。',
  ],
  [
    `The model's inputs have no open dimension "{name}". They have: {names}.`,
    '模型的输入没有名为“{name}”的未定维度，有的是：{names}。',
  ],
  [
    `The model's input "{name}" is {kind}; Vernier can only feed tensors of numbers. Cut the model so that it starts after this input.`,
    '模型的输入“{name}”{kind}，Vernier 只能输入数值张量。请裁剪模型，使其从该输入之后开始。',
  ],
  ['a tensor of strings', '是字符串张量'],
  ['not a tensor of numbers', '不是数值张量'],
  ['The model has no output "{name}"; its outputs are {names}.', '模型没有输出“{name}”，其输出为 {names}。'],
  [
    'The model has no output, so nothing can be compared. Export it with one.',
    '模型没有输出，无法比较。请以带输出的形式重新导出。',
  ],

  // Quantizing
  [
    'Node selector {selector} is not a regular expression that can be used: {reason}. Look-around and back references are not known.',
    '节点选择 {selector} 不是可用的正则表达式：{reason}。不支持环视和反向引用。',
  ],
  [
    'A node selector is a regular expression of {#length} characters; {#most} are the most. Write several shorter ones.',
    '节点选择的正则表达式有 {length} 个字符，最多 {most} 个。请拆成几个较短的。',
  ],
  [
    'Op type "{opType}" is not one Vernier can quantize; it knows {known}.',
    'Vernier 不能量化算子“{opType}”，支持的算子有 {known}。',
  ],
  [
    'Nothing in "{path}" can be quantized. Of its {#count} nodes: {reasons}. `vernier inspect` tells the reason of each.',
    '“{path}”中没有可量化的层。{count} 个节点中，{reasons}。`vernier inspect` 可列出每个节点的原因。',
  ],
  [
    'Nothing in "{path}" can be quantized; it seems to be quantized already. Of its {#count} nodes: {reasons}. `vernier inspect` tells the reason of each.',
    '“{path}”中没有可量化的层，它似乎已经量化过。{count} 个节点中，{reasons}。`vernier inspect` 可列出每个节点的原因。',
  ],
  [
    'Nothing in "{path}" can be quantized; its weights are float16: give the float32 model it was made from. Of its {#count} nodes: {reasons}. `vernier inspect` tells the reason of each.',
    '“{path}”中没有可量化的层，其权重为 float16：请提供导出它的 float32 模型。{count} 个节点中，{reasons}。`vernier inspect` 可列出每个节点的原因。',
  ],
  ['{#count} ({names}): {reason}', '{count} 个（{names}）：{reason}'],
  ['{#count} ({names}): {reason}; {more}', '{count} 个（{names}）：{reason}；{more}'],
  ['{#count}: {reason}', '{count} 个：{reason}'],
  ['{#count}: {reason}; {more}', '{count} 个：{reason}；{more}'],
  [
    '"{path}" is of opset {#opset}, and int8 operators exist from opset {#from} on; it cannot be raised because {why}. Export it with opset {#wanted} or later.',
    '“{path}”为 opset {opset}，而 int8 算子从 opset {from} 起才存在；{why}，因此无法升级。请以 opset {wanted} 或更高版本导出。',
  ],
  ['it has functions of its own', '它含有自定义函数'],
  ['of its subgraphs or operators', '它含有不能升级的子图或算子'],
  ['Tensor "{name}" is quantized but has no calibrated range.', '张量“{name}”已量化，却没有校准范围。'],
];
