import type { TextTable } from './text-table.ts';

/** What is said of data, labels and targets. */
export const dataNotes = {
  boxesRead: {
    en: 'The model is taken for a detector: its output "{outputs}" is decoded as {kind} boxes. If that is wrong, say how with --head, or what the model is for with --task.',
    zh: '该模型被视为检测模型：输出“{outputs}”按 {kind} 的方式读取为边界框。如果不对，请用 --head 指定方式，或用 --task 指定模型的任务。',
  },
  boxesThere: {
    en: 'Ground-truth boxes come from "{path}" ({format}): {#count} in {#images} images.',
    zh: '“{path}”（{format}）给出正确的边界框：{images} 张图像中共 {count} 个。',
  },
  masksThere: {
    en: 'Ground-truth masks come from "{path}": a class for every pixel of {#count} images ({classes}).',
    zh: '“{path}”中的掩码给出 {count} 张图像各像素的类别：{classes}。',
  },
  imagesWithoutBoxes: {
    en: '{#count} of {#images} images have no file in "{path}". They count as images without boxes.',
    zh: '{images} 张图像中有 {count} 张在“{path}”中没有文件：视为没有边界框的图像。',
  },
  fewSamplesToCalibrate: {
    en: '{#all} samples are too few for {#wanted} calibration samples: {#calibrate} calibrate and {#evaluate} evaluate. Add data for firmer figures.',
    zh: '{all} 个样本太少：{calibrate} 个用于校准，{evaluate} 个用于评估（希望校准 {wanted} 个）。增加数据可得到更可靠的数字。',
  },
  fewSamplesToSplit: {
    en: '{#all} samples are too few for {#wanted} calibration samples and {#evaluation} evaluation samples: {#calibrate} calibrate and {#evaluate} evaluate. Add data for firmer figures.',
    zh: '{all} 个样本太少：{calibrate} 个用于校准，{evaluate} 个用于评估（希望 {wanted} 个用于校准，{evaluation} 个用于评估）。增加数据可得到更可靠的数字。',
  },
  samplesRepeat: {
    one: '{#count} sample repeats another one. Copies stay on the same side of the split.',
    en: '{#count} samples repeat another one. Copies stay on the same side of the split.',
    zh: '{count} 个样本与其他样本内容相同；相同的样本划分在同一侧。',
  },
  labelsContradict: {
    one: '{#count} sample occurs more than once with different labels: sample {#first}. No model can get all of these right.',
    en: '{#count} samples occur more than once with different labels, the first being sample {#first}. No model can get all of these right.',
    zh: '{count} 个样本重复出现且标签不同，首个为样本 {first}；任何模型都无法全部答对。',
  },
  fewSamples: {
    one: '{#count} sample is not enough: ranges may miss values the model meets in use, and accuracy is uncertain. A few hundred are better.',
    en: '{#count} samples are few: ranges may miss values the model meets in use, and accuracy is uncertain. A few hundred are better.',
    zh: '只有 {count} 个样本：范围可能漏掉实际会遇到的值，准确率也不确定。几百个更好。',
  },
  arraysLeftOut: {
    en: 'Arrays whose names match no input of the model are ignored: {names}.',
    zh: '名称与模型输入不符的数组未使用：{names}。',
  },
  arrayConverted: {
    en: 'Array "{name}" is {from} and is converted to the model\'s {to}.',
    zh: '数组“{name}”为 {from}，已转换为模型的 {to}。',
  },
  arrayTakenForInput: {
    en: 'Array "{name}" is used for the model\'s input "{input}".',
    zh: '数组“{name}”作为模型的输入“{input}”。',
  },
  imageSizesDiffer: {
    en: 'The images have different sizes after preprocessing, so the model runs on one at a time.',
    zh: '预处理后图像大小不一，模型每次运行一张。',
  },
  exifOrientation: {
    one: "{#count} image carries an EXIF orientation. Pixels are used as stored, as in torchvision and the Hugging Face image processors. Pipelines that turn images upright first (transformers' load_image) see different pixels: rotate the file to match them.",
    en: "{#count} images carry an EXIF orientation. Pixels are used as stored, as in torchvision and the Hugging Face image processors. Pipelines that turn images upright first (transformers' load_image) see different pixels: rotate the files to match them.",
    zh: '{count} 张图像带有 EXIF 方向；与 torchvision 及 Hugging Face 的图像处理器相同，按存储的像素使用。先将图像转正的流程（transformers 的 load_image）得到的像素不同：若要与之一致，请先旋转文件。',
  },
  grey16: {
    one: '{#count} image is 16-bit grey. It is scaled to 8 bits; Pillow\'s convert("RGB") would clip nearly all of it to white.',
    en: '{#count} images are 16-bit grey. They are scaled to 8 bits; Pillow\'s convert("RGB") would clip nearly all of it to white.',
    zh: '{count} 张图像为 16 位灰度；此处缩放为 8 位，而 Pillow 的 convert("RGB") 会将几乎全部像素截断为白色。',
  },
  imagesLeftOut: {
    one: '{#count} image in a format that Vernier cannot decode is left out: "{name}". Convert it to PNG or JPEG to use it.',
    en: '{#count} images in formats that Vernier cannot decode are left out, such as "{name}". Convert them to PNG or JPEG to use them.',
    zh: '{count} 张图像的格式无法解码，未使用，例如“{name}”。转换为 PNG 或 JPEG 后即可使用。',
  },
  oneSubfolder: {
    en: 'All images are in a single subfolder, "{name}", so they count as unlabelled.',
    zh: '所有图像都在子文件夹“{name}”中：按无标签处理。',
  },
  labelsByName: {
    en: 'Labels in "{path}" are matched to the images in order of file name.',
    zh: '“{path}”中的标签按图像名称的顺序对应。',
  },
  labelsInOrder: {
    en: 'Labels in "{path}" are matched to the samples in order.',
    zh: '“{path}”中的标签按样本的顺序对应。',
  },
  labelColumnInOrder: {
    en: 'Labels in "{path}", column "{column}", are matched to the samples in order.',
    zh: '“{path}”中“{column}”列的标签按样本的顺序对应。',
  },
  labelColumns: {
    en: 'Labels in "{path}": column "{file}" names the images, column "{label}" holds their classes.',
    zh: '“{path}”中的标签：“{file}”列为图像名称，“{label}”列为类别。',
  },
  labelColumnsOthers: {
    en: 'Labels in "{path}": column "{file}" names the images, column "{label}" holds their classes; {others} not used.',
    zh: '“{path}”中的标签：“{file}”列为图像名称，“{label}”列为类别；未使用 {others}。',
  },
  labelColumnsBare: {
    en: 'Labels in "{path}" have no header: column {#file} names the images, column {#label} holds their classes.',
    zh: '“{path}”中的标签没有表头：第 {file} 列为图像名称，第 {label} 列为类别。',
  },
  labelColumnsBareOthers: {
    en: 'Labels in "{path}" have no header: column {#file} names the images, column {#label} holds their classes; {others} not used.',
    zh: '“{path}”中的标签没有表头：第 {file} 列为图像名称，第 {label} 列为类别；未使用 {others}。',
  },
  namesMatched: {
    en: 'Names in "{path}" also match images without their extension or by the end of the path: "{name}" means "{image}".',
    zh: '“{path}”中的名称在不计扩展名或仅比较路径末尾时也会与图像匹配：“{name}”对应“{image}”。',
  },
  classesListed: {
    en: 'Class names are numbered in the order of "{path}": {classes}. The model must have been trained with the same order.',
    zh: '类别名称按“{path}”中的次序编号：{classes}。模型训练时必须使用相同的顺序。',
  },
  classFolders: {
    en: "Class folders are numbered in sorted order, as in torchvision's ImageFolder: {classes}. The model must have been trained with the same order.",
    zh: '标签为排序后的类别文件夹，编号方式与 torchvision 的 ImageFolder 相同：{classes}。模型训练时必须使用相同的顺序。',
  },
  classFolderNumber: {
    en: 'Class folder "{name}" became class {#index}, not the number in its name. If the names are class numbers, give a labels.csv (file,label).',
    zh: '类别文件夹“{name}”成为类别 {index}，而不是它的数字。如果数字就是类别，请提供 labels.csv (file,label)。',
  },
  noiseSamples: {
    one: '{#count} sample of seeded noise stands in for data. Ranges, accuracy and agreement say nothing about real inputs.',
    en: '{#count} samples of seeded noise stand in for data. Ranges, accuracy and agreement say nothing about real inputs.',
    zh: '以 {count} 个固定种子的噪声样本代替数据：校准范围、准确率和一致率对真实输入没有意义。',
  },
  targetsUnused: {
    en: 'The targets "{name}" could not be used: their output is not compared, or their metric has no value on these samples.',
    zh: '无法使用目标“{name}”：其对应的输出不在比较之列，或相应的指标在这些样本上没有取值。',
  },
  targetsTaken: {
    en: 'Array "{name}" holds the targets that both models are compared with.',
    zh: '数组“{name}”是目标值：两个模型都与它比较。',
  },
  targetsTakenOf: {
    en: 'Array "{name}" holds the targets of output "{output}" that both models are compared with.',
    zh: '数组“{name}”是输出“{output}”的目标值：两个模型都与它比较。',
  },
  readAsTexts: {
    en: 'The output is decoded as text (CTC: the best character of each step, repeats merged, blanks dropped) with the {#count} characters in "{file}"; class 0 is the blank.',
    zh: '输出按文本读取（CTC：取每一步的最佳字符，合并重复，去掉空白符），字符取自“{file}”中的 {count} 个字符，类别 0 为空白符。',
  },
} as const satisfies TextTable;
