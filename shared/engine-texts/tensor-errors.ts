import type { TextTable } from './text-table.ts';

/** What can be wrong with tensors, in the model and beside it. */
export const tensorErrors = {
  // Tensors
  tensorMalformed: {
    en: 'Tensor "{name}" {&what}. The file is damaged or was written wrongly; copy or export it again.',
    zh: '张量“{name}”{what}。文件已损坏或写入有误，请重新复制或导出。',
  },
  tensorDimensionNegative: { en: 'has the negative dimension {dimension}', zh: '有负的维度 {dimension}' },
  tensorTooLargeForFiles: {
    en: 'claims the dimensions {dimensions}, more than any file can hold',
    zh: '的维度为 {dimensions}，任何文件都容纳不下',
  },
  tensorBytesTooMany: { en: 'claims more bytes than any file can hold', zh: '的字节数任何文件都容纳不下' },
  tensorExternalStrings: {
    en: 'holds strings in external data, which ONNX does not allow',
    zh: '把字符串存放在外部数据中，ONNX 不允许这样做',
  },
  tensorExternalAndOwn: {
    en: 'is marked as external but also holds data of its own',
    zh: '标为外部存储，却又自带数据',
  },
  tensorDataTwice: { en: 'holds its data twice, in two fields', zh: '在两个字段中重复存放了数据' },
  tensorRawStrings: {
    en: 'holds strings as raw data, which ONNX does not allow',
    zh: '把字符串存为原始数据，ONNX 不允许这样做',
  },
  tensorNumbersAsStrings: { en: 'holds numbers but is of type string', zh: '存放的是数字，类型却是字符串' },
  tensorStringCount: {
    en: 'needs {#wanted} strings by its dimensions, and holds {#count}',
    zh: '按维度应有 {wanted} 个字符串，实有 {count} 个',
  },
  tensorByteCount: {
    en: 'needs {#wanted} bytes by its dimensions, and holds {#count}',
    zh: '按维度应有 {wanted} 字节，实有 {count} 字节',
  },
  tensorValueCount: {
    en: 'needs {#wanted} values by its dimensions, and holds {#count}',
    zh: '按维度应有 {wanted} 个值，实有 {count} 个',
  },
  tensorError: { en: 'Tensor "{name}": {&error}', zh: '张量“{name}”：{error}' },
  tensorWithoutType: {
    en: 'Tensor "{name}" has no element type. Export the model again.',
    zh: '张量“{name}”没有元素类型，请重新导出模型。',
  },
  tensorOfUnknownType: {
    en: 'Tensor "{name}" has the element type {type}, which Vernier does not know; the model may come from a newer ONNX. Export it for an older opset.',
    zh: '张量“{name}”的元素类型为 {type}，Vernier 不认识，模型可能来自更新的 ONNX。请以较低的 opset 导出。',
  },
  tensorInSegments: {
    en: 'Tensor "{name}" is stored in segments, which ONNX Runtime does not read either. Export the model again.',
    zh: '张量“{name}”是分段存储的，ONNX Runtime 也无法读取。请重新导出模型。',
  },
  tensorStringsHaveNoBytes: {
    en: 'Tensor "{name}" holds strings, which have no raw bytes.',
    zh: '张量“{name}”存放的是字符串，没有原始字节。',
  },
  tensorNotComputed: {
    en: 'Tensor "{name}" is of type {type}, which Vernier carries but does not compute with. Export the model in float32.',
    zh: '张量“{name}”的类型为 {type}，Vernier 只保留而不用它计算。请以 float32 导出模型。',
  },
  elementTypeNumber: { en: 'element type {#number}', zh: '元素类型 {number}' },
  tensorDimensionsMismatch: {
    en: 'Tensor "{name}" has dimensions {dimensions} but {#count} values of {type}.',
    zh: '张量“{name}”的维度为 {dimensions}，却有 {count} 个 {type} 值。',
  },
  tensorInWrongField: {
    en: 'Tensor "{name}" holds its values in a field for another element type. Export the model again.',
    zh: '张量“{name}”的值存放在另一种元素类型的字段中，请重新导出模型。',
  },
  bytesMismatch: {
    en: 'Expected {#wanted} bytes of {type}, found {#found}.',
    zh: '应有 {wanted} 字节的 {type}，实有 {found} 字节。',
  },
  // External data
  externalNumberWrong: {
    en: 'External data of tensor "{name}" has the {key} "{value}", which is not a byte count. Export the model again.',
    zh: '张量“{name}”的外部数据的 {key} 为“{value}”，不是字节数。请重新导出模型。',
  },
  externalEntryTwice: {
    en: 'External data of tensor "{name}" gives "{key}" twice.',
    zh: '张量“{name}”的外部数据重复给出了“{key}”。',
  },
  externalWithoutLocation: {
    en: 'Tensor "{name}" is stored outside the model, but the model does not say in which file. Export it again.',
    zh: '张量“{name}”存放在模型之外，但模型没有写明在哪个文件。请重新导出。',
  },
  externalUnsafe: {
    en: 'Tensor "{name}" takes its data from {location}, {&why}. Vernier reads only files in the folder of the model. Copy the data file there, and use the model only if you trust where it came from.',
    zh: '张量“{name}”要从 {location} 读取数据，{why}。Vernier 只读取模型所在文件夹中的文件：请把数据文件复制到那里，并且只在信任其来源时使用该模型。',
  },
  unsafeTooLong: { en: 'which is too long for a file name', zh: '这作为文件名太长' },
  unsafeNul: { en: 'which has a NUL character in it', zh: '其中含有 NUL 字符' },
  unsafeBackslash: { en: 'which has a backslash in it', zh: '其中含有反斜杠' },
  unsafeDrive: { en: 'which names a drive', zh: '其中指定了驱动器' },
  unsafeAbsolute: { en: 'which is an absolute path', zh: '这是绝对路径' },
  unsafeMemoryAddress: { en: 'which is a memory address in disguise', zh: '这是伪装的内存地址' },
  unsafeClimbs: { en: 'which climbs out of the folder', zh: '这会离开该文件夹' },
  unsafeLink: { en: 'which is a link out of the folder', zh: '这是指向文件夹之外的链接' },
  unsafeNotRegular: { en: 'which is not a regular file', zh: '这不是普通文件' },
  unsafeReplaced: { en: 'which was replaced while it was being opened', zh: '它在打开过程中被替换' },
  externalMissing: {
    en: 'Tensor "{name}" is stored in "{location}", which is not in "{folder}". Copy that file beside the model: it holds weights, and the .onnx file is not whole without it.',
    zh: '张量“{name}”存放在“{location}”，而“{folder}”中没有该文件。请把它复制到模型旁边：其中存放权重，缺少它 .onnx 文件就不完整。',
  },
  externalLengthWrong: {
    en: 'Tensor "{name}" needs {#wanted} bytes by its dimensions, but the model says that its external data has {#said} bytes. Export the model again.',
    zh: '张量“{name}”按维度需要 {wanted} 字节，而外部数据写明为 {said} 字节。请重新导出模型。',
  },
  externalTooShort: {
    en: 'Tensor "{name}" needs bytes {#from} to {#to} of "{location}", which has only {#size}. The file is cut short or belongs to another model; copy it again.',
    zh: '张量“{name}”需要“{location}”的第 {from} 到 {to} 字节，而该文件只有 {size} 字节。文件不完整或属于其他模型，请重新复制。',
  },
} as const satisfies TextTable;
