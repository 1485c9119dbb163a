import type { TextTable } from './text-table.ts';

/** What can be wrong with images and their preprocessing. */
export const imageErrors = {
  // Images and their preprocessing
  imageUnreadable: {
    en: 'Cannot read the image "{path}": {reason}. Replace the file, or remove it together with its label.',
    zh: '无法读取图像“{path}”：{reason}。请替换该文件，或连同其标签一起删除。',
  },
  imagesForManyInputs: {
    en: '"{path}" is a folder of images, which can feed one input, but the model has {#count}: {inputs}. Give the data as an .npz file with one array per input.',
    zh: '“{path}”是图像文件夹，只能提供一个输入，而模型有 {count} 个：{inputs}。请以 .npz 文件提供数据，每个输入一个数组。',
  },
  imagesUndecodable: {
    en: '"{path}" holds only images of kinds that cannot be decoded, such as "{name}". Convert them to PNG or JPEG.',
    zh: '“{path}”中的图像格式都无法解码，例如“{name}”。请转换为 PNG 或 JPEG。',
  },
  imagesBesideClasses: {
    one: '"{path}" holds {#count} image beside the subfolders {folders}, so these cannot be classes. Use one folder per class for all images, or add a labels.csv (file,label).',
    en: '"{path}" holds {#count} images beside the subfolders {folders}, so these cannot be classes. Use one folder per class for all images, or add a labels.csv (file,label).',
    zh: '“{path}”中除子文件夹 {folders} 外还有 {count} 张图像，因此子文件夹不能作为类别。请把所有图像按类别放入文件夹，或添加 labels.csv (file,label)。',
  },
  classFolderEmpty: {
    en: 'The class folder "{name}" in "{path}" holds no image, and class indices count the folders. Remove it, or add a labels.csv (file,label) that gives the indices.',
    zh: '“{path}”中的类别文件夹“{name}”没有图像，而类别索引按文件夹计数。请删除它，或添加给出索引的 labels.csv (file,label)。',
  },
  imageSizeWrong: {
    en: `The image "{name}" is {size} (width x height) after the preprocessing of "{config}", but the model's input {input} wants {wanted}. Correct "size" and "crop_size" there, or give the model's own configuration with --preprocessor.`,
    zh: '图像“{name}”经“{config}”预处理后为 {size}（宽 x 高），而模型的输入 {input} 需要 {wanted}。请更正其中的“size”和“crop_size”，或用 --preprocessor 提供模型自带的配置。',
  },
  inputImagesDiffer: {
    en: `The model's input {input} takes {#count} images at a time, but they differ in size after the preprocessing of "{config}". Add "crop_size" there, or fix the open dimensions with --dim.`,
    zh: '模型的输入 {input} 一次接受 {count} 张图像，但经“{config}”预处理后大小不一。请在其中添加“crop_size”，或用 --dim 固定未定的维度。',
  },
  preprocessorNotJson: {
    en: 'The preprocessor configuration "{path}" is not JSON: {reason}',
    zh: '预处理配置“{path}”不是 JSON：{reason}',
  },
  preprocessorUnusable: {
    en: 'The preprocessor configuration "{path}" cannot be used: {&what}. Compare it with the preprocessor_config.json of the model on Hugging Face.',
    zh: '预处理配置“{path}”无法使用：{what}。请对照 Hugging Face 上该模型的 preprocessor_config.json。',
  },
  preprocessorWholeFile: { en: 'the whole file: {reason}', zh: '整个文件：{reason}' },
  preprocessorField: { en: '"{field}": {reason}', zh: '“{field}”：{reason}' },
  preprocessorFieldMissing: {
    en: '"{field}" is true but "{missing}" is missing',
    zh: '“{field}”为 true，却缺少“{missing}”',
  },
  preprocessorFieldsMissing: {
    en: '"{field}" is true but "{missing}" or "{other}" is missing',
    zh: '“{field}”为 true，却缺少“{missing}”或“{other}”',
  },
  imageResizedTooLarge: {
    en: 'An image of {size} would be resized to {resized}, and no side may be longer than {#most}. Correct "size" or "crop_pct" of the preprocessor configuration, or remove the image.',
    zh: '{size} 的图像将缩放为 {resized}，而任一边不得超过 {most}。请更正预处理配置中的“size”或“crop_pct”，或删除该图像。',
  },
  preprocessorNoObject: { en: 'it is not a JSON object', zh: '它不是 JSON 对象' },
  preprocessorNoImages: {
    en: 'it says nothing about images: size, crop_size, image_mean, image_std or image_processor_type',
    zh: '其中没有关于图像的内容：size、crop_size、image_mean、image_std 或 image_processor_type',
  },
  preprocessorOfOther: {
    en: 'it is {&what}, and says nothing about how images are prepared',
    zh: '它是{what}，没有写明图像如何预处理',
  },
  otherTokenizerConfiguration: { en: "a tokenizer's configuration", zh: '分词器的配置' },
  otherTokenizer: { en: 'a tokenizer', zh: '分词器' },
  otherGeneration: { en: 'a configuration for text generation', zh: '文本生成的配置' },
  otherModel: { en: "a model's configuration", zh: '模型的配置' },
  otherSound: { en: 'a configuration for audio preprocessing', zh: '音频预处理的配置' },
  otherNpm: { en: 'an npm package', zh: 'npm 包' },
  otherWeightIndex: { en: 'an index of weights', zh: '权重的索引' },
  preprocessorDoesMore: {
    en: '"{type}" does more than cut and scale an image, which Vernier does not do. Prepare its pixel_values in Python and give them as an .npz file',
    zh: '“{type}”所做的不只是裁剪和缩放图像，Vernier 无法完成。请在 Python 中准备它的 pixel_values，并以 .npz 文件提供',
  },
  sizeNeedsShortestEdge: { en: '"size" needs "shortest_edge"', zh: '“size”需要“shortest_edge”' },
  sizeNeedsBoth: { en: '"{field}" needs "height" and "width"', zh: '“{field}”需要“height”和“width”' },
  imageStdZero: { en: '"image_std" holds a zero', zh: '“image_std”中有零' },
  sizeNeedsEdgeOrBoth: {
    en: '"size" needs "shortest_edge", or "height" and "width"',
    zh: '“size”需要“shortest_edge”，或“height”和“width”',
  },
  imagesForOtherInput: {
    en: `The data is a folder of images, but the model's input {input} does not take images, which need [N, 3, height, width] or [N, height, width, 3] (1 channel for grey). Give the data as an .npz file with an array named "{name}".`,
    zh: '数据是图像文件夹，而模型的输入 {input} 不接受图像：图像需要 [N, 3, 高, 宽] 或 [N, 高, 宽, 3]（灰度为 1 个通道）。请以 .npz 文件提供数据，其中的数组命名为“{name}”。',
  },
  preprocessedTwice: {
    en: '--preprocess {name} and --preprocessor "{path}" both say how images are prepared. Leave one of them out.',
    zh: '--preprocess {name} 和 --preprocessor “{path}”都指定了图像预处理。请只保留一个。',
  },
  presetWithoutImages: {
    en: '--preprocess {name} is for images, and the data is not a folder of images. Leave it out: other data is fed as it is.',
    zh: '--preprocess {name} 用于图像，而数据不是图像文件夹。请去掉该选项：其他数据原样输入。',
  },
  imageChannelsWrong: {
    en: "image_mean and image_std of the preprocessor configuration hold {#count} values, but the model's input {input} takes {channels} channel(s). Give one value, or one for each channel.",
    zh: '预处理配置的 image_mean 和 image_std 有 {count} 个值，而模型的输入 {input} 有 {channels} 个通道。请给出一个值，或每个通道一个值。',
  },
  imageTypeNotFed: {
    en: `The model's input {input} has element type {type}; images can be fed as float32, float16, float64 or uint8. Give the data as an .npz file with an array named "{name}".`,
    zh: '模型的输入 {input} 的元素类型为 {type}，图像只能以 float32、float16、float64 或 uint8 输入。请以 .npz 文件提供数据，其中的数组命名为“{name}”。',
  },
} as const satisfies TextTable;
