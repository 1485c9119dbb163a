import type { Phrase } from './phrase.ts';

/** What can be wrong with data: arrays, images, labels, preprocessing, and how they fit the model. */
export const dataErrors: readonly Phrase[] = [
  // Which data
  [
    'Both data ("{path}") and --random-data were given. Choose one of them.',
    '同时给出了数据（“{path}”）和 --random-data，请只选其一。',
  ],
  [
    `No data was given, and static calibration without data would make a random model. Give representative data: {kinds}, for the model's inputs {inputs}. To use noise all the same, say --random-data; every figure that depends on it is then marked.`,
    '没有给出数据，而没有数据的静态校准只会得到随机的模型。请为模型的输入 {inputs} 提供有代表性的数据：{kinds}。若仍要使用噪声，请指定 --random-data；依赖它的数字都会标明。',
  ],
  ['"{path}" is not data that can be read. Give {kinds}.', '“{path}”不是可读取的数据，请提供{kinds}。'],
  ['"{path}" holds no samples that can be read. Give {kinds}.', '“{path}”中没有可读取的样本，请提供{kinds}。'],
  [
    'a folder of images, an .npz file, an .npy file or folder, or a folder of ONNX test_data_set_* folders',
    '图像文件夹、.npz 文件、.npy 文件或文件夹，或含有 ONNX test_data_set_* 的文件夹',
  ],
  [
    'The data holds {#count} samples, all the same; calibration and evaluation must not share samples, so at least two different ones are needed. Add samples.',
    '数据有 {count} 个完全相同的样本；校准和评估不能共用样本，至少需要两个不同的样本。请增加样本。',
  ],
  [
    'The data holds {#count} sample(s); calibration and evaluation must not share samples, so at least two different ones are needed. Add samples.',
    '数据只有 {count} 个样本；校准和评估不能共用样本，至少需要两个不同的样本。请增加样本。',
  ],
  [
    "The model's inputs have dimensions of open size, so noise cannot be made for them: {inputs}. Give each a size, for example {example}.",
    '模型输入有大小未定的维度，无法生成噪声：{inputs}。请逐一给出大小，例如 {example}。',
  ],
  [
    'The model does not run on noise: its sizes (--dim) or values may be ones it cannot take. Give real data with --data. {error}',
    '模型无法以噪声运行：可能是大小 (--dim) 或数值不被接受。请用 --data 提供真实数据。{error}',
  ],

  // Arrays
  [
    '"{path}" is not a regular file but a folder, a pipe or a device. Write its contents to a file and name that.',
    '“{path}”不是普通文件，而是文件夹、管道或设备。请将其内容写入普通文件，再指定该文件。',
  ],
  [
    '"{path}" has {#size} bytes; Vernier reads up to {#most} of such a file. Give a smaller one.',
    '“{path}”有 {size} 字节，Vernier 对这类文件最多读取 {most} 字节。请提供更小的文件。',
  ],
  ['"{path}" is {what}. Save it as UTF-8 text.', '“{path}”{what}。请保存为 UTF-8 文本。'],
  ['in UTF-32', '为 UTF-32 编码'],
  ['in UTF-7', '为 UTF-7 编码'],
  ['a zip archive or an Excel workbook', '是 zip 压缩包或 Excel 工作簿'],
  ['an old Excel workbook', '是旧版 Excel 工作簿'],
  ['compressed with gzip', '是 gzip 压缩文件'],
  ['a Parquet file', '是 Parquet 文件'],
  ['in UTF-16 without a byte order mark, or no text at all', '为没有字节顺序标记的 UTF-16 编码，或根本不是文本'],
  [
    'in another encoding than UTF-8, such as Windows-1252, GBK or Shift_JIS',
    '不是 UTF-8 编码，可能是 Windows-1252、GBK 或 Shift_JIS',
  ],
  ['said to be UTF-16, but damaged', '标明为 UTF-16，但已损坏'],
  ['"{path}" ended before its data did. Copy it again.', '“{path}”在数据结束之前就中断了，请重新复制。'],
  [
    '"{path}" is not a readable .npz archive ({reason}). Copy it again, or save it again with numpy.savez.',
    '“{path}”不是可读取的 .npz 文件（{reason}）。请重新复制，或用 numpy.savez 重新保存。',
  ],
  [
    '"{path}" claims {#count} entries; Vernier reads up to {#most}.',
    '“{path}”声称有 {count} 个条目，Vernier 最多读取 {most} 个。',
  ],
  [
    '"{path}" would unpack to {size} MB from {packed} MB, as zip bombs do. If the data is real, save it uncompressed with numpy.savez.',
    '“{path}”会从 {packed} MB 解压成 {size} MB，与压缩炸弹无异。如果数据属实，请用 numpy.savez 不压缩保存。',
  ],
  ['"{path}" holds no NumPy arrays. Save them with numpy.savez.', '“{path}”中没有 NumPy 数组，请用 numpy.savez 保存。'],
  ['The array {array} is damaged ({reason}). Copy the file again.', '数组{array}已损坏（{reason}），请重新复制文件。'],
  [
    'The array "{name}" {what}. Save it again with numpy.save or numpy.savez.',
    '数组“{name}”{what}。请用 numpy.save 或 numpy.savez 重新保存。',
  ],
  [
    'The array "{name}" in "{path}" {what}. Save it again with numpy.save or numpy.savez.',
    '“{path}”中的数组“{name}”{what}。请用 numpy.save 或 numpy.savez 重新保存。',
  ],
  [
    'The array "{name}" in "{path}" {what}. Save it again with numpy.savez.',
    '“{path}”中的数组“{name}”{what}。请用 numpy.savez 重新保存。',
  ],
  ['"{name}" in "{path}"', '“{name}”（“{path}”）'],
  ['has a header that is not a dictionary', '的文件头不是字典'],
  ['has a header with an unexpected "{text}"', '的文件头含有意外的“{text}”'],
  ['has a header that cannot be read', '的文件头无法读取'],
  ['has an incomplete header', '的文件头不完整'],
  ['has a header whose shape is not a tuple', '的文件头中形状不是元组'],
  [
    'claims {#count} dimensions, where NumPy itself makes no more than {#most}',
    '声称有 {count} 个维度，而 NumPy 最多只能有 {most} 个',
  ],
  ['has the impossible dimension "{dimension}"', '的维度“{dimension}”不可能存在'],
  ['is not a NumPy array, or was cut short', '不是 NumPy 数组，或不完整'],
  [
    'is in version {version} of the NumPy format; Vernier reads 1, 2 and 3',
    '为 NumPy 格式版本 {version}，Vernier 可读取版本 1、2、3',
  ],
  ['was cut short', '不完整'],
  ['claims a header of {#size} bytes', '声称文件头有 {size} 字节'],
  ['was cut short within its header', '在文件头处中断'],
  ['claims the shape ({shape}), more than any file can hold', '声称形状为 ({shape})，任何文件都容纳不下'],
  [
    'has the shape ({shape}) but only {#count} of its {#wanted} bytes',
    '的形状为 ({shape})，但 {wanted} 字节中只有 {count} 字节',
  ],
  ['is followed by {#count} bytes that do not belong to it', '之后有 {count} 字节不属于它的内容'],
  ['is in the archive twice', '在压缩包中重复'],
  ['is encrypted', '已加密'],
  ['is compressed by method {method}, where NumPy writes only 0 and 8', '的压缩方法为 {method}，而 NumPy 只写 0 和 8'],
  ['claims more bytes than the archive has', '声称的字节数超过整个压缩包'],
  ['claims an impossible size', '声称的大小不可能存在'],
  [
    'The array {array} has {#rows} rows; asked for {#count} from {#start}.',
    '数组{array}有 {rows} 行，却要从第 {start} 行起读取 {count} 行。',
  ],
  [
    `The array {array} ({from}) holds {value}, which the model's type {to} cannot hold exactly. Save the array as {type}.`,
    '数组{array}为 {from}，其中的 {value} 无法用模型的类型 {to} 精确表示。请把数组保存为 {type}。',
  ],
  [
    `"{path}" has no array for the model's input {input}. It holds {found}. Name one array after each input: {inputs}. {error}`,
    '“{path}”中没有对应模型输入 {input} 的数组，只有{found}。请以每个输入的名称命名一个数组：{inputs}。{error}',
  ],
  [
    `"{path}" has no array for the model's input {input}. It holds {found}. Name one array after each input: {inputs}`,
    '“{path}”中没有对应模型输入 {input} 的数组，只有{found}。请以每个输入的名称命名一个数组：{inputs}',
  ],
  ['no array of samples', '不含样本的内容'],
  [
    `The array "{name}" in "{path}" has shape {shape}, but the model's input is {input}, so the array should be {wanted}. {advice}`,
    '“{path}”中的数组“{name}”形状为 {shape}，而模型的输入是 {input}，数组应为 {wanted}。{advice}',
  ],
  [
    'This looks like a single sample: give several, stacked along a new first axis.',
    '这似乎是单个样本：请沿新的第一个轴堆叠多个样本。',
  ],
  ['The same sizes in another order: transpose the array.', '大小相同而顺序不同：请转置数组。'],
  ['Only axes of size 1 differ: reshape the array.', '只有大小为 1 的轴不同：请改变数组的形状。'],
  [
    'Prepare the data for this model, or choose the model this data was made for.',
    '请为此模型准备数据，或选择与数据对应的模型。',
  ],
  [
    'The arrays in "{path}" differ in their number of samples: "{one}" has {countOne}, "{other}" has {countOther}. Save one row a sample in every array.',
    '“{path}”中各数组的样本数不同：“{one}”有 {countOne} 个，“{other}”有 {countOther} 个。请让每个数组都是每个样本一行。',
  ],
  ['The arrays in "{path}" hold no samples. Save at least two.', '“{path}”中的数组没有样本，请至少保存两个。'],
  [
    'The inputs of the model have different first dimensions ({inputs}), so rows of "{path}" cannot be batched. Give every array one more leading axis: one whole feed a sample.',
    '模型各输入的第一维不同 ({inputs})，“{path}”的行无法组成批。请给每个数组增加一个前导轴：每个样本为一次完整输入。',
  ],
  [
    'A batch of {#count} samples was asked for where the model takes {wanted}.',
    '要求的批为 {count} 个样本，而模型接受 {wanted} 个。',
  ],
  [
    'Samples of different shapes cannot share a batch: input "{name}" is {one} in one and {other} in another. Use samples of one shape.',
    '形状不同的样本不能同批：输入“{name}”在一个样本中为 {one}，在另一个中为 {other}。请使用形状一致的样本。',
  ],

  // ONNX test data
  ['"{path}" is larger than 2 GiB, where protobuf ends.', '“{path}”超过 2 GiB，这是 protobuf 的上限。'],
  [
    '"{path}" keeps its data in another file, which test data must not.',
    '“{path}”的数据存放在另一个文件中，测试数据不允许这样做。',
  ],
  ['"{path}" is not a readable ONNX tensor: {reason}', '“{path}”不是可读取的 ONNX 张量：{reason}'],
  ['{reason}. Write it again with onnx.save_tensor.', '{reason}。请用 onnx.save_tensor 重新写入。'],
  [
    '"{path}" holds {#count} input file(s), but the model has {#wanted} input(s): {inputs}. Each needs one input_<number>.pb.',
    '“{path}”中有 {count} 个输入文件，而模型有 {wanted} 个输入：{inputs}。每个输入需要一个 input_<编号>.pb。',
  ],
  [
    `The tensor for the model's input {input} in "{path}" is {found}. Save it in the type and shape that the model takes.`,
    '“{path}”中对应模型输入 {input} 的张量为 {found}。请按模型接受的类型和形状保存。',
  ],

  // Labels
  ['{reason} Labels are class indices, one whole number a sample.', '{reason} 标签是类别索引，每个样本一个整数。'],
  ['Labels {table}: {what}. Correct the labels and try again.', '标签{table}：{what}。请更正标签后重试。'],
  ['"{name}"', '“{name}”'],
  ['not well-formed CSV ({reason})', 'CSV 格式有误（{reason}）'],
  ['it has more than {#rows} lines or {#cells} cells', '超过 {rows} 行或 {cells} 个单元格'],
  ['the file is empty', '文件为空'],
  ['the list of classes is empty', '类别列表为空'],
  [
    'the first line is "{line}" instead of the header "file,label" (or "file,label,name")',
    '第一行是“{line}”，应为表头“file,label”（或“file,label,name”）',
  ],
  [
    'none of the columns of "{header}" is called label, class, target, category, class_id or y. Name the column of class indices so',
    '“{header}”中没有名为 label、class、target、category、class_id 或 y 的列。请这样命名类别索引所在的列',
  ],
  [
    'none of the columns of "{header}" is called file, filename, path, image, image_id, id or name. Name the column of file names so, or give only the labels, one a line, in the order of the images\' names',
    '“{header}”中没有名为 file、filename、path、image、image_id、id 或 name 的列。请这样命名文件名所在的列，或只按图像名称的顺序每行给出一个标签',
  ],
  [
    '{columns} may each hold the labels. Name only one of them label',
    '{columns} 都可能是标签。请只将其中一列命名为 label',
  ],
  [
    '{columns} may each name the images, but not the same ones. Name only one of them file',
    '{columns} 都可能是图像名称，但所指不同。请只将其中一列命名为 file',
  ],
  [
    'line {#line} has "{text}" where a class index should be. Write the number that the class has in the model, or put a classes.txt beside the table that names the classes, one a line, in the order of the model\'s outputs',
    '第 {line} 行应为类别索引，却是“{text}”。请写该类别在模型中的编号，或在表格旁放一个 classes.txt，按模型输出的顺序每行写一个类别名称',
  ],
  ['line {#line} has the class "{name}", which is not in "{path}"', '第 {line} 行的类别“{name}”不在“{path}”中'],
  ['line {#line} is empty, and lines count the classes', '第 {line} 行为空，而类别按行计数'],
  ['line {#line} names the class "{name}" a second time', '第 {line} 行重复了类别“{name}”'],
  [
    'line {#line} names "{name}", which may be "{one}" or "{other}". Write the whole name',
    '第 {line} 行的“{name}”可能是“{one}”或“{other}”。请写出完整的名称',
  ],
  ['line {#line} names no file', '第 {line} 行没有文件名'],
  ['there is a header but no row', '只有表头，没有数据行'],
  [
    'the rows name files, but the samples are samples. Give one label a line, in the order of the samples',
    '各行写的是文件名，而样本不是文件。请按样本的顺序每行给出一个标签',
  ],
  [
    'the rows name files, but the samples are images. Give one label a line, in the order of the samples',
    '各行写的是文件名，而样本是图像。请按样本的顺序每行给出一个标签',
  ],
  [
    'the rows name files, but the samples are test_data_set folders. Give one label a line, in the order of the samples',
    '各行写的是文件名，而样本是 test_data_set 文件夹。请按样本的顺序每行给出一个标签',
  ],
  ['{#labels} labels for {#count} samples', '{count} 个样本却有 {labels} 个标签'],
  ['{#labels} labels for {#count} images', '{count} 张图像却有 {labels} 个标签'],
  ['{#labels} labels for {#count} test_data_set folders', '{count} 个 test_data_set 文件夹却有 {labels} 个标签'],
  [
    'the shape is {shape} instead of {wanted}. Store class indices, one a sample (of one-hot rows: the argmax)',
    '形状为 {shape}，应为 {wanted}。请存放类别索引，每个样本一个（one-hot 行取 argmax）',
  ],
  ['{type} cannot hold class indices safely; store integers', '{type} 不能可靠地表示类别索引，请存为整数'],
  ['line {#line} has "{text}" where a class index should be', '第 {line} 行应为类别索引，却是“{text}”'],
  ['{place} has the label {label}, which is not a whole number', '{place}的标签 {label} 不是整数'],
  ['{place} has the label {label}; class indices start at 0', '{place}的标签为 {label}，类别索引从 0 开始'],
  ['{place} has the label {label}, which is no class index', '{place}的标签 {label} 不是类别索引'],
  ['row {#row}', '第 {row} 行'],
  ['line {#line}', '第 {line} 行'],
  [
    'line {#line} names "{name}", an image of a kind that cannot be decoded; convert it to PNG or JPEG',
    '第 {line} 行的图像“{name}”格式无法解码，请转换为 PNG 或 JPEG',
  ],
  ['line {#line} names "{name}", which is not in "{folder}"', '第 {line} 行的“{name}”不在“{folder}”中'],
  ['line {#line} names "{name}" a second time', '第 {line} 行重复了“{name}”'],
  ['{#count} image(s) have no row, such as "{name}"', '{count} 张图像没有对应的行，例如“{name}”'],
  [
    'Sample {#index} has label {label}, but output "{output}" ranks classes 0 to {last}. Number the labels as the model does.',
    '样本 {index} 的标签为 {label}，而输出“{output}”的类别为 0 到 {last}。请按模型的编号方式给标签编号。',
  ],

  // Images and their preprocessing
  [
    'Cannot read the image "{path}": {reason}. Replace the file, or remove it together with its label.',
    '无法读取图像“{path}”：{reason}。请替换该文件，或连同其标签一起删除。',
  ],
  [
    '"{path}" is a folder of images, which can feed one input, but the model has {#count}: {inputs}. Give the data as an .npz file with one array for each input.',
    '“{path}”是图像文件夹，只能提供一个输入，而模型有 {count} 个：{inputs}。请以 .npz 文件提供数据，每个输入一个数组。',
  ],
  [
    '"{path}" holds only images of kinds that cannot be decoded, such as "{name}". Convert them to PNG or JPEG.',
    '“{path}”中的图像格式都无法解码，例如“{name}”。请转换为 PNG 或 JPEG。',
  ],
  [
    '"{path}" holds {#count} image(s) beside the subfolders {folders}, so these cannot be classes. Use one folder per class for all images, or add a labels.csv (file,label).',
    '“{path}”中除子文件夹 {folders} 外还有 {count} 张图像，因此子文件夹不能作为类别。请把所有图像按类别放入文件夹，或添加 labels.csv (file,label)。',
  ],
  [
    'The class folder "{name}" in "{path}" holds no image, and class indices count the folders. Remove it, or add a labels.csv (file,label) that gives the indices.',
    '“{path}”中的类别文件夹“{name}”没有图像，而类别索引按文件夹计数。请删除它，或添加给出索引的 labels.csv (file,label)。',
  ],
  [
    `The image "{name}" is {size} (width x height) after the preprocessing of "{config}", but the model's input {input} wants {wanted}. Correct "size" and "crop_size" there, or give the model's own configuration with --preprocessor.`,
    '图像“{name}”经“{config}”预处理后为 {size}（宽 x 高），而模型的输入 {input} 需要 {wanted}。请更正其中的“size”和“crop_size”，或用 --preprocessor 提供模型自带的配置。',
  ],
  [
    `The model's input {input} takes {#count} images at a time, but they differ in size after the preprocessing of "{config}". Add "crop_size" there, or fix the open dimensions with --dim.`,
    '模型的输入 {input} 一次接受 {count} 张图像，但经“{config}”预处理后大小不一。请在其中添加“crop_size”，或用 --dim 固定未定的维度。',
  ],
  ['The preprocessor configuration "{path}" is not JSON: {reason}', '预处理配置“{path}”不是 JSON：{reason}'],
  [
    'The preprocessor configuration "{path}" cannot be used: {what}. Compare with the preprocessor_config.json of the model on Hugging Face.',
    '预处理配置“{path}”无法使用：{what}。请对照 Hugging Face 上该模型的 preprocessor_config.json。',
  ],
  ['the whole file: {reason}', '整个文件：{reason}'],
  ['"{field}" is true but "{missing}" is missing', '“{field}”为 true，却缺少“{missing}”'],
  ['"{field}" is true but "{missing}" or "{other}" is missing', '“{field}”为 true，却缺少“{missing}”或“{other}”'],
  [
    'An image of {size} would be resized to {resized}, and no side may be longer than {#most}. Correct "size" or "crop_pct" of the preprocessor configuration, or remove the image.',
    '{size} 的图像将缩放为 {resized}，而任一边不得超过 {most}。请更正预处理配置中的“size”或“crop_pct”，或删除该图像。',
  ],
  ['it is not a JSON object', '它不是 JSON 对象'],
  [
    'it says nothing about images: size, crop_size, image_mean, image_std or image_processor_type',
    '其中没有关于图像的内容：size、crop_size、image_mean、image_std 或 image_processor_type',
  ],
  ['it is {what}, and says nothing about how images are prepared', '它是{what}，没有写明图像如何预处理'],
  ["a tokenizer's configuration", '分词器的配置'],
  ['a tokenizer', '分词器'],
  ['a configuration of generating text', '文本生成的配置'],
  ["a model's configuration", '模型的配置'],
  ['a configuration of preprocessing sound', '音频预处理的配置'],
  ['an npm package', 'npm 包'],
  ['an index of weights', '权重的索引'],
  [
    '"{type}" does more than cut and scale an image, which Vernier does not do. Prepare its pixel_values in Python and give them as an .npz file',
    '“{type}”所做的不只是裁剪和缩放图像，Vernier 无法完成。请在 Python 中准备它的 pixel_values，并以 .npz 文件提供',
  ],
  ['"size" needs "shortest_edge"', '“size”需要“shortest_edge”'],
  ['"pad_size" needs "height" and "width"', '“pad_size”需要“height”和“width”'],
  ['"image_std" holds a zero', '“image_std”中有零'],
  ['"size" needs "shortest_edge", or "height" and "width"', '“size”需要“shortest_edge”，或“height”和“width”'],
  ['"crop_size" needs "height" and "width"', '“crop_size”需要“height”和“width”'],
  [
    `The data is a folder of images, but the model's input {input} does not take an image: that needs [N, 3, height, width] or [N, height, width, 3] (1 channel for grey). Give the data as an .npz file with an array named "{name}".`,
    '数据是图像文件夹，而模型的输入 {input} 不接受图像：图像需要 [N, 3, 高, 宽] 或 [N, 高, 宽, 3]（灰度为 1 个通道）。请以 .npz 文件提供数据，其中的数组命名为“{name}”。',
  ],
  [
    `The model's input {input} leaves the image size open and there is no preprocessor_config.json beside the images. Add one, or fix the open dimensions with --dim.`,
    '模型的输入 {input} 未定图像大小，图像旁边也没有 preprocessor_config.json。请添加一个，或用 --dim 固定未定的维度。',
  ],
  [
    `image_mean and image_std of the preprocessor configuration hold {#count} values, but the model's input {input} takes {channels} channel(s). Give one value, or one for each channel.`,
    '预处理配置的 image_mean 和 image_std 有 {count} 个值，而模型的输入 {input} 有 {channels} 个通道。请给出一个值，或每个通道一个值。',
  ],
  [
    `The model's input {input} has element type {type}; images can be fed as float32, float16, float64 or uint8. Give the data as an .npz file with an array named "{name}".`,
    '模型的输入 {input} 的元素类型为 {type}，图像只能以 float32、float16、float64 或 uint8 输入。请以 .npz 文件提供数据，其中的数组命名为“{name}”。',
  ],

  // Calibrating and comparing
  ['Tensor "{name}" is not float32.', '张量“{name}”不是 float32。'],
  [
    'NaN or infinite values in {tensors} while calibrating. Check the calibration data and its preprocessing, or exclude the nodes that produce them.',
    '校准时出现 NaN 或无穷大的张量：{tensors}。请检查校准数据及其预处理，或排除产生这些值的节点。',
  ],
  ['{tensors} and {#count} more', '{tensors}，以及另外 {count} 个'],
  ['Calibration saw no value of tensor "{name}".', '校准没有观察到张量“{name}”的任何值。'],
  [
    'Output "{name}" has dimensions {dimensions}, which cannot be divided among {#count} samples. Measure with a batch size of 1.',
    '输出“{name}”的维度为 {dimensions}，无法平分给 {count} 个样本。请以批大小 1 测量。',
  ],
  [
    'The original model gives NaN or infinity for every evaluation sample. Check the preprocessing of the data; if the original is fine, exclude layers with extreme ranges from quantization.',
    '原模型对每个评估样本都输出 NaN 或无穷大。请检查数据的预处理。',
  ],
  [
    'The compressed model gives NaN or infinity for every evaluation sample. Check the preprocessing of the data; if the original is fine, exclude layers with extreme ranges from quantization.',
    '压缩模型对每个评估样本都输出 NaN 或无穷大。请检查数据的预处理；如果原模型正常，请将范围极端的层排除在量化之外。',
  ],
  ['The compressed model lacks output "{name}", so it cannot be compared.', '压缩模型缺少输出“{name}”，无法比较。'],
  [
    'There are no evaluation samples left to compare the models on. Give more data.',
    '没有剩余的评估样本可用来比较模型，请提供更多数据。',
  ],
  [
    'Output "{name}" has {#before} values per sample in the original and {#after} in the compressed model, so they cannot be compared. Where a model selects what it found (NonMaxSuppression, NonZero), cut it before the selection.',
    '输出“{name}”每个样本在原模型中有 {before} 个值，在压缩模型中有 {after} 个，无法比较。如果模型会筛选检出的目标（NonMaxSuppression、NonZero），请在筛选之前截断模型。',
  ],

  // Targets
  [
    '--target names "{name}", but "{path}" has no other arrays than the inputs.',
    '--target 指定了“{name}”，但“{path}”中除输入外没有其他数组。',
  ],
  ['--target names "{name}", but "{path}" has {names}.', '--target 指定了“{name}”，但“{path}”中有 {names}。'],
  [
    '--target names "{name}", an array of targets, but the data is not of arrays. Save inputs and targets as .npz or .npy.',
    '--target 指定了目标数组“{name}”，但数据不是数组。请将输入和目标保存为 .npz 或 .npy。',
  ],
  [
    'The targets "{name}" in "{path}" have {rows} rows for {#count} samples. Save one row a sample.',
    '“{path}”中的目标“{name}”有 {rows} 行，而样本有 {count} 个。请每个样本保存一行。',
  ],
  [
    'The targets "{name}" are {dims} a sample, but output "{output}" is {wanted}. Save targets of the same shape as the output (of a map of class scores: the class of each pixel), or name others with --target.',
    '目标“{name}”每个样本为 {dims}，而输出“{output}”为 {wanted}。请保存与输出形状相同的目标（类别得分图则为每个像素的类别），或用 --target 指定其他目标。',
  ],
  [
    'The target of sample {#index} has a pixel of class {#value}, but the output ranks classes 0 to {#last}. Number the classes as the model does; 255 leaves a pixel out.',
    '样本 {index} 的目标中有类别为 {value} 的像素，而输出的类别为 0 到 {last}。请按模型的编号给类别编号；255 表示该像素不计。',
  ],
  [
    'The list of characters "{path}" has nothing in line {#line}. Write one character a line, in the order of the model\'s classes; the blank, which comes before them, is not listed.',
    '字符表“{path}”的第 {line} 行为空。请按模型类别的顺序每行写一个字符；排在最前的空白符不列出。',
  ],
  [
    '"{path}" has {lines} lines for {#count} samples. Write the text of one sample a line, in the order of the samples (images: of their names).',
    '“{path}”有 {lines} 行，而样本有 {count} 个。请按样本顺序（图像按文件名）每行写一个样本的文本。',
  ],
  [
    '"{path}" says what the model should read, but not which characters its classes are. Name their list with --characters.',
    '“{path}”给出了应读出的文本，但没有说明模型的类别是哪些字符。请用 --characters 指定字符表。',
  ],
  [
    'No output ranks {count} characters and a blank at each step: a sample has {found}. Give the list of characters that the model was trained with.',
    '没有输出在每一步对 {count} 个字符和一个空白符排序：每个样本有 {found}。请提供模型训练时所用的字符表。',
  ],

  // A metric of the user's own
  [
    '"{name}" took longer than its limit of {#seconds} s and was stopped. Give it more time with --metric-timeout, or fewer samples with --evaluation-samples.',
    '“{name}”超过了 {seconds} 秒的时限，已被停止。请用 --metric-timeout 给它更多时间，或用 --evaluation-samples 减少样本。',
  ],
  [
    '"{name}" took more than {#megabytes} MB of memory and was stopped. Let it read one sample at a time, or measure fewer with --evaluation-samples.',
    '“{name}”占用的内存超过 {megabytes} MB，已被停止。请让它逐个样本读取，或用 --evaluation-samples 减少样本。',
  ],
  [
    '"{name}" cannot be run: "{command}" could not be started ({reason}). Check that it is installed.',
    '“{name}”无法运行：“{command}”无法启动（{reason}）。请检查它是否已安装。',
  ],
  [
    '"{name}" ended with {how} and gave no scores. Its last words: {words}',
    '“{name}”以 {how} 结束，没有给出得分。它最后的输出：{words}',
  ],
  [
    'What "{source}" wrote is not its scores. Write JSON like {example}, with one number a sample.',
    '“{source}”写出的内容不是得分。请写出形如 {example} 的 JSON，每个样本一个数。',
  ],
  [
    '"{source}" gave {#found} scores of the {model} model for {#count} samples. Give one number a sample.',
    '“{source}”为 {model} 模型的 {count} 个样本给出了 {found} 个得分。请每个样本给出一个数。',
  ],
  [
    '"{source}" gave sample {#sample} of the {model} model no number as its score (NaN or infinity). Give every sample a finite one.',
    '“{source}”给 {model} 模型样本 {sample} 的得分不是数（NaN 或无穷）。请为每个样本给出有限的数。',
  ],
  [
    '"{source}" scored {#count} samples, of which no interval can be made. Measure at least 3.',
    '“{source}”只对 {count} 个样本评分，无法得出区间。请至少评估 3 个样本。',
  ],
  ['--metric-command is empty. Give a program and its arguments.', '--metric-command 为空。请给出程序及其参数。'],
  [
    '--metric names "{path}", which is no JavaScript module. Give a file that ends in .mjs, or a program of another kind with --metric-command.',
    '--metric 指定的“{path}”不是 JavaScript 模块。请提供以 .mjs 结尾的文件，其他程序请用 --metric-command。',
  ],
  [
    '"{name}" ended well but wrote no scores. It gets a folder as its last argument: write scores.json there.',
    '“{name}”正常结束，但没有写出得分。它的最后一个参数是一个文件夹：请在其中写出 scores.json。',
  ],
  [
    'The outputs of {#count} samples take more than {#megabytes} MiB, too much for a metric of your own. Measure fewer with --evaluation-samples.',
    '{count} 个样本的输出超过 {megabytes} MiB，自定义指标无法处理。请用 --evaluation-samples 减少样本。',
  ],
];
