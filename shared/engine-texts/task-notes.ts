import type { TextTable } from './text-table.ts';

/** What a model is taken for. */
export const taskNotes = {
  taskClassification: {
    en: 'The model is taken for a classifier: its output "{output}" ranks {#classes} classes. If that is wrong, say what it is for with --task.',
    zh: '该模型被视为分类模型：输出“{output}”给出 {classes} 个类别的得分。如果不对，请用 --task 指定模型的任务。',
  },
  taskYesOrNo: {
    en: 'The one value of the output "{output}" is taken for a yes or no. If that is wrong, say what the model is for with --task.',
    zh: '输出“{output}”的单个值被视为是或否。如果不对，请用 --task 指定模型的任务。',
  },
  taskClassGiven: {
    en: 'The model is taken for a classifier: its output "{output}" is the number of a class. If that is wrong, say what it is for with --task.',
    zh: '该模型被视为分类模型：输出“{output}”是类别编号。如果不对，请用 --task 指定模型的任务。',
  },
  taskClassesGiven: {
    en: 'The output "{output}" is taken for numbers of classes. If that is wrong, say what the model is for with --task.',
    zh: '输出“{output}”被视为类别编号。如果不对，请用 --task 指定模型的任务。',
  },
  taskPixels: {
    en: 'The model is taken for segmentation: its output "{output}" ranks {#classes} classes at each of {#positions} places of an image. If that is wrong, say what it is for with --task.',
    zh: '该模型被视为分割模型：输出“{output}”在图像的 {positions} 个位置各给出 {classes} 个类别的得分。如果不对，请用 --task 指定模型的任务。',
  },
  taskCharacters: {
    en: 'The output "{output}" ranks {#classes} classes at each of {#positions} steps. If these are characters, --characters FILE lists them, and texts are compared; else say what the model is for with --task.',
    zh: '输出“{output}”在 {positions} 步中的每一步给出 {classes} 个类别的得分。如果这些是字符，请用 --characters FILE 列出，便可比较文本；否则请用 --task 指定模型的任务。',
  },
  taskSteps: {
    en: 'The output "{output}" ranks {#classes} classes at each of {#positions} places. If that is wrong, say what the model is for with --task.',
    zh: '输出“{output}”在 {positions} 个位置各给出 {classes} 个类别的得分。如果不对，请用 --task 指定模型的任务。',
  },
  taskTokens: {
    en: 'The output "{output}" ranks {#classes} classes at each token of a text. If that is wrong, say what the model is for with --task.',
    zh: '输出“{output}”对文本的每个词元给出 {classes} 个类别的得分。如果不对，请用 --task 指定模型的任务。',
  },
  taskTags: {
    en: 'The model is taken for one that tags words: its output "{output}" ranks {#classes} tags at each token.',
    zh: '该模型被视为词标注模型：输出“{output}”在每个词元处给出 {classes} 个标签的得分。',
  },
  taskAnswers: {
    en: 'The model is taken for one that answers questions: its outputs "{start}" and "{end}" say where the answer stands in a text. Without "question" and "context" in the data, outputs are compared by their values alone.',
    zh: '该模型被视为问答模型：输出“{start}”和“{end}”给出答案在文本中的位置。若数据没有 "question" 与 "context"，则只按数值比较输出。',
  },
  taskPicture: {
    en: 'The output "{output}" is taken for a picture or a signal like the input: it is compared by its values. --task says if it is something else.',
    zh: '输出“{output}”被视为与输入同类的图像或信号：按数值比较。如果是别的内容，请用 --task 指定。',
  },
  taskLanguage: {
    en: 'The model is taken for a language model: its output "{output}" says which token comes next.',
    zh: '该模型被视为语言模型：输出“{output}”给出下一个词元的得分。',
  },
  taskVectors: {
    en: 'The output "{output}" is taken for an embedding: a vector of {#width} values a sample. If that is wrong, say what the model is for with --task.',
    zh: '输出“{output}”被视为嵌入：每个样本一个 {width} 维向量。如果不对，请用 --task 指定模型的任务。',
  },
  taskTokenVectors: {
    en: 'The output "{output}" is taken for an embedding: the mean of the {#width} values of each token (others: --pooling). If that is wrong, say what the model is for with --task.',
    zh: '输出“{output}”被视为嵌入：各词元 {width} 维向量的均值（其他方式：--pooling）。如果不对，请用 --task 指定模型的任务。',
  },
  taskTokensPooled: {
    en: 'The output "{output}" is taken for an embedding: "{pooling}" pooling of the {#width} values of each token, as {source} says. If that is wrong, say what the model is for with --task.',
    zh: '输出“{output}”被视为嵌入：按 {source}，对各词元 {width} 维向量作“{pooling}”池化。如果不对，请用 --task 指定模型的任务。',
  },
  taskTargets: {
    en: 'The output "{output}" is compared with the targets: {task}.',
    zh: '输出“{output}”与目标比较：{task}。',
  },
  taskUnknown: {
    en: 'No output shows that it ranks classes, finds boxes or is a vector: outputs are compared by their values alone. --task says what the model is for.',
    zh: '没有输出表明其给出类别得分、边界框或向量：只按数值比较输出。可用 --task 指定模型的任务。',
  },
} as const satisfies TextTable;
