import type { TextTable } from './text-table.ts';

/** What can be wrong with data, and with the arrays it is made of. */
export const arrayErrors = {
  // Which data
  dataAndRandomData: {
    en: 'Both data ("{path}") and --random-data were given. Choose one of them.',
    zh: '同时给出了数据（“{path}”）和 --random-data，请只选其一。',
  },
  dataNotGiven: {
    en: "No data was given, and static calibration without data makes a random model. Give representative data for the model's inputs {inputs}: {&kinds}. To use noise anyway, add --random-data; results that depend on it are marked.",
    zh: '没有给出数据，而没有数据的静态校准只会得到随机的模型。请为模型的输入 {inputs} 提供有代表性的数据：{kinds}。若仍要使用噪声，请指定 --random-data；依赖它的数字都会标明。',
  },
  dataUnreadable: {
    en: '"{path}" is not data that can be read. Give {&kinds}.',
    zh: '“{path}”不是可读取的数据，请提供{kinds}。',
  },
  dataEmpty: {
    en: '"{path}" holds no samples that can be read. Give {&kinds}.',
    zh: '“{path}”中没有可读取的样本，请提供{kinds}。',
  },
  dataKinds: {
    en: 'a folder of images, an .npz file, an .npy file or folder, texts (.txt, .jsonl or .csv, or a folder of them), or a folder of ONNX test_data_set_* folders',
    zh: '图像文件夹、.npz 文件、.npy 文件或文件夹、文本（.txt、.jsonl 或 .csv，或其文件夹），或含有 ONNX test_data_set_* 的文件夹',
  },
  samplesAllTheSame: {
    en: 'All {#count} samples of the data are the same. Calibration and evaluation must not share samples, so at least two different ones are needed. Add samples.',
    zh: '数据有 {count} 个完全相同的样本；校准和评估不能共用样本，至少需要两个不同的样本。请增加样本。',
  },
  samplesTooFew: {
    one: 'The data holds {#count} sample; calibration and evaluation must not share samples, so at least two different ones are needed. Add samples.',
    en: 'The data holds {#count} samples; calibration and evaluation must not share samples, so at least two different ones are needed. Add samples.',
    zh: '数据只有 {count} 个样本；校准和评估不能共用样本，至少需要两个不同的样本。请增加样本。',
  },
  noiseNeedsSizes: {
    en: "The model's inputs have dimensions of open size, so noise cannot be made for them: {inputs}. Give each a size, for example {example}.",
    zh: '模型输入有大小未定的维度，无法生成噪声：{inputs}。请逐一给出大小，例如 {example}。',
  },
  noiseNotTaken: {
    en: 'The model does not run on noise. It may not accept these sizes (--dim) or values. Give real data with --data. {&error}',
    zh: '模型无法以噪声运行，可能不接受这些大小 (--dim) 或数值。请用 --data 提供真实数据。{error}',
  },
  // Arrays
  fileNotRegular: {
    en: '"{path}" is not a regular file but a folder, a pipe or a device. Write its contents to a file and name that.',
    zh: '“{path}”不是普通文件，而是文件夹、管道或设备。请将其内容写入普通文件，再指定该文件。',
  },
  fileTooLarge: {
    en: '"{path}" has {#size} bytes; Vernier reads up to {#most} of such a file. Give a smaller one.',
    zh: '“{path}”有 {size} 字节，Vernier 对这类文件最多读取 {most} 字节。请提供更小的文件。',
  },
  textNotUtf8: { en: '"{path}" is {&what}. Save it as UTF-8 text.', zh: '“{path}”{what}。请保存为 UTF-8 文本。' },
  encodedUtf32: { en: 'in UTF-32', zh: '为 UTF-32 编码' },
  encodedUtf7: { en: 'in UTF-7', zh: '为 UTF-7 编码' },
  encodedZip: { en: 'a zip archive or an Excel workbook', zh: '是 zip 压缩包或 Excel 工作簿' },
  encodedOldExcel: { en: 'an old Excel workbook', zh: '是旧版 Excel 工作簿' },
  encodedGzip: { en: 'compressed with gzip', zh: '是 gzip 压缩文件' },
  encodedParquet: { en: 'a Parquet file', zh: '是 Parquet 文件' },
  encodedUtf16Unmarked: {
    en: 'in UTF-16 without a byte order mark, or no text at all',
    zh: '为没有字节顺序标记的 UTF-16 编码，或根本不是文本',
  },
  encodedOtherwise: {
    en: 'in another encoding than UTF-8, such as Windows-1252, GBK or Shift_JIS',
    zh: '不是 UTF-8 编码，可能是 Windows-1252、GBK 或 Shift_JIS',
  },
  encodedUtf16Damaged: { en: 'marked as UTF-16, but damaged', zh: '标明为 UTF-16，但已损坏' },
  dataEndsEarly: {
    en: '"{path}" ended before its data did. Copy it again.',
    zh: '“{path}”在数据结束之前就中断了，请重新复制。',
  },
  npzUnreadable: {
    en: '"{path}" is not a readable .npz archive ({reason}). Copy it again, or save it again with numpy.savez.',
    zh: '“{path}”不是可读取的 .npz 文件（{reason}）。请重新复制，或用 numpy.savez 重新保存。',
  },
  npzTooManyEntries: {
    en: '"{path}" claims {#count} entries, but Vernier reads at most {#most}. Save fewer arrays in one file.',
    zh: '“{path}”声称有 {count} 个条目，Vernier 最多读取 {most} 个。请在一个文件中保存较少的数组。',
  },
  npzBomb: {
    en: '"{path}" would unpack to {size} MB from {packed} MB, as zip bombs do. If the data is real, save it uncompressed with numpy.savez.',
    zh: '“{path}”会从 {packed} MB 解压成 {size} MB，与压缩炸弹无异。如果数据属实，请用 numpy.savez 不压缩保存。',
  },
  npzEmpty: {
    en: '"{path}" holds no NumPy arrays. Save them with numpy.savez.',
    zh: '“{path}”中没有 NumPy 数组，请用 numpy.savez 保存。',
  },
  arrayDamaged: {
    en: 'The array {&array} is damaged ({reason}). Copy the file again.',
    zh: '数组{array}已损坏（{reason}），请重新复制文件。',
  },
  npyMalformed: {
    en: 'The array {&array} {&what}. Save it again with numpy.save or numpy.savez.',
    zh: '数组{array}{what}。请用 numpy.save 或 numpy.savez 重新保存。',
  },
  npzEntryMalformed: {
    en: 'The array {&array} {&what}. Save it again with numpy.savez.',
    zh: '数组{array}{what}。请用 numpy.savez 重新保存。',
  },
  arrayInFile: { en: '"{name}" in "{path}"', zh: '“{name}”（“{path}”）' },
  arrayByColumns: {
    en: 'The array {&array} is stored column by column and is too large to transpose in memory. Save it row by row: numpy.ascontiguousarray(array).',
    zh: '数组{array}按列存储，且太大，无法在内存中转置。请按行保存：numpy.ascontiguousarray(array)。',
  },
  arrayOfRecords: {
    en: 'The array {&array} holds records of several fields. Save each field as its own array.',
    zh: '数组{array}存放的是含多个字段的记录。请将每个字段保存为单独的数组。',
  },
  arrayOfText: { en: 'The array {&array} holds text. Save numbers.', zh: '数组{array}存放的是文本，请保存数值。' },
  arrayOfObjects: {
    en: 'The array {&array} holds Python objects, which Vernier never loads. Save an array of numbers of one shape.',
    zh: '数组{array}存放的是 Python 对象，Vernier 从不加载此类对象。请保存形状一致的数值数组。',
  },
  arrayOfType: {
    en: 'The array {&array} holds elements of type {type}. Save it as float32, for example: array.astype("float32").',
    zh: '数组{array}的元素类型为 {type}。请保存为 float32 等类型，例如 array.astype("float32")。',
  },
  npyHeaderNoDictionary: { en: 'has a header that is not a dictionary', zh: '的文件头不是字典' },
  npyHeaderUnexpected: { en: 'has a header with an unexpected "{text}"', zh: '的文件头含有意外的“{text}”' },
  npyHeaderUnreadable: { en: 'has a header that cannot be read', zh: '的文件头无法读取' },
  npyHeaderIncomplete: { en: 'has an incomplete header', zh: '的文件头不完整' },
  npyShapeNoTuple: { en: 'has a header whose shape is not a tuple', zh: '的文件头中形状不是元组' },
  npyTooManyDimensions: {
    en: 'claims {#count} dimensions, where NumPy itself makes no more than {#most}',
    zh: '声称有 {count} 个维度，而 NumPy 最多只能有 {most} 个',
  },
  npyImpossibleDimension: { en: 'has the impossible dimension "{dimension}"', zh: '的维度“{dimension}”不可能存在' },
  npyNoArray: { en: 'is not a NumPy array, or was cut short', zh: '不是 NumPy 数组，或不完整' },
  npyVersionUnknown: {
    en: 'is in version {version} of the NumPy format; Vernier reads 1, 2 and 3',
    zh: '为 NumPy 格式版本 {version}，Vernier 可读取版本 1、2、3',
  },
  npyCutShort: { en: 'was cut short', zh: '不完整' },
  npyHeaderTooLarge: { en: 'claims a header of {#size} bytes', zh: '声称文件头有 {size} 字节' },
  npyHeaderCutShort: { en: 'was cut short within its header', zh: '在文件头处中断' },
  npyShapeTooLarge: {
    en: 'claims the shape ({shape}), more than any file can hold',
    zh: '声称形状为 ({shape})，任何文件都容纳不下',
  },
  npyBytesMissing: {
    en: 'has the shape ({shape}) but only {#count} of its {#wanted} bytes',
    zh: '的形状为 ({shape})，但 {wanted} 字节中只有 {count} 字节',
  },
  npyBytesLeftOver: {
    en: 'is followed by {#count} bytes that do not belong to it',
    zh: '之后有 {count} 字节不属于它的内容',
  },
  npzEntryTwice: { en: 'is in the archive twice', zh: '在压缩包中重复' },
  npzEntryEncrypted: { en: 'is encrypted', zh: '已加密' },
  npzEntryMethod: {
    en: 'is compressed by method {method}, where NumPy writes only 0 and 8',
    zh: '的压缩方法为 {method}，而 NumPy 只写 0 和 8',
  },
  npzEntryBeyondArchive: { en: 'claims more bytes than the archive has', zh: '声称的字节数超过整个压缩包' },
  npzEntryImpossibleSize: { en: 'claims an impossible size', zh: '声称的大小不可能存在' },
  arrayRowsBeyondEnd: {
    en: 'The array {&array} has {#rows} rows; asked for {#count} from {#start}.',
    zh: '数组{array}有 {rows} 行，却要从第 {start} 行起读取 {count} 行。',
  },
  arrayValueNotHeld: {
    en: "The array {&array} ({from}) holds {value}, which the model's type {to} cannot hold exactly. Save the array as {type}.",
    zh: '数组{array}为 {from}，其中的 {value} 无法用模型的类型 {to} 精确表示。请把数组保存为 {type}。',
  },
  arrayMissing: {
    en: `"{path}" has no array for the model's input {input}. It holds {&found}. Name one array after each input: {inputs}.`,
    zh: '“{path}”中没有对应模型输入 {input} 的数组，只有{found}。请以每个输入的名称命名一个数组：{inputs}。',
  },
  noSampleArrays: { en: 'no array of samples', zh: '不含样本的内容' },
  arrayShapeWrong: {
    en: `The array "{name}" in "{path}" has shape {shape}, but the model's input is {input}, so the array should be {wanted}. {&advice}`,
    zh: '“{path}”中的数组“{name}”形状为 {shape}，而模型的输入是 {input}，数组应为 {wanted}。{advice}',
  },
  adviceSingleSample: {
    en: 'This looks like a single sample: give several, stacked along a new first axis.',
    zh: '这似乎是单个样本：请沿新的第一个轴堆叠多个样本。',
  },
  adviceTranspose: {
    en: 'The same sizes in another order: transpose the array.',
    zh: '大小相同而顺序不同：请转置数组。',
  },
  adviceReshape: {
    en: 'Only axes of size 1 differ: reshape the array.',
    zh: '只有大小为 1 的轴不同：请改变数组的形状。',
  },
  adviceOtherData: {
    en: 'Prepare the data for this model, or choose the model this data was made for.',
    zh: '请为此模型准备数据，或选择与数据对应的模型。',
  },
  arraysOfDifferentCounts: {
    en: 'The arrays in "{path}" differ in their number of samples: "{one}" has {countOne}, "{other}" has {countOther}. Save one row per sample in every array.',
    zh: '“{path}”中各数组的样本数不同：“{one}”有 {countOne} 个，“{other}”有 {countOther} 个。请让每个数组都是每个样本一行。',
  },
  arraysWithoutSamples: {
    en: 'The arrays in "{path}" hold no samples. Save at least two.',
    zh: '“{path}”中的数组没有样本，请至少保存两个。',
  },
  inputsDifferInFirstDimension: {
    en: 'The inputs of the model have different first dimensions ({inputs}), so rows of "{path}" cannot be batched. Give every array one more leading axis, so that each row is one whole feed.',
    zh: '模型各输入的第一维不同 ({inputs})，“{path}”的行无法组成批。请给每个数组增加一个前导轴，使每行为一次完整输入。',
  },
  batchSizeWrong: {
    en: 'A batch of {#count} samples was asked for where the model takes {wanted}.',
    zh: '要求的批为 {count} 个样本，而模型接受 {wanted} 个。',
  },
  batchOfDifferentShapes: {
    en: 'Samples of different shapes cannot share a batch: input "{name}" is {one} in one and {other} in another. Use samples of one shape.',
    zh: '形状不同的样本不能同批：输入“{name}”在一个样本中为 {one}，在另一个中为 {other}。请使用形状一致的样本。',
  },
  // ONNX test data
  testTensorTooLarge: {
    en: '"{path}" is larger than 2 GiB, the limit of protobuf. Give data of this size as an .npz file.',
    zh: '“{path}”超过 2 GiB，这是 protobuf 的上限。这样大的数据请以 .npz 文件提供。',
  },
  testTensorExternal: {
    en: '"{path}" keeps its data in another file, which is not allowed in test data. Write it again with onnx.save_tensor.',
    zh: '“{path}”的数据存放在另一个文件中，测试数据不允许这样做。请用 onnx.save_tensor 重新写入。',
  },
  testTensorUnreadable: {
    en: '"{path}" is not a readable ONNX tensor: {&reason}',
    zh: '“{path}”不是可读取的 ONNX 张量：{reason}',
  },
  testTensorWriteAgain: {
    en: '{&reason}. Write it again with onnx.save_tensor.',
    zh: '{reason}。请用 onnx.save_tensor 重新写入。',
  },
  testInputsWrongCount: {
    en: '"{path}" holds {#count} input file(s), but the model has {#wanted} input(s): {inputs}. Each needs one input_<number>.pb.',
    zh: '“{path}”中有 {count} 个输入文件，而模型有 {wanted} 个输入：{inputs}。每个输入需要一个 input_<编号>.pb。',
  },
  testTensorWrong: {
    en: `The tensor for the model's input {input} in "{path}" is {found}. Save it in the type and shape that the model takes.`,
    zh: '“{path}”中对应模型输入 {input} 的张量为 {found}。请按模型接受的类型和形状保存。',
  },
} as const satisfies TextTable;
