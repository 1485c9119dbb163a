import type { TextTable } from './text-table.ts';

/** What can be wrong with labels. */
export const labelErrors = {
  // Labels
  labelsNoIndices: {
    en: '{&reason} Labels are class indices, one whole number per sample.',
    zh: '{reason} 标签是类别索引，每个样本一个整数。',
  },
  labelsWrong: {
    en: 'Labels {&table}: {&what}. Correct the labels and try again.',
    zh: '标签{table}：{what}。请更正标签后重试。',
  },
  nameQuoted: { en: '"{name}"', zh: '“{name}”' },
  csvMalformed: { en: 'not well-formed CSV ({reason})', zh: 'CSV 格式有误（{reason}）' },
  labelsTableTooLarge: {
    en: 'it has more than {#rows} lines or {#cells} cells',
    zh: '超过 {rows} 行或 {cells} 个单元格',
  },
  labelsFileEmpty: { en: 'the file is empty', zh: '文件为空' },
  classListEmpty: { en: 'the list of classes is empty', zh: '类别列表为空' },
  labelsHeaderMissing: {
    en: 'the first line is "{line}" instead of the header "file,label" (or "file,label,name")',
    zh: '第一行是“{line}”，应为表头“file,label”（或“file,label,name”）',
  },
  labelColumnMissing: {
    en: 'none of the columns of "{header}" is called label, class, target, category, class_id or y. Give the column of class indices one of these names',
    zh: '“{header}”中没有名为 label、class、target、category、class_id 或 y 的列。请这样命名类别索引所在的列',
  },
  fileColumnMissing: {
    en: `none of the columns of "{header}" is called file, filename, path, image, image_id, id or name. Give the column of file names one of these names, or give only the labels, one per line, in the order of the images' names`,
    zh: '“{header}”中没有名为 file、filename、path、image、image_id、id 或 name 的列。请这样命名文件名所在的列，或只按图像名称的顺序每行给出一个标签',
  },
  labelColumnsMany: {
    en: '{columns} may each hold the labels. Name only one of them label',
    zh: '{columns} 都可能是标签。请只将其中一列命名为 label',
  },
  fileColumnsMany: {
    en: '{columns} may each name the images, but not the same ones. Name only one of them file',
    zh: '{columns} 都可能是图像名称，但所指不同。请只将其中一列命名为 file',
  },
  lineNoClassIndex: {
    en: `line {#line} has "{text}" where a class index should be. Write the number of the class in the model, or put a classes.txt beside the table, with one class name per line in the order of the model's outputs`,
    zh: '第 {line} 行应为类别索引，却是“{text}”。请写该类别在模型中的编号，或在表格旁放一个 classes.txt，按模型输出的顺序每行写一个类别名称',
  },
  lineClassUnknown: {
    en: 'line {#line} has the class "{name}", which is not in "{path}"',
    zh: '第 {line} 行的类别“{name}”不在“{path}”中',
  },
  classLineEmpty: {
    en: 'line {#line} is empty, but each line stands for one class',
    zh: '第 {line} 行为空，而每行对应一个类别',
  },
  classLineTwice: { en: 'line {#line} names the class "{name}" a second time', zh: '第 {line} 行重复了类别“{name}”' },
  lineFileAmbiguous: {
    en: 'line {#line} names "{name}", which may be "{one}" or "{other}". Write the full name',
    zh: '第 {line} 行的“{name}”可能是“{one}”或“{other}”。请写出完整的名称',
  },
  lineWithoutFile: { en: 'line {#line} names no file', zh: '第 {line} 行没有文件名' },
  labelsWithoutRows: { en: 'there is a header but no row', zh: '只有表头，没有数据行' },
  rowsNameFilesOfSamples: {
    en: 'the rows name files, but the samples are {&samples}. Give one label per line, in the order of the samples',
    zh: '各行写的是文件名，而样本是{samples}。请按样本的顺序每行给出一个标签',
  },
  labelsForSamples: { en: '{#labels} labels for {#count} {&samples}', zh: '{count} 个{samples}却有 {labels} 个标签' },
  ofSamples: { en: 'samples', zh: '样本' },
  ofImages: { en: 'images', zh: '图像' },
  ofTestSets: { en: 'test_data_set folders', zh: ' test_data_set 文件夹' },
  labelsShapeWrong: {
    en: 'the shape is {shape} instead of {wanted}. Store class indices, one per sample (for one-hot rows, the argmax)',
    zh: '形状为 {shape}，应为 {wanted}。请存放类别索引，每个样本一个（one-hot 行取 argmax）',
  },
  labelsTypeUnsafe: {
    en: '{type} cannot hold class indices safely; store integers',
    zh: '{type} 不能可靠地表示类别索引，请存为整数',
  },
  lineNoIndex: {
    en: 'line {#line} has "{text}" where a class index should be',
    zh: '第 {line} 行应为类别索引，却是“{text}”',
  },
  labelNotWhole: {
    en: '{&place} has the label {label}, which is not a whole number',
    zh: '{place}的标签 {label} 不是整数',
  },
  labelNegative: {
    en: '{&place} has the label {label}; class indices start at 0',
    zh: '{place}的标签为 {label}，类别索引从 0 开始',
  },
  labelNoIndex: {
    en: '{&place} has the label {label}, which is not a class index',
    zh: '{place}的标签 {label} 不是类别索引',
  },
  placeRow: { en: 'row {#row}', zh: '第 {row} 行' },
  placeLine: { en: 'line {#line}', zh: '第 {line} 行' },
  lineImageUndecodable: {
    en: 'line {#line} names "{name}", an image of a kind that cannot be decoded; convert it to PNG or JPEG',
    zh: '第 {line} 行的图像“{name}”格式无法解码，请转换为 PNG 或 JPEG',
  },
  lineImageMissing: {
    en: 'line {#line} names "{name}", which is not in "{folder}"',
    zh: '第 {line} 行的“{name}”不在“{folder}”中',
  },
  lineImageTwice: { en: 'line {#line} names "{name}" a second time', zh: '第 {line} 行重复了“{name}”' },
  imagesWithoutRow: {
    one: '{#count} image has no row: "{name}"',
    en: '{#count} images have no row, such as "{name}"',
    zh: '{count} 张图像没有对应的行，例如“{name}”',
  },
  labelBeyondClasses: {
    en: 'Sample {#index} has label {label}, but output "{output}" ranks classes 0 to {last}. Number the labels as the model does.',
    zh: '样本 {index} 的标签为 {label}，而输出“{output}”的类别为 0 到 {last}。请按模型的编号方式给标签编号。',
  },
} as const satisfies TextTable;
