import type { TextTable } from './text-table.ts';

/** What is said of texts and their tokens. */
export const textNotes = {
  poolingNotKnown: {
    en: '"{file}" makes the vector of a text in a way that is not supported ({modes}): the mean over its tokens is taken. Name another with --pooling.',
    zh: '“{file}”指定的池化方式（{modes}）不受支持：取其词元向量的均值。可用 --pooling 指定其他方式。',
  },
  emptyTextsLeftOut: {
    one: '{#count} sample without a text is left out, in line {#line}.',
    en: '{#count} samples without a text are left out, the first in line {#line}.',
    zh: '没有文本的样本已略去：{count} 个，首个在第 {line} 行。',
  },
  textFolder: {
    en: 'The texts come from {#count} files in "{folder}", in order of file name.',
    zh: '文本取自“{folder}”中的 {count} 个文件，按文件名排序。',
  },
  taggedWords: {
    en: 'The words of "{file}" have tags. The first token of a word decides its tag.',
    zh: '“{file}”中的词带有标签。词的标签由其第一个词元决定。',
  },
  wordsCutOff: {
    one: '{#count} word is not compared: it was cut off at the end of a long text, or has no token.',
    en: '{#count} words are not compared: they were cut off at the end of a long text, or have no token.',
    zh: '随长文本末尾被截断或没有词元的词不参与比较：{count} 个。',
  },
  answersRead: {
    en: 'The outputs "{start}" and "{end}" mark the answer to a question in its text. Texts that are too long are cut, not read in pieces.',
    zh: '输出“{start}”和“{end}”给出答案在文本中的位置；过长的文本会被截断，不分段读取。',
  },
  answersMayBeNone: {
    en: '{#count} questions have no answer: none is given where the first token scores higher than any piece of the text.',
    zh: '{count} 个问题没有答案：若首个词元的得分高于文本的任何片段，则视为没有答案。',
  },
  textColumn: { en: 'The texts come from "{text}" in "{file}".', zh: '文本取自“{file}”的“{text}”。' },
  textAndLabelColumns: {
    en: 'The texts come from "{text}" in "{file}", the labels from "{label}".',
    zh: '文本取自“{file}”的“{text}”，标签取自“{label}”。',
  },
  pairColumns: {
    en: 'Each sample is a pair of texts from "{file}": "{text}" and "{pair}".',
    zh: '每个样本是“{file}”中的两段文本：“{text}”和“{pair}”。',
  },
  pairAndLabelColumns: {
    en: 'Each sample is a pair of texts from "{file}", "{text}" and "{pair}"; the labels come from "{label}".',
    zh: '每个样本是“{file}”中的两段文本“{text}”和“{pair}”；标签取自“{label}”。',
  },
  scoresOfPairs: {
    en: 'Each text of "{file}" is a sample; the scores of {#count} pairs say how alike their vectors should be.',
    zh: '“{file}”中的每段文本是一个样本；{count} 对文本的评分表示其向量应有的相似程度。',
  },
  scoresAreTargets: {
    en: 'The scores in "{file}" are the targets that both models are compared with.',
    zh: '“{file}”中的评分是输出的目标值：两个模型都与之比较。',
  },
  textLabelsByName: {
    en: 'The labels are names, numbered in the order of "{file}".',
    zh: '标签是名称，按“{file}”编号。',
  },
  textsCut: {
    one: '{#count} text of {#most} tokens or more is cut to that length.',
    en: '{#count} texts of {#most} tokens or more are cut to that length.',
    zh: '{most} 个词元及以上的文本截断为此长度：{count} 段。',
  },
  textsWithoutTokens: {
    one: '{#count} text of fewer than {#fewest} tokens is left out.',
    en: '{#count} texts of fewer than {#fewest} tokens are left out.',
    zh: '不足 {fewest} 个词元的文本已略去：{count} 段。',
  },
  documentCut: {
    en: 'The text of {#tokens} tokens is cut into {#blocks} consecutive samples of {#length} tokens.',
    zh: '文本共 {tokens} 个词元，依次切成 {blocks} 个样本，每个 {length} 个词元。',
  },
  documentLeftOut: {
    en: 'The text is too long to measure whole: its first {#tokens} tokens are used.',
    zh: '文本过长，只使用开头的 {tokens} 个词元。',
  },
  tokensFed: {
    en: 'Texts are fed to "{input}" as tokens of "{file}", each at its own length: {#shortest} to {#longest}, median {#middle}.',
    zh: '文本按“{file}”分词后送入“{input}”，长度各异：{shortest} 到 {longest} 个词元，半数不超过 {middle} 个。',
  },
  tokensFilledUp: {
    en: 'Texts are fed to "{input}" as tokens of "{file}", padded to the {#length} the model takes: {#shortest} to {#longest} of their own, median {#middle}.',
    zh: '文本按“{file}”分词后送入“{input}”，补齐到模型要求的 {length} 个词元：自身 {shortest} 到 {longest} 个，半数不超过 {middle} 个。',
  },
} as const satisfies TextTable;
