import type { TextTable } from './text-table.ts';

/** What is said of how images are prepared. */
export const imageNotes = {
  noPreprocessor: {
    en: 'No preprocessor_config.json: images are resized to {size} (bilinear, not cropped), {order}, levels divided by 255. If the model was trained with different preprocessing, the accuracy figures are wrong: see --preprocess for the usual presets.',
    zh: '没有 preprocessor_config.json：图像缩放为 {size}（双线性，不裁剪），{order}，像素值除以 255。如果模型训练时的预处理不同，准确率数字就是错的：--preprocess 列出惯用的预处理。',
  },
  noPreprocessorLevels: {
    en: 'No preprocessor_config.json: images are resized to {size} (bilinear, not cropped), {order}, levels 0 to 255 unchanged. If the model was trained with different preprocessing, the accuracy figures are wrong: see --preprocess for the usual presets.',
    zh: '没有 preprocessor_config.json：图像缩放为 {size}（双线性，不裁剪），{order}，像素值 0 到 255 不变。如果模型训练时的预处理不同，准确率数字就是错的：--preprocess 列出惯用的预处理。',
  },
  noPreprocessorLine: {
    en: 'No preprocessor_config.json: images are resized to a height of {#height}, keeping their shape (bilinear), {order}, levels divided by 255. If the model was trained with different preprocessing, the accuracy figures are wrong: see --preprocess for the usual presets.',
    zh: '没有 preprocessor_config.json：图像按原形状缩放到高 {height}（双线性），{order}，像素值除以 255。如果模型训练时的预处理不同，准确率数字就是错的：--preprocess 列出惯用的预处理。',
  },
  noPreprocessorLineLevels: {
    en: 'No preprocessor_config.json: images are resized to a height of {#height}, keeping their shape (bilinear), {order}, levels 0 to 255 unchanged. If the model was trained with different preprocessing, the accuracy figures are wrong: see --preprocess for the usual presets.',
    zh: '没有 preprocessor_config.json：图像按原形状缩放到高 {height}（双线性），{order}，像素值 0 到 255 不变。如果模型训练时的预处理不同，准确率数字就是错的：--preprocess 列出惯用的预处理。',
  },
  imageSizeAssumed: {
    en: "The model's input {input} takes images of any size, and {size} is assumed. If you use it at another size, set the open dimensions with --dim.",
    zh: '模型的输入 {input} 接受任意大小的图像：按 {size} 处理。如果实际使用其他大小，请用 --dim 固定未定的维度。',
  },
  modelDecidesFormat: {
    en: "The preprocessor configuration says {told}, but the model's input {input} is {format}. The model decides.",
    zh: '预处理配置写的是 {told}，而模型的输入 {input} 为 {format}：以模型为准。',
  },
  levelsAsTheyAre: {
    en: "The model's input {input} takes levels 0 to 255, so they are neither rescaled nor normalized.",
    zh: '模型的输入 {input} 接受 0 到 255 的像素值：不缩放也不归一化。',
  },
  preprocessed: {
    en: 'Images are preprocessed as in "{path}" ({type}): {resize} ({filter}); {crop}; {values}; {order}.',
    zh: '图像按“{path}”（{type}）预处理：{resize}（{filter}）；{crop}；{values}；{order}。',
  },
  preprocessedUnsized: {
    en: 'Images are preprocessed as in "{path}" ({type}): not resized; {crop}; {values}; {order}.',
    zh: '图像按“{path}”（{type}）预处理：不缩放；{crop}；{values}；{order}。',
  },
  noType: { en: 'no type given', zh: '未写明类型' },
  nearest: { en: 'nearest', zh: '最近邻' },
  lanczos: { en: 'lanczos', zh: 'Lanczos' },
  bilinear: { en: 'bilinear', zh: '双线性' },
  bicubic: { en: 'bicubic', zh: '双三次' },
  box: { en: 'box', zh: '盒式' },
  hamming: { en: 'hamming', zh: 'Hamming' },
  cutThenResized: {
    en: 'cropped to {share} of the shorter edge, then {resize}',
    zh: '先按短边的 {share} 裁出中央部分，再{resize}',
  },
  roundedUp: { en: '{resize}, rounded up to a multiple of {#multiple}', zh: '{resize}，向上取为 {multiple} 的倍数' },
  roundedDown: {
    en: '{resize}, rounded down to a multiple of {#multiple}',
    zh: '{resize}，向下取为 {multiple} 的倍数',
  },
  shorterEdge: { en: 'shorter edge resized to {#edge}', zh: '短边缩放为 {edge}' },
  shorterEdgeAtMost: {
    en: 'shorter edge resized to {#edge}, longer edge at most {#most}',
    zh: '短边缩放为 {edge}，长边不超过 {most}',
  },
  longerEdge: { en: 'longer edge resized to {#edge}', zh: '长边缩放为 {edge}' },
  resizedInside: { en: 'resized to fit inside {size}', zh: '缩放到 {size} 以内' },
  resizedToCover: { en: 'resized to cover {size}', zh: '缩放到覆盖 {size}' },
  resizedDownTo: { en: 'resized down to multiples of {#multiple}', zh: '缩小为 {multiple} 的倍数' },
  resizedNear: {
    en: 'resized close to {size}, keeping the shape, to multiples of {#multiple}',
    zh: '按原形状缩放到接近 {size}，取为 {multiple} 的倍数',
  },
  resizedToHeight: { en: 'resized to a height of {#height}', zh: '缩放到高 {height}' },
  resizedToHeightAtMost: {
    en: 'resized to a height of {#height}, at most {#widest} wide',
    zh: '缩放到高 {height}，宽不超过 {widest}',
  },
  longerEdgeLimited: {
    en: 'longer edge at most {#longest}, to multiples of {#multiple}',
    zh: '长边不超过 {longest}，取为 {multiple} 的倍数',
  },
  resizedToMultiples: {
    en: 'resized to {size}, to multiples of {#multiple}',
    zh: '缩放为 {size}，取为 {multiple} 的倍数',
  },
  resizedTo: { en: 'resized to {size}', zh: '缩放为 {size}' },
  notCropped: { en: 'not cropped', zh: '不裁剪' },
  croppedTo: { en: 'cropped to the middle {size}', zh: '居中裁剪为 {size}' },
  putInto: { en: 'centred in {size}, padded with level {level}', zh: '置于 {size} 中央，四周填充像素值 {level}' },
  paddedTo: { en: '{crop}, padded with zeros to {size}', zh: '{crop}，补零到 {size}' },
  levelsUnchanged: { en: 'levels unchanged', zh: '像素值不变' },
  levelsTimes: { en: 'levels times {#factor}', zh: '像素值乘以 {factor}' },
  lessMean: { en: '{values}, minus {mean}, divided by {std}', zh: '{values}，减 {mean} 再除以 {std}' },
  lessOffset: { en: '{values}, minus {#offset}', zh: '{values}，减 {offset}' },
  dividedAgain: { en: '{values}, divided by {std} again', zh: '{values}，再除以 {std}' },
  redFirst: { en: 'red first', zh: '红色在前' },
  blueFirst: { en: 'blue first', zh: '蓝色在前' },
  fieldsDefaulted: {
    en: '"{path}" does not set {fields}: the defaults of {type} are used.',
    zh: '“{path}”没有写 {fields}：使用 {type} 的默认值。',
  },
  processorUnknown: {
    en: 'Vernier does not know the image processor "{type}" and does only what its configuration says.',
    zh: 'Vernier 不认识图像处理器“{type}”：只执行其配置中写明的步骤。',
  },
  padNotApplied: {
    en: '"do_pad" in the preprocessor configuration is not applied: images are not padded to the largest in a batch.',
    zh: '预处理配置中的“do_pad”未应用：图像原样输入，不补齐到一批中最大的尺寸。',
  },
  normalizeNotApplied: {
    en: '"do_normalize" in the preprocessor configuration is not applied: {type} does not normalize.',
    zh: '预处理配置中的“do_normalize”未应用：{type} 不做归一化。',
  },
  noResample: {
    en: 'The preprocessor configuration does not name a resample filter, so bilinear is used.',
    zh: '预处理配置没有指定重采样滤波器：使用双线性。',
  },
  flippedToBgr: {
    en: 'Channels are flipped to BGR before normalizing, so image_mean and image_std are read in BGR order.',
    zh: '归一化之前通道翻转为 BGR：image_mean 和 image_std 按 BGR 顺序读取。',
  },
  stepNotApplied: {
    en: '"{step}" in the preprocessor configuration is not applied: Vernier does not know this step.',
    zh: '预处理配置中的“{step}”未应用：Vernier 不认识这一步。',
  },
  preprocessorUnused: {
    en: '"{path}" is not used: only images are preprocessed.',
    zh: '“{path}”未使用：只有图像会预处理，其他数据原样输入。',
  },
} as const satisfies TextTable;
