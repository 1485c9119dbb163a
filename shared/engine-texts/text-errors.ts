import type { TextTable } from './text-table.ts';

/** What can be wrong with texts, their tokens and the labels beside them. */
export const textErrors = {
  jsonWithoutRows: {
    en: '"{path}" holds no texts: it should be a list of objects with texts, or questions as SQuAD nests them ("data", "paragraphs", "qas"). Give .jsonl with an object a line otherwise.',
    zh: '“{path}”中没有文本：应为带文本的对象列表，或按 SQuAD 嵌套的问题（"data"、"paragraphs"、"qas"）。否则请提供每行一个对象的 .jsonl。',
  },
  noJsonObject: {
    en: '"{path}" is not a JSON object, or was cut short. Copy it again from where the model comes from.',
    zh: '“{path}”不是 JSON 对象，或内容不完整。请从模型来源处重新复制。',
  },
  tokenizerNotFound: {
    en: '"{path}" does not exist. Name the tokenizer.json of the model with --tokenizer.',
    zh: '“{path}”不存在。请用 --tokenizer 指定模型的 tokenizer.json。',
  },
  tokenizerMissing: {
    en: 'The data is text, but there is no tokenizer.json in "{folder}" or the folder above it. Put the tokenizer.json of the model there, or name it with --tokenizer.',
    zh: '数据是文本，但“{folder}”及其上一级文件夹中没有 tokenizer.json。请将模型的 tokenizer.json 放在那里，或用 --tokenizer 指定。',
  },
  tokenizerUnusable: {
    en: 'The tokenizer "{path}" cannot be used: {why}. Save it again with a current version of transformers (save_pretrained).',
    zh: '分词器“{path}”无法使用：{why}。请用较新版本的 transformers 重新保存 (save_pretrained)。',
  },
  tokenUnknown: {
    en: 'The tokenizer "{path}" has no id for "{token}" and no token for unknown text. Use the tokenizer that belongs to the model.',
    zh: '分词器“{path}”中没有“{token}”的编号，也没有表示未知的词元。请使用与模型配套的分词器。',
  },
  noTokenInput: {
    en: 'The data is text, but no input of the model takes token ids (whole numbers [batch, tokens]). Its inputs: {inputs}. Give a folder of images, or arrays named after the inputs (.npz).',
    zh: '数据是文本，但模型没有接收词元编号（整数 [batch, tokens]）的输入。其输入为：{inputs}。请提供图像文件夹，或以输入命名的数组 (.npz)。',
  },
  inputNotOfTexts: {
    en: 'Text does not say what to feed to the input {input} of the model. Prepare all inputs in Python and give them as arrays named after them (.npz).',
    zh: '文本无法给出模型输入 {input} 的内容。请在 Python 中准备好全部输入，并以输入命名的数组 (.npz) 提供。',
  },
  onlyOneToken: {
    en: 'The model takes {#length} token at a time, so texts cannot be predicted in one run. Export it with an open sequence length.',
    zh: '模型每次只接收 {length} 个词元，无法一次预测整段文本。请以可变的序列长度导出。',
  },
  textLineMalformed: {
    en: '"{path}", line {#line}: {&what}. Correct it and try again.',
    zh: '“{path}”第 {line} 行：{what}。请更正后重试。',
  },
  textFolderMixed: {
    en: 'The folder "{folder}" holds texts of several kinds ("{first}", "{other}"). Give one of the files, or a folder of one kind.',
    zh: '文件夹“{folder}”中有多种文本文件（“{first}”“{other}”）：请给出所需的文件，或只含一种文件的文件夹。',
  },
  textTooLong: {
    en: 'its text has more than {#most} characters; cut it into samples',
    zh: '文本超过 {most} 个字符；请切分为多个样本',
  },
  lineNoJson: { en: 'it is not a JSON object with a text', zh: '不是含有文本的 JSON 对象' },
  fieldNoWords: { en: '"{field}" holds no list of words', zh: '“{field}”不是词的列表' },
  tagsNotOfWords: {
    en: '"{field}" does not hold one tag for each of the {#count} words',
    zh: '“{field}”没有为 {count} 个词各给出一个标签',
  },
  wordWithoutTag: { en: 'it has a word without a tag', zh: '有一个词没有标签' },
  answersNoTexts: { en: '"{field}" holds no answers (texts)', zh: '“{field}”不是答案（文本）' },
  tagBeyondClasses: {
    en: 'The output "{output}" ranks tags 0 to {last}, but the data has tag {tag}. Give data of the tags that the model was trained for, in its order.',
    zh: '输出“{output}”对标签 0 到 {last} 评分，而数据中有标签 {tag}。请提供与模型训练时标签及顺序一致的数据。',
  },
  noTagOutput: {
    en: 'The data has a tag for each word, but no output of the model ranks tags at each token: {shapes}. Give data for what the model is for.',
    zh: '数据给出了每个词的标签，但模型没有按词元给出标签得分的输出：{shapes}。请提供与模型任务相符的数据。',
  },
  fieldNoText: { en: '"{field}" holds no text', zh: '“{field}”不是文本' },
  noCsv: { en: 'it is not well-formed CSV ({why})', zh: '不是格式正确的 CSV ({why})' },
  rowTooShort: {
    en: 'it has {#cells} cells, but there are {#columns} columns',
    zh: '只有 {cells} 个单元格，而表有 {columns} 列',
  },
  tooManyTextLines: {
    en: '"{path}" has more than {#most} lines. Give a representative part of it.',
    zh: '“{path}”超过 {most} 行。请提供其中有代表性的一部分。',
  },
  noTextInFile: {
    en: '"{path}" holds no text. Give a file with texts.',
    zh: '“{path}”中没有文本。请提供含有文本的文件。',
  },
  noTextColumn: {
    en: 'None of the columns of "{path}" has a usual name for texts (text, sentence, content, review, question). It has {columns}. Name the column of texts "text".',
    zh: '“{path}”的列中没有文本列常用的名称（text、sentence、content、review、question）：它有 {columns}。请将文本所在列命名为 text。',
  },
  textLabelMalformed: {
    en: 'Labels in "{path}", line {#line}: {&what}. Correct the labels and try again.',
    zh: '“{path}”第 {line} 行的标签：{what}。请更正标签后重试。',
  },
  labelMissing: { en: 'the label is missing', zh: '缺少标签' },
  scoreNoNumber: { en: '"{score}" is not a number', zh: '“{score}”不是数字' },
  textLabelNoIndex: {
    en: '{label} is not a class index; class indices are whole numbers from 0',
    zh: '{label} 不是类别索引；类别索引是从 0 开始的整数',
  },
  labelNameUnknown: {
    en: 'nothing says which class of the model "{label}" is; put its config.json (with id2label) beside the model, or list the classes with --classes',
    zh: '无从得知“{label}”是模型的哪个类别；请将模型的 config.json（含 id2label）放在模型旁，或用 --classes 列出类别',
  },
  labelNotAmong: {
    en: '"{label}" is not one of the classes in "{file}": {classes}',
    zh: '“{label}”不在“{file}”列出的类别之中：{classes}',
  },
  noTokensInTexts: {
    en: 'None of the texts has enough tokens for the model. Give longer ones.',
    zh: '没有一段文本的词元数满足模型的需要。请提供更长的文本。',
  },
  documentTooShort: {
    en: 'The text has {#tokens} tokens, too few to predict one from another. Give a longer one.',
    zh: '文本只有 {tokens} 个词元，无法由前文预测后文。请提供更长的文本。',
  },
  tokenOutsideEmbedding: {
    en: 'Token {#id} ("{token}") of "{file}" is outside the embedding of the model, which has rows 0 to {#last}. Use the tokenizer that belongs to the model.',
    zh: '“{file}”的词元 {id}（“{token}”）超出模型的嵌入表，其行号为 0 到 {last}。请使用与模型配套的分词器。',
  },
} as const satisfies TextTable;
