import type { TextTable } from './text-table.ts';

/** What stands in the way of calibrating, comparing, and measuring by targets or a metric of the user. */
export const measuringErrors = {
  // Calibrating and comparing
  tensorNotFloat32: { en: 'Tensor "{name}" is not float32.', zh: '张量“{name}”不是 float32。' },
  timingSecondsInvalid: {
    en: '{variable} is "{text}", but must be a number of seconds from {least} to {most}: how long each model is timed at least. Correct it, or do not set it.',
    zh: '{variable} 的值为“{text}”：它表示每个模型至少计时多少秒，应在 {least} 到 {most} 之间。请更正，或不要设置。',
  },
  calibrationNotFinite: {
    en: 'NaN or infinite values in {tensors} while calibrating. Check the calibration data and its preprocessing, or exclude the nodes that produce them.',
    zh: '校准时出现 NaN 或无穷大的张量：{tensors}。请检查校准数据及其预处理，或排除产生这些值的节点。',
  },
  tensorsAndMore: { en: '{tensors} and {#count} more', zh: '{tensors}，以及另外 {count} 个' },
  calibrationSawNothing: {
    en: 'Calibration saw no value of tensor "{name}".',
    zh: '校准未见到张量“{name}”的任何值。',
  },
  outputNotDivisible: {
    en: 'Output "{name}" has dimensions {dimensions}, which cannot be divided among {#count} samples. Measure with a batch size of 1.',
    zh: '输出“{name}”的维度为 {dimensions}，无法平分给 {count} 个样本。请以批大小 1 测量。',
  },
  originalGivesNothingFinite: {
    en: 'The original model gives NaN or infinity for every evaluation sample. Check the model and the preprocessing of the data.',
    zh: '原模型对每个评估样本都输出 NaN 或无穷大。请检查模型和数据的预处理。',
  },
  compressedGivesNothingFinite: {
    en: 'The compressed model gives NaN or infinity for every evaluation sample. Check the preprocessing of the data; if the original is fine, exclude layers with extreme ranges from quantization.',
    zh: '压缩模型对每个评估样本都输出 NaN 或无穷大。请检查数据的预处理；如果原模型正常，请将范围极端的层排除在量化之外。',
  },
  compressedLacksOutput: {
    en: 'The compressed model lacks output "{name}", so it cannot be compared.',
    zh: '压缩模型缺少输出“{name}”，无法比较。',
  },
  noSamplesToCompare: {
    en: 'There are no evaluation samples left to compare the models on. Give more data.',
    zh: '没有剩余的评估样本可用来比较模型，请提供更多数据。',
  },
  outputValuesNotComparable: {
    en: 'Output "{name}" has {#before} values per sample in the original and {#after} in the compressed model, so they cannot be compared. Where a model selects what it found (NonMaxSuppression, NonZero), cut it before the selection.',
    zh: '输出“{name}”每个样本在原模型中有 {before} 个值，在压缩模型中有 {after} 个，无法比较。如果模型会筛选检出的目标（NonMaxSuppression、NonZero），请在筛选之前截断模型。',
  },
  // Targets
  targetsNoOtherArrays: {
    en: '--target names "{name}", but "{path}" has no arrays other than the inputs.',
    zh: '--target 指定了“{name}”，但“{path}”中除输入外没有其他数组。',
  },
  targetsNoSuchArray: {
    en: '--target names "{name}", but "{path}" has {names}.',
    zh: '--target 指定了“{name}”，但“{path}”中有 {names}。',
  },
  targetsWithoutArrays: {
    en: '--target names "{name}", an array of targets, but the data does not consist of arrays. Save inputs and targets as .npz or .npy.',
    zh: '--target 指定了目标数组“{name}”，但数据不是数组。请将输入和目标保存为 .npz 或 .npy。',
  },
  targetsRowCount: {
    en: 'The targets "{name}" in "{path}" have {rows} rows for {#count} samples. Save one row per sample.',
    zh: '“{path}”中的目标“{name}”有 {rows} 行，而样本有 {count} 个。请每个样本保存一行。',
  },
  targetsShapeWrong: {
    en: 'The targets "{name}" are {dims} per sample, but output "{output}" is {wanted}. Save targets of the same shape as the output (for a map of class scores, the class of each pixel), or name others with --target.',
    zh: '目标“{name}”每个样本为 {dims}，而输出“{output}”为 {wanted}。请保存与输出形状相同的目标（类别得分图则为每个像素的类别），或用 --target 指定其他目标。',
  },
  targetClassBeyond: {
    en: 'The target of sample {#index} has a pixel of class {#value}, but the output ranks classes 0 to {#last}. Number the classes as the model does; 255 leaves a pixel out.',
    zh: '样本 {index} 的目标中有类别为 {value} 的像素，而输出的类别为 0 到 {last}。请按模型的编号给类别编号；255 表示该像素不计。',
  },
  characterLineEmpty: {
    en: `Line {#line} of the list of characters "{path}" is empty. Write one character per line, in the order of the model's classes, without the blank that comes before them.`,
    zh: '字符表“{path}”的第 {line} 行为空。请按模型类别的顺序每行写一个字符；排在最前的空白符不列出。',
  },
  textLineCount: {
    en: '"{path}" has {lines} lines for {#count} samples. Write the text of one sample per line, in the order of the samples (of images: of their names).',
    zh: '“{path}”有 {lines} 行，而样本有 {count} 个。请按样本顺序（图像按文件名）每行写一个样本的文本。',
  },
  charactersNotGiven: {
    en: '"{path}" says what the model should read, but not which characters its classes stand for. Name the list of characters with --characters.',
    zh: '“{path}”给出了应读出的文本，但没有说明模型的类别是哪些字符。请用 --characters 指定字符表。',
  },
  noCharacterOutput: {
    en: 'No output ranks {count} characters and a blank at each step: a sample has {found}. Give the list of characters that the model was trained with.',
    zh: '没有输出在每一步对 {count} 个字符和一个空白符排序：每个样本有 {found}。请提供模型训练时所用的字符表。',
  },
  // A metric of the user's own
  metricTookTooLong: {
    en: '"{name}" took longer than its limit of {#seconds} s and was stopped. Give it more time with --metric-timeout, or fewer samples with --evaluation-samples.',
    zh: '“{name}”超过了 {seconds} 秒的时限，已被停止。请用 --metric-timeout 给它更多时间，或用 --evaluation-samples 减少样本。',
  },
  metricTookTooMuchMemory: {
    en: '"{name}" took more than {#megabytes} MB of memory and was stopped. Let it read one sample at a time, or measure fewer with --evaluation-samples.',
    zh: '“{name}”占用的内存超过 {megabytes} MB，已被停止。请让它逐个样本读取，或用 --evaluation-samples 减少样本。',
  },
  metricNotStarted: {
    en: '"{name}" cannot be run: "{command}" could not be started ({reason}). Check that it is installed.',
    zh: '“{name}”无法运行：“{command}”无法启动（{reason}）。请检查它是否已安装。',
  },
  metricEndedBadly: {
    en: '"{name}" ended with {&how} and gave no scores. Its last words: {words}',
    zh: '“{name}”以 {how} 结束，没有给出得分。它最后的输出：{words}',
  },
  metricNotScores: {
    en: 'What "{source}" wrote is not its scores. Write JSON like {example}, with one number per sample.',
    zh: '“{source}”写出的内容不是得分。请写出形如 {example} 的 JSON，每个样本一个数。',
  },
  metricScoreCount: {
    en: '"{source}" gave {#found} scores of the {model} model for {#count} samples. Give one number per sample.',
    zh: '“{source}”为 {model} 模型的 {count} 个样本给出了 {found} 个得分。请每个样本给出一个数。',
  },
  metricScoreNotFinite: {
    en: '"{source}" gave sample {#sample} of the {model} model a score that is NaN or infinite. Give every sample a finite score.',
    zh: '“{source}”给 {model} 模型样本 {sample} 的得分为 NaN 或无穷。请为每个样本给出有限的得分。',
  },
  metricTooFewSamples: {
    en: '"{source}" scored {#count} samples, too few for an interval. Measure at least 3.',
    zh: '“{source}”只对 {count} 个样本评分，无法得出区间。请至少评估 3 个样本。',
  },
  metricCommandEmpty: {
    en: '--metric-command is empty. Give a program and its arguments.',
    zh: '--metric-command 为空。请给出程序及其参数。',
  },
  metricNoModule: {
    en: '--metric names "{path}", which is not a JavaScript module. Give a file that ends in .mjs, or a program of another kind with --metric-command.',
    zh: '--metric 指定的“{path}”不是 JavaScript 模块。请提供以 .mjs 结尾的文件，其他程序请用 --metric-command。',
  },
  metricWroteNothing: {
    en: '"{name}" ended without an error, but wrote no scores. It gets a folder as its last argument: write scores.json there.',
    zh: '“{name}”正常结束，但没有写出得分。它的最后一个参数是一个文件夹：请在其中写出 scores.json。',
  },
  metricOutputsTooLarge: {
    en: 'The outputs of {#count} samples take more than {#megabytes} MiB, too much for a metric of your own. Measure fewer with --evaluation-samples.',
    zh: '{count} 个样本的输出超过 {megabytes} MiB，自定义指标无法处理。请用 --evaluation-samples 减少样本。',
  },
} as const satisfies TextTable;
