import type { TextLanguage } from './engine-texts.ts';
import type { TargetKind } from './target-kinds.ts';

/** What is missing where outputs are only compared with the original's, in words: the same in window, terminal and reports. */

export interface TargetWords {
  /** What is missing: "right boxes". */
  readonly name: string;
  /** What to do about it, as a sentence. */
  readonly add: string;
  /** What to do before shipping, without how, and without an end. */
  readonly check: string;
}

type Words = Readonly<Record<TargetKind, readonly [name: string, add: string, check: string]>>;

const english: Words = {
  labels: [
    'labels',
    'Add labels: a labels.csv beside the samples, a folder per class, or --labels FILE.',
    'Check it on labelled data before shipping',
  ],
  boxes: [
    'right boxes',
    'Add the right boxes: --annotations takes COCO, YOLO and Pascal VOC files.',
    'Check it with right boxes before shipping',
  ],
  masks: [
    'masks',
    'Add masks: a PNG of the same name for each image, with --annotations FOLDER.',
    'Check it with masks before shipping',
  ],
  places: [
    'right classes',
    'Add the right class of each place: whole numbers in an array "target" of the samples.',
    'Check it with the right classes before shipping',
  ],
  characters: [
    'right texts',
    'If these are characters, list them with --characters FILE, and give the right texts with --texts FILE.',
    'Check it with right texts before shipping',
  ],
  texts: [
    'right texts',
    'Add the right texts, one per line: --texts FILE.',
    'Check it with right texts before shipping',
  ],
  tags: [
    'tags of words',
    'Add the tags of the words: "tokens" and "ner_tags" in .jsonl, or a CoNLL file. If each token has another meaning, say so with --task.',
    'Check it with tagged words before shipping',
  ],
  answers: [
    'right answers',
    'Add the right answers: "question", "context" and "answers" in .jsonl.',
    'Check it with right answers before shipping',
  ],
  pairs: [
    'pairs with scores',
    'Add pairs of texts with scores (sentence1, sentence2, score), or labels of what belongs together.',
    'Check it with scored pairs before shipping',
  ],
  groups: [
    'labels of what belongs together',
    'Add labels of what belongs together: --task embedding --labels FILE.',
    'Check it with labels of what belongs together before shipping',
  ],
  pictures: [
    'right outputs',
    'Add what the output should be: an array "target" beside the samples in an .npz, of the size of the output.',
    'Check it against the right outputs before shipping',
  ],
  values: [
    'right values',
    'Add the right values: an array "target" of the samples, of the size of an output (or named by --target).',
    'Check it against the right values before shipping',
  ],
};

const chinese: Words = {
  labels: ['标签', '请提供标签：样本旁的 labels.csv、每类一个文件夹，或 --labels FILE。', '发布前请用有标签的数据检查'],
  boxes: [
    '正确的边界框',
    '请用 --annotations 提供正确的边界框（COCO、YOLO 或 Pascal VOC 文件）。',
    '发布前请用正确的边界框检查',
  ],
  masks: ['掩码', '请用 --annotations FOLDER 提供掩码：每幅图像一个同名 PNG。', '发布前请用掩码检查'],
  places: ['正确的类别', '请提供每个位置的正确类别：样本中的整数数组 "target"。', '发布前请用正确的类别检查'],
  characters: [
    '正确的文本',
    '如果这些是字符，请用 --characters FILE 列出，并用 --texts FILE 提供正确的文本。',
    '发布前请用正确的文本检查',
  ],
  texts: ['正确的文本', '请用 --texts FILE 提供正确的文本，每行一个。', '发布前请用正确的文本检查'],
  tags: [
    '词的标签',
    '请提供词的标签：.jsonl 中的 "tokens" 与 "ner_tags"，或 CoNLL 文件。如果词元的得分另有含义，请用 --task 指定。',
    '发布前请用带标签的词检查',
  ],
  answers: ['正确答案', '请提供正确答案：.jsonl 中的 "question"、"context" 与 "answers"。', '发布前请用正确答案检查'],
  pairs: [
    '带评分的文本对',
    '请提供带评分的文本对（sentence1、sentence2、score），或同组样本的标签。',
    '发布前请用带评分的文本对检查',
  ],
  groups: ['分组标签', '请提供同组样本的标签：--task embedding --labels FILE。', '发布前请用分组标签检查'],
  pictures: [
    '正确的输出',
    '请提供正确的输出：.npz 中与样本一起的数组 "target"，大小与输出相同。',
    '发布前请与正确的输出比较',
  ],
  values: [
    '正确的值',
    '请提供正确的值：样本中的数组 "target"，大小与输出相同（或用 --target 指定）。',
    '发布前请与正确的值比较',
  ],
};

export function targetWords(kind: TargetKind, language: TextLanguage): TargetWords {
  const [name, add, check] = (language === 'en' ? english : chinese)[kind];
  return { name, add, check };
}

/** "no right boxes". */
export function withoutTargets(kind: TargetKind, language: TextLanguage): string {
  const { name } = targetWords(kind, language);
  return language === 'en' ? `no ${name}` : `无${name}`;
}

/** As the name of a fact: "Right boxes". */
export function targetTitle(kind: TargetKind, language: TextLanguage): string {
  const { name } = targetWords(kind, language);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
