import type { TextTable } from './text-table.ts';

/** What can be wrong with the file of a model, and with the bytes in it. */
export const modelFileErrors = {
  protoName: {
    en: 'A value or dimension of the model is called "__proto__". ONNX Runtime cannot use this name from JavaScript. Give it another name.',
    zh: '模型中有名为“__proto__”的值或维度。ONNX Runtime 在 JavaScript 中无法使用这个名称，请改名。',
  },
  // Files
  noTensorOutput: {
    en: 'None of the outputs of this model ({names}) is a tensor that ONNX Runtime can return. Export it with a tensor output.',
    zh: '此模型的输出（{names}）都不是 ONNX Runtime 能够返回的张量。请在导出时加入一个张量输出。',
  },
  modelIsFolder: {
    en: '"{path}" is a folder. Choose the .onnx file in it.',
    zh: '“{path}”是文件夹，请选择其中的 .onnx 文件。',
  },
  modelIsFolderNamed: {
    en: '"{path}" is a folder. Name the .onnx file in it.',
    zh: '“{path}”是文件夹，请选择其中的 .onnx 文件。',
  },
  modelNotRegular: {
    en: '"{path}" is not a regular file. Choose an .onnx file.',
    zh: '“{path}”不是普通文件，请选择 .onnx 文件。',
  },
  modelEmpty: {
    en: '"{path}" is empty. The download or export did not finish; get it again.',
    zh: '“{path}”是空文件：下载或导出没有完成，请重新获取。',
  },
  modelForeign: { en: '"{path}" is not an ONNX model but {&kind}.', zh: '“{path}”不是 ONNX 模型，而是{kind}。' },
  foreignGzip: { en: 'a gzip archive. Unpack it first', zh: ' gzip 压缩包，请先解压' },
  foreignBzip2: { en: 'a bzip2 archive. Unpack it first', zh: ' bzip2 压缩包，请先解压' },
  foreign7Zip: { en: 'a 7-Zip archive. Unpack it first', zh: ' 7-Zip 压缩包，请先解压' },
  foreignXz: { en: 'an xz archive. Unpack it first', zh: ' xz 压缩包，请先解压' },
  foreignZstandard: { en: 'a Zstandard archive. Unpack it first', zh: ' Zstandard 压缩包，请先解压' },
  foreignTar: { en: 'a tar archive. Unpack it first', zh: ' tar 归档，请先解包' },
  foreignTensorFlowLite: {
    en: 'a TensorFlow Lite model. Export it to ONNX first (tf2onnx --tflite)',
    zh: ' TensorFlow Lite 模型，请先导出为 ONNX (tf2onnx --tflite)',
  },
  foreignOrt: {
    en: 'a model in ONNX Runtime’s .ort format. Use the .onnx file it was made from',
    zh: ' ONNX Runtime 的 .ort 格式模型，请使用生成它的 .onnx 文件',
  },
  foreignKeras: {
    en: 'a Keras/HDF5 model. Export it to ONNX first (tf2onnx)',
    zh: ' Keras/HDF5 模型，请先导出为 ONNX (tf2onnx)',
  },
  foreignGguf: { en: 'a GGUF model. Export it to ONNX first', zh: ' GGUF 模型，请先导出为 ONNX' },
  foreignNumpy: {
    en: 'a NumPy array. It can serve as data, not as a model',
    zh: ' NumPy 数组，可作为数据使用，但不是模型',
  },
  foreignPng: { en: 'a PNG image. It can serve as data, not as a model', zh: ' PNG 图像，可作为数据使用，但不是模型' },
  foreignJpeg: {
    en: 'a JPEG image. It can serve as data, not as a model',
    zh: ' JPEG 图像，可作为数据使用，但不是模型',
  },
  foreignPdf: { en: 'a PDF document', zh: ' PDF 文档' },
  foreignProgram: { en: 'a program', zh: '程序' },
  foreignZeros: {
    en: 'a file of zeros. The download or copy did not finish; get it again',
    zh: '全为零的文件：下载或复制没有完成，请重新获取',
  },
  foreignLfsPointer: {
    en: 'a Git LFS pointer, not the model itself. Fetch the model with "git lfs pull"',
    zh: ' Git LFS 指针，并非模型本身，请用“git lfs pull”取回模型',
  },
  foreignWebPage: {
    en: 'a web page. Download the model itself (the "raw" or "download" link)',
    zh: '网页，请下载模型本身（“raw”或“download”链接）',
  },
  foreignXml: {
    en: 'an XML document (OpenVINO models look like this). Use the .onnx file',
    zh: ' XML 文档（OpenVINO 模型是这种格式），请使用 .onnx 文件',
  },
  foreignJson: { en: 'a JSON document. Use the .onnx file', zh: ' JSON 文档，请使用 .onnx 文件' },
  foreignText: { en: 'a text file. Use the .onnx file', zh: '文本文件，请使用 .onnx 文件' },
  foreignTorchZip: {
    en: 'a PyTorch checkpoint. Export it to ONNX first (torch.onnx.export)',
    zh: ' PyTorch 检查点，请先导出为 ONNX (torch.onnx.export)',
  },
  foreignZip: { en: 'a zip archive. Unpack it first', zh: ' zip 压缩包，请先解压' },
  foreignPickle: {
    en: 'a Python pickle (PyTorch checkpoints look like this). Export it to ONNX first (torch.onnx.export)',
    zh: ' Python pickle 文件（PyTorch 检查点是这种格式），请先导出为 ONNX (torch.onnx.export)',
  },
  foreignSafetensors: {
    en: 'a safetensors file: weights without a graph. Export it to ONNX first',
    zh: ' safetensors 文件：只有权重，没有计算图，请先导出为 ONNX',
  },
  modelFileTooLarge: {
    en: '"{path}" is {size} GB, but an .onnx file has at most 2 GiB, the limit of protobuf. Save it with external data, which has no such limit: onnx.save_model(model, path, save_as_external_data=True).',
    zh: '“{path}”为 {size} GB，而 .onnx 文件受 protobuf 限制最大为 2 GiB。请用外部数据保存 (onnx.save_model(model, path, save_as_external_data=True))，这样任何大小的模型都可以使用。',
  },
  modelTooLargeForOneFile: {
    en: 'The model would take {size} GB in one file, but protobuf allows at most 2 GiB. Keep its weights in external data.',
    zh: '模型存为单个文件需要 {size} GB，而 protobuf 最大为 2 GiB。请把权重保留在外部数据中。',
  },
  modelWrongStart: {
    en: '"{path}" is not an ONNX model: it does not begin like one. Check that it is the file you meant.',
    zh: '“{path}”不是 ONNX 模型：文件开头不符。请确认选择的文件无误。',
  },
  modelUnusable: { en: '"{path}" cannot be used: {&error}', zh: '“{path}”无法使用：{error}' },
  modelTooDeepOrLarge: {
    en: '"{path}" cannot be used: its parts are nested too deep or too large. Export the model again.',
    zh: '“{path}”无法使用：其组成部分嵌套过深或过大。请重新导出模型。',
  },
  modelNotWhole: {
    en: '"{path}" is not a whole ONNX model ({reason}). Copy or export it again.',
    zh: '“{path}”不是完整的 ONNX 模型（{reason}），请重新复制或导出。',
  },
  // Bytes
  wireMalformed: {
    en: '{&what} at byte {#position}. It is not ONNX, or was cut short or damaged; copy or export it again.',
    zh: '{what}（第 {position} 字节）。文件不是 ONNX，或不完整、已损坏，请重新复制或导出。',
  },
  wireEndsInNumber: { en: 'It ends within a number', zh: '文件在一个数字中间结束' },
  wireNumberTooLong: { en: 'It has a number of more than 10 bytes', zh: '有一个数字超过 10 字节' },
  wireFieldTooLarge: {
    en: 'A field of {#size} bytes does not fit in what holds it,',
    zh: '{size} 字节的字段超出了所在的部分',
  },
  wireTooDeep: { en: 'Its parts are nested too deep', zh: '组成部分嵌套过深' },
  wireGroupUnbegun: { en: 'A group ends that never began', zh: '一个组没有开始就结束' },
  wireImpossibleField: { en: 'It has an impossible field', zh: '有一个不可能的字段' },
  wirePackedEndsInNumber: { en: 'A list of numbers ends within one', zh: '数字列表在一个数字中间结束' },
  wireTextNotUtf8: { en: 'The text of field {field} is not valid UTF-8', zh: '字段 {field} 的文本不是有效的 UTF-8' },
  wireWrongType: { en: 'Field {#number} of {type} has the wrong type', zh: '{type} 的字段 {number} 类型错误' },
  decodingTooLarge: {
    en: 'Decoding it would take more than {#size} MB of memory, because its weights are stored number by number. Save it again with raw data (onnx.numpy_helper.from_array) or external data.',
    zh: '权重是逐个数字存储的，解码需要超过 {size} MB 内存。请用原始数据 (onnx.numpy_helper.from_array) 或外部数据重新保存。',
  },
  modelNotEncoded: { en: 'The model could not be encoded: {reason}', zh: '模型无法编码：{reason}' },
  externalNotJoined: { en: 'External data cannot be joined in memory.', zh: '外部数据不能在内存中合并。' },
} as const satisfies TextTable;
