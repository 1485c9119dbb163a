import type { TextTable } from './text-table.ts';

/** What is said of data, labels and targets. */
export const dataNotes = {
  boxesRead: {
    en: 'The model is taken for a detector: its output "{outputs}" is read as boxes, in the way of {kind}. If that is wrong, say how with --head, or what the model is for with --task.',
    zh: '该模型被视为检测模型：输出“{outputs}”按 {kind} 的方式读取为边界框。如果不对，请用 --head 指定方式，或用 --task 指定模型的任务。',
  },
  boxesThere: {
    en: '"{path}" ({format}) says which boxes are right: {#count} in {#images} images.',
    zh: '“{path}”（{format}）给出正确的边界框：{images} 张图像中共 {count} 个。',
  },
  masksThere: {
    en: 'The masks in "{path}" say the class of each pixel of {#count} images: {classes}.',
    zh: '“{path}”中的掩码给出 {count} 张图像各像素的类别：{classes}。',
  },
  imagesWithoutBoxes: {
    en: '{#count} of {#images} images have no file in "{path}": they are taken as images without boxes.',
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
    en: '{#count} sample(s) repeat the content of another; copies were kept on the same side of the split.',
    zh: '{count} 个样本与其他样本内容相同；相同的样本划分在同一侧。',
  },
  labelsContradict: {
    en: '{#count} sample(s) occur more than once with different labels, first sample {#first}; no model can get these all right.',
    zh: '{count} 个样本重复出现且标签不同，首个为样本 {first}；任何模型都无法全部答对。',
  },
  fewSamples: {
    en: 'Only {#count} samples: ranges may miss what the model meets in use, and accuracy is uncertain. A few hundred are better.',
    zh: '只有 {count} 个样本：范围可能漏掉实际会遇到的值，准确率也不确定。几百个更好。',
  },
  noLabels: {
    en: 'Without labels Vernier measures how often both models agree, which is not accuracy.',
    zh: '没有标签时测量的是两个模型的一致率，而不是准确率。',
  },
  arraysLeftOut: {
    en: 'Arrays that no input of the model is named after are left out: {names}.',
    zh: '名称与模型输入不符的数组未使用：{names}。',
  },
  arrayConverted: {
    en: `The array "{name}" is {from}; it is converted to the model's {to}.`,
    zh: '数组“{name}”为 {from}，已转换为模型的 {to}。',
  },
  arrayTakenForInput: {
    en: `The array "{name}" is taken for the model's input "{input}".`,
    zh: '数组“{name}”作为模型的输入“{input}”。',
  },
  imageSizesDiffer: {
    en: 'The images differ in size after preprocessing, so the model runs on one at a time.',
    zh: '预处理后图像大小不一，模型每次运行一张。',
  },
  exifOrientation: {
    en: "{#count} image(s) carry an EXIF orientation; pixels are used as stored, as torchvision and Hugging Face image processors do. Pipelines that turn images upright first (transformers' load_image) see others: turn the files to have theirs.",
    zh: '{count} 张图像带有 EXIF 方向；与 torchvision 及 Hugging Face 的图像处理器相同，按存储的像素使用。先将图像转正的流程（transformers 的 load_image）得到的像素不同：若要与之一致，请先旋转文件。',
  },
  grey16: {
    en: `{#count} image(s) are 16-bit grey; they are scaled to 8 bits, where Pillow's convert("RGB") clips nearly all to white.`,
    zh: '{count} 张图像为 16 位灰度；此处缩放为 8 位，而 Pillow 的 convert("RGB") 会将几乎全部像素截断为白色。',
  },
  imagesLeftOut: {
    en: '{#count} image(s) of kinds that cannot be decoded are left out, such as "{name}". Convert them to PNG or JPEG to use them.',
    zh: '{count} 张图像的格式无法解码，未使用，例如“{name}”。转换为 PNG 或 JPEG 后即可使用。',
  },
  oneSubfolder: {
    en: 'All images lie in the one subfolder "{name}": they are taken as unlabelled.',
    zh: '所有图像都在子文件夹“{name}”中：按无标签处理。',
  },
  labelsByName: {
    en: 'Labels in "{path}" belong to the images in the order of their names.',
    zh: '“{path}”中的标签按图像名称的顺序对应。',
  },
  labelsInOrder: {
    en: 'Labels in "{path}" belong to the samples in their order.',
    zh: '“{path}”中的标签按样本的顺序对应。',
  },
  labelColumnInOrder: {
    en: 'Labels in "{path}", column "{column}", belong to the samples in their order.',
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
    en: 'Names in "{path}" are matched to the images also without extension or by the end of the path: "{name}" is taken for "{image}".',
    zh: '“{path}”中的名称在不计扩展名或仅比较路径末尾时也会与图像匹配：“{name}”对应“{image}”。',
  },
  classesListed: {
    en: 'Class names are numbered as "{path}" lists them: {classes}. The model must have been trained with the same order.',
    zh: '类别名称按“{path}”中的次序编号：{classes}。模型训练时必须使用相同的顺序。',
  },
  classFolders: {
    en: "Labels are the class folders in sorted order, as torchvision's ImageFolder numbers them: {classes}. The model must have been trained with the same order.",
    zh: '标签为排序后的类别文件夹，编号方式与 torchvision 的 ImageFolder 相同：{classes}。模型训练时必须使用相同的顺序。',
  },
  classFolderNumber: {
    en: 'The class folder "{name}" became class {#index}, not its number. If the numbers are the classes, give a labels.csv (file,label).',
    zh: '类别文件夹“{name}”成为类别 {index}，而不是它的数字。如果数字就是类别，请提供 labels.csv (file,label)。',
  },
  noiseSamples: {
    en: '{#count} samples of seeded noise instead of data: calibrated ranges, accuracy and agreement mean nothing for real inputs.',
    zh: '以 {count} 个固定种子的噪声样本代替数据：校准范围、准确率和一致率对真实输入没有意义。',
  },
  targetsUnused: {
    en: 'The targets "{name}" could not be used: the output they belong to is not among what is compared, or what they would be measured by has no value on these samples.',
    zh: '无法使用目标“{name}”：其对应的输出不在比较之列，或相应的指标在这些样本上没有取值。',
  },
  targetsTaken: {
    en: 'The array "{name}" holds the targets: both models are compared with it.',
    zh: '数组“{name}”是目标值：两个模型都与它比较。',
  },
  targetsTakenOf: {
    en: 'The array "{name}" holds the targets of output "{output}": both models are compared with it.',
    zh: '数组“{name}”是输出“{output}”的目标值：两个模型都与它比较。',
  },
  readAsTexts: {
    en: 'The output is read as texts (CTC: the best character of each step, repeats once, blanks left out) of the {#count} characters in "{file}", class 0 being the blank.',
    zh: '输出按文本读取（CTC：取每一步的最佳字符，合并重复，去掉空白符），字符取自“{file}”中的 {count} 个字符，类别 0 为空白符。',
  },
} as const satisfies TextTable;
