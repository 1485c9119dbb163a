import type { Phrase } from './phrase.ts';

/** What is wrong with boxes and masks. */
export const targetErrors: readonly Phrase[] = [
  ['The annotations "{path}" cannot be used: {what}', '标注“{path}”无法使用：{what}'],
  [
    '{where} has the box [{box}]; left, top, width and height are finite numbers, and no size is below 0.',
    '{where} 的边界框为 [{box}]；左、上、宽、高须为有限数值，且尺寸不小于 0。',
  ],
  [
    '{where} lies outside of its image: [{box}] (left, top, width, height) in "{name}" of {size}. Boxes are in pixels of the image as it is stored.',
    '{where} 超出图像：[{box}]（左、上、宽、高），图像“{name}”为 {size}。边界框以图像存储时的像素为单位。',
  ],
  ['annotation {id}', '标注 {id}'],
  ['line {#line}', '第 {line} 行'],
  ['object {#index}', '第 {index} 个目标'],
  [
    'it is no JSON. NaN and Infinity, as Python writes them, are none either.',
    '它不是 JSON。Python 写出的 NaN 和 Infinity 也不是。',
  ],
  [
    '"{field}" is missing or of another type. COCO\'s format has "images" (id, file_name), "annotations" (image_id, category_id, bbox) and "categories" (id, name).',
    '缺少“{field}”或其类型不对。COCO 格式包含“images”（id、file_name）、“annotations”（image_id、category_id、bbox）和“categories”（id、name）。',
  ],
  [
    'two images have the id {id}, the second of them "{file}". Give each an id of its own.',
    '有两张图像的 id 都是 {id}，第二张为“{file}”。请为每张图像使用不同的 id。',
  ],
  [
    '"{one}" and "{other}" are the same image "{name}". Keep one of them.',
    '“{one}”和“{other}”是同一张图像“{name}”。请只保留其中之一。',
  ],
  [
    '"{file}" is {size} there, but the image has {own}. Annotate the images as they are stored, or give those that were annotated.',
    '其中“{file}”的尺寸为 {size}，而图像为 {own}。请按图像存储时的尺寸标注，或提供当时标注的图像。',
  ],
  [
    '{#count} of {#all} images are not among its "images", such as "{name}". List those without boxes, too, or take them out of the folder.',
    '{all} 张图像中有 {count} 张不在其“images”中，例如“{name}”。没有边界框的图像也请列出，或将其移出文件夹。',
  ],
  [
    'two categories have the id {id}. Give each an id of its own.',
    '有两个类别的 id 都是 {id}。请为每个类别使用不同的 id。',
  ],
  ['{where} is of image {image}, which is not among "images".', '{where} 属于图像 {image}，而它不在“images”中。'],
  ['{where} is of category {id}, which is not among "categories".', '{where} 属于类别 {id}，而它不在“categories”中。'],
  [
    '{where} has no "bbox" of four numbers: left, top, width and height in pixels.',
    '{where} 没有由四个数组成的“bbox”：以像素计的左、上、宽、高。',
  ],
  [
    '{where} is "{line}". YOLO\'s format has a class from 0 on and four numbers a line: middle x, middle y, width and height as shares of the image.',
    '{where}为“{line}”。YOLO 格式每行有一个从 0 开始的类别和四个数：中心 x、中心 y、宽、高，均为占图像的比例。',
  ],
  [
    "{where} has {value}, but YOLO's boxes are shares of the image from 0 to 1. Divide pixels by its width and height.",
    '{where}中有 {value}，而 YOLO 的边界框是 0 到 1 之间占图像的比例。请将像素除以图像的宽和高。',
  ],
  ['it holds no <annotation>, as files of Pascal VOC do.', '其中没有 Pascal VOC 文件应有的 <annotation>。'],
  [
    'it is of an image of {size}, but "{name}" has {own}. Annotate the images as they are stored, or give those that were annotated.',
    '其图像尺寸为 {size}，而“{name}”为 {own}。请按图像存储时的尺寸标注，或提供当时标注的图像。',
  ],
  ['{where} has no <name>.', '{where} 没有 <name>。'],
  [
    '{#count} of {#all} images have no {extension} file of their name there, such as "{name}".',
    '{all} 张图像中有 {count} 张在其中没有同名的 {extension} 文件，例如“{name}”。',
  ],
  [
    "its boxes name their classes, and nothing says how the model numbers those. Name a list of them with --classes, one a line, in the order of the model's outputs.",
    '其中的边界框写的是类别名称，而没有说明模型如何给类别编号。请用 --classes 指定类别列表，按模型输出的顺序每行一个。',
  ],
  [
    'the class "{name}" is not in the list of classes. Write it there, in the place that the model has it.',
    '类别“{name}”不在类别列表中。请按模型中的位置将其写入列表。',
  ],
  [
    'none of the {#count} images has a box. Give the annotations of these images.',
    '{count} 张图像都没有边界框。请提供这些图像的标注。',
  ],
  [
    'it is no .json file of COCO, nor a folder of .txt (YOLO), .xml (Pascal VOC) or .png files (masks).',
    '它既不是 COCO 的 .json 文件，也不是包含 .txt（YOLO）、.xml（Pascal VOC）或 .png（掩码）文件的文件夹。',
  ],
  [
    'the folder holds no .txt (YOLO), .xml (Pascal VOC) or .png files (masks).',
    '文件夹中没有 .txt（YOLO）、.xml（Pascal VOC）或 .png（掩码）文件。',
  ],
  [
    '--annotations names "{path}", but the data is not a folder of images. Give the images that were annotated as --data.',
    '--annotations 指定了“{path}”，但数据不是图像文件夹。请用 --data 给出被标注的图像。',
  ],
  [
    'The annotations "{path}" have boxes of class {#class}, but the model ranks classes 0 to {#last}. Number the classes as the model does, from 0 on.',
    '标注“{path}”中有类别为 {class} 的边界框，而模型的类别为 0 到 {last}。请按模型的编号从 0 开始给类别编号。',
  ],
  [
    'The annotations "{path}" have boxes of class {#class}, but the model ranks classes 0 to {#last}. They seem to count from 1. Number the classes as the model does, from 0 on.',
    '标注“{path}”中有类别为 {class} 的边界框，而模型的类别为 0 到 {last}。标注似乎从 1 开始编号。请按模型的编号从 0 开始给类别编号。',
  ],
  [
    'The annotations "{path}" have {#count} categories up to id {#largest}, but the model ranks {#columns} classes. Give the annotations that the model was made for.',
    '标注“{path}”有 {count} 个类别（id 最大为 {largest}），而模型有 {columns} 个类别。请提供与该模型对应的标注。',
  ],
  [
    'No output of the model can be read as boxes: {shapes}. Say how with --head, or leave the annotations out.',
    '模型没有可读取为边界框的输出：{shapes}。请用 --head 指定读取方式，或不提供标注。',
  ],
  [
    'No output of the model can be read as boxes of the kind "{kind}": {shapes}. Say how with --head, or leave the annotations out.',
    '模型没有可按“{kind}”方式读取为边界框的输出：{shapes}。请用 --head 指定读取方式，或不提供标注。',
  ],
  ['The mask "{path}" cannot be used: {what}', '掩码“{path}”无法使用：{what}'],
  ['it is no PNG file.', '它不是 PNG 文件。'],
  [
    'its pixels are colours. Save the class of each pixel as a grey or a palette image.',
    '其像素为颜色。请将各像素的类别保存为灰度或调色板图像。',
  ],
  [
    'it is interlaced or of a kind that is not read. Save it as a plain PNG of 8 or 16 bits.',
    '它是隔行扫描的，或属于无法读取的类型。请保存为普通的 8 位或 16 位 PNG。',
  ],
  [
    'it has {size} pixels, but its image has {own}. Save masks in the size of the images as they are stored.',
    '它的尺寸为 {size}，而图像为 {own}。请按图像存储时的尺寸保存掩码。',
  ],
  ['the file was cut short.', '文件不完整。'],
  ['its pixels are damaged.', '其像素数据已损坏。'],
  [
    'The masks in "{path}" have pixels of class {#class}, first in "{image}", but the model ranks classes 0 to {#last}. Number the classes as the model does, from 0 on; 255 leaves a pixel out.',
    '“{path}”中的掩码有类别为 {class} 的像素，首见于“{image}”，而模型的类别为 0 到 {last}。请按模型的编号从 0 开始给类别编号；255 表示该像素不计。',
  ],
  [
    'The masks in "{path}" have pixels of class {#class}, first in "{image}", but the model ranks classes 0 to {#last}. They seem to count from 1. Number the classes as the model does, from 0 on; 255 leaves a pixel out.',
    '“{path}”中的掩码有类别为 {class} 的像素，首见于“{image}”，而模型的类别为 0 到 {last}。掩码似乎从 1 开始编号。请按模型的编号从 0 开始给类别编号；255 表示该像素不计。',
  ],
  [
    'The masks in "{path}" cannot be used: no output of the model is a map of classes of the image: {shapes}. Leave the masks out, or give a model that ends in such a map.',
    '“{path}”中的掩码无法使用：模型没有与图像对应的类别图输出：{shapes}。请不要提供掩码，或使用以类别图结尾的模型。',
  ],
  [
    'There is no metric "{name}" to limit the loss of. Known are {names}.',
    '没有名为“{name}”的指标可限制其损失。已知的有 {names}。',
  ],
  [
    'The targets "{name}" of sample {#index} hold NaN or infinity. Leave such samples out, or mend their targets.',
    '样本 {index} 的目标“{name}”含有 NaN 或无穷值。请去掉这些样本，或修正其目标。',
  ],
];
