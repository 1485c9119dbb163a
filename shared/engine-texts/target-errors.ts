import type { TextTable } from './text-table.ts';

/** What is wrong with boxes and masks. */
export const targetErrors = {
  annotationsUnusable: { en: 'The annotations "{path}" cannot be used: {&what}', zh: '标注“{path}”无法使用：{what}' },
  boxNotFinite: {
    en: '{&where} has the box [{box}]. Left, top, width and height must be finite numbers, and width and height at least 0.',
    zh: '{where} 的边界框为 [{box}]；左、上、宽、高须为有限数值，且宽、高不小于 0。',
  },
  boxOutside: {
    en: '{&where} lies outside its image: [{box}] (left, top, width, height) in "{name}" of {size}. Give boxes in pixels of the stored image.',
    zh: '{where} 超出图像：[{box}]（左、上、宽、高），图像“{name}”为 {size}。边界框以图像存储时的像素为单位。',
  },
  placeAnnotation: { en: 'annotation {id}', zh: '标注 {id}' },
  placeObject: { en: 'object {#index}', zh: '第 {index} 个目标' },
  annotationsNotJson: {
    en: 'it is not JSON. NaN and Infinity, which Python writes, are not valid JSON.',
    zh: '它不是 JSON。Python 写出的 NaN 和 Infinity 也不是有效的 JSON。',
  },
  cocoFieldMissing: {
    en: '"{field}" is missing or of another type. COCO\'s format has "images" (id, file_name), "annotations" (image_id, category_id, bbox) and "categories" (id, name).',
    zh: '缺少“{field}”或其类型不对。COCO 格式包含“images”（id、file_name）、“annotations”（image_id、category_id、bbox）和“categories”（id、name）。',
  },
  cocoImageIdTwice: {
    en: 'two images have the id {id}; the second is "{file}". Give each image its own id.',
    zh: '有两张图像的 id 都是 {id}，第二张为“{file}”。请为每张图像使用不同的 id。',
  },
  cocoImageTwice: {
    en: '"{one}" and "{other}" are the same image "{name}". Keep one of them.',
    zh: '“{one}”和“{other}”是同一张图像“{name}”。请只保留其中之一。',
  },
  cocoImageSize: {
    en: '"{file}" is {size} there, but the image is {own}. Annotate the images as stored, or give the images that were annotated.',
    zh: '其中“{file}”的尺寸为 {size}，而图像为 {own}。请按图像存储时的尺寸标注，或提供当时标注的图像。',
  },
  cocoImagesMissing: {
    en: '{#count} of {#all} images are not among its "images", such as "{name}". List images without boxes too, or remove them from the folder.',
    zh: '{all} 张图像中有 {count} 张不在其“images”中，例如“{name}”。没有边界框的图像也请列出，或将其移出文件夹。',
  },
  cocoCategoryTwice: {
    en: 'two categories have the id {id}. Give each category its own id.',
    zh: '有两个类别的 id 都是 {id}。请为每个类别使用不同的 id。',
  },
  boxOfUnknownImage: {
    en: '{&where} belongs to image {image}, which is not in "images".',
    zh: '{where} 属于图像 {image}，而它不在“images”中。',
  },
  boxOfUnknownCategory: {
    en: '{&where} belongs to category {id}, which is not in "categories".',
    zh: '{where} 属于类别 {id}，而它不在“categories”中。',
  },
  boxWithoutNumbers: {
    en: '{&where} has no "bbox" of four numbers: left, top, width and height in pixels.',
    zh: '{where} 没有由四个数组成的“bbox”：以像素计的左、上、宽、高。',
  },
  yoloLineWrong: {
    en: '{&where} is "{line}". A line of YOLO\'s format has a class, counted from 0, and four numbers: centre x, centre y, width and height, as shares of the image.',
    zh: '{where}为“{line}”。YOLO 格式每行有一个从 0 开始的类别和四个数：中心 x、中心 y、宽、高，均为占图像的比例。',
  },
  yoloNotShares: {
    en: "{&where} has {value}, but YOLO's boxes are shares of the image from 0 to 1. Divide pixels by its width and height.",
    zh: '{where}中有 {value}，而 YOLO 的边界框是 0 到 1 之间占图像的比例。请将像素除以图像的宽和高。',
  },
  vocNotXml: {
    en: 'it is not well-formed XML ({why}).',
    zh: '它不是格式正确的 XML（{why}）。',
  },
  vocWithoutAnnotation: {
    en: 'it has no <annotation>, which every Pascal VOC file has.',
    zh: '其中没有 Pascal VOC 文件应有的 <annotation>。',
  },
  vocImageSize: {
    en: 'it describes an image of {size}, but "{name}" is {own}. Annotate the images as stored, or give the images that were annotated.',
    zh: '其图像尺寸为 {size}，而“{name}”为 {own}。请按图像存储时的尺寸标注，或提供当时标注的图像。',
  },
  vocWithoutName: { en: '{&where} has no <name>.', zh: '{where} 没有 <name>。' },
  annotationFilesMissing: {
    en: '{#count} of {#all} images have no {extension} file of the same name there, such as "{name}". Add the files, or remove the images.',
    zh: '{all} 张图像中有 {count} 张在其中没有同名的 {extension} 文件，例如“{name}”。请补上文件，或移除这些图像。',
  },
  boxClassesUnnumbered: {
    en: "its boxes give classes by name, and nothing says how the model numbers them. Give a list of the classes with --classes, one per line, in the order of the model's outputs.",
    zh: '其中的边界框写的是类别名称，而没有说明模型如何给类别编号。请用 --classes 指定类别列表，按模型输出的顺序每行一个。',
  },
  boxClassUnknown: {
    en: 'the class "{name}" is not in the list of classes. Add it to the list, at its position in the model.',
    zh: '类别“{name}”不在类别列表中。请按模型中的位置将其写入列表。',
  },
  noImageHasBox: {
    en: 'none of the {#count} images has a box. Give the annotations of these images.',
    zh: '{count} 张图像都没有边界框。请提供这些图像的标注。',
  },
  annotationsOfOtherKind: {
    en: 'it is neither a COCO .json file nor a folder of .txt (YOLO), .xml (Pascal VOC) or .png files (masks).',
    zh: '它既不是 COCO 的 .json 文件，也不是包含 .txt（YOLO）、.xml（Pascal VOC）或 .png（掩码）文件的文件夹。',
  },
  annotationsFolderEmpty: {
    en: 'the folder holds no .txt (YOLO), .xml (Pascal VOC) or .png files (masks).',
    zh: '文件夹中没有 .txt（YOLO）、.xml（Pascal VOC）或 .png（掩码）文件。',
  },
  annotationsWithoutImages: {
    en: '--annotations names "{path}", but the data is not a folder of images. Give the annotated images with --data.',
    zh: '--annotations 指定了“{path}”，但数据不是图像文件夹。请用 --data 给出被标注的图像。',
  },
  boxClassBeyond: {
    en: 'The annotations "{path}" have boxes of class {#class}, but the model ranks classes 0 to {#last}. Number the classes as the model does, from 0 on.',
    zh: '标注“{path}”中有类别为 {class} 的边界框，而模型的类别为 0 到 {last}。请按模型的编号从 0 开始给类别编号。',
  },
  boxClassBeyondFromOne: {
    en: 'The annotations "{path}" have boxes of class {#class}, but the model ranks classes 0 to {#last}. They seem to count from 1. Number the classes as the model does, from 0 on.',
    zh: '标注“{path}”中有类别为 {class} 的边界框，而模型的类别为 0 到 {last}。标注似乎从 1 开始编号。请按模型的编号从 0 开始给类别编号。',
  },
  annotationsOfOtherClasses: {
    en: 'The annotations "{path}" have {#count} categories up to id {#largest}, but the model ranks {#columns} classes. Give annotations with the classes of this model.',
    zh: '标注“{path}”有 {count} 个类别（id 最大为 {largest}），而模型有 {columns} 个类别。请提供与该模型对应的标注。',
  },
  outputNoBoxes: {
    en: 'No output of the model can be read as boxes: {shapes}. Say how with --head, or leave the annotations out.',
    zh: '模型没有可读取为边界框的输出：{shapes}。请用 --head 指定读取方式，或不提供标注。',
  },
  outputNoBoxesOfKind: {
    en: 'No output of the model can be read as boxes of the kind "{kind}": {shapes}. Say how with --head, or leave the annotations out.',
    zh: '模型没有可按“{kind}”方式读取为边界框的输出：{shapes}。请用 --head 指定读取方式，或不提供标注。',
  },
  limitOnUnknownMetric: {
    en: 'There is no metric "{name}" to limit. The metrics are {names}.',
    zh: '没有名为“{name}”的指标可限制其损失。已知的有 {names}。',
  },
  targetsNotFinite: {
    en: 'The targets "{name}" of sample {#index} hold NaN or infinity. Leave such samples out, or correct their targets.',
    zh: '样本 {index} 的目标“{name}”含有 NaN 或无穷值。请去掉这些样本，或修正其目标。',
  },

  // Masks
  maskUnusable: { en: 'The mask "{path}" cannot be used: {&what}', zh: '掩码“{path}”无法使用：{what}' },
  maskNotPng: { en: 'it is not a PNG file.', zh: '它不是 PNG 文件。' },
  maskOfColours: {
    en: 'its pixels are colours. Save the class of each pixel as a grey or palette image.',
    zh: '其像素为颜色。请将各像素的类别保存为灰度或调色板图像。',
  },
  maskOfOtherKind: {
    en: 'it is interlaced, or a kind of PNG that Vernier does not read. Save it as a plain PNG with 8 or 16 bits.',
    zh: '它是隔行扫描的，或属于无法读取的类型。请保存为普通的 8 位或 16 位 PNG。',
  },
  maskSizeWrong: {
    en: 'it is {size} pixels, but its image is {own}. Save masks in the size of the stored images.',
    zh: '它的尺寸为 {size}，而图像为 {own}。请按图像存储时的尺寸保存掩码。',
  },
  maskCutShort: { en: 'the file was cut short.', zh: '文件不完整。' },
  maskDamaged: { en: 'its pixels are damaged.', zh: '其像素数据已损坏。' },
  maskClassBeyond: {
    en: 'The masks in "{path}" have pixels of class {#class}, first in "{image}", but the model ranks classes 0 to {#last}. Number the classes as the model does, from 0 on; 255 leaves a pixel out.',
    zh: '“{path}”中的掩码有类别为 {class} 的像素，首见于“{image}”，而模型的类别为 0 到 {last}。请按模型的编号从 0 开始给类别编号；255 表示该像素不计。',
  },
  maskClassBeyondFromOne: {
    en: 'The masks in "{path}" have pixels of class {#class}, first in "{image}", but the model ranks classes 0 to {#last}. They seem to count from 1. Number the classes as the model does, from 0 on; 255 leaves a pixel out.',
    zh: '“{path}”中的掩码有类别为 {class} 的像素，首见于“{image}”，而模型的类别为 0 到 {last}。掩码似乎从 1 开始编号。请按模型的编号从 0 开始给类别编号；255 表示该像素不计。',
  },
  outputNoMap: {
    en: 'The masks in "{path}" cannot be used because no output of the model is a map of classes: {shapes}. Leave the masks out, or give a model that ends in such a map.',
    zh: '“{path}”中的掩码无法使用：模型没有与图像对应的类别图输出：{shapes}。请不要提供掩码，或使用以类别图结尾的模型。',
  },
} as const satisfies TextTable;
