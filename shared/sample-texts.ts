import type { TextLanguage } from './engine-texts.ts';
import type { SampleEvidence, SampleOutcome } from './sample-evidence.ts';
import { formatCount } from './units.ts';

/** Samples that are answered otherwise, in words: the same in window, terminal and reports. */

interface SampleWords {
  readonly title: string;
  readonly sample: string;
  readonly outcome: string;
  readonly expected: string;
  readonly before: string;
  readonly after: string;
  readonly margin: string;
  readonly given: string;
  readonly answered: string;
  readonly className: string;
  readonly count: string;
  readonly rightBefore: string;
  readonly rightAfter: string;
  readonly perClass: string;
  readonly confusions: string;
  readonly change: string;
  readonly none: string;
  readonly notKept: string;
  readonly outcomes: Readonly<Record<SampleOutcome, string>>;
  readonly all: string;
}

export const sampleWords: Readonly<Record<TextLanguage, SampleWords>> = {
  en: {
    title: 'Samples',
    sample: 'Sample',
    outcome: 'Outcome',
    expected: 'Expected',
    before: 'Before',
    after: 'After',
    margin: 'Margin',
    given: 'Answered instead',
    answered: 'Answered',
    className: 'Class',
    count: 'Samples',
    rightBefore: 'Right before',
    rightAfter: 'Right after',
    perClass: 'Classes that changed',
    confusions: 'Confusions that changed',
    change: 'Change',
    none: 'Both models give the same answer for every sample.',
    notKept: 'This run kept no samples. Run it again to see which answers changed.',
    outcomes: { lost: 'lost', changed: 'changed', gained: 'gained', bothWrong: 'both wrong', far: 'worst outputs' },
    all: 'all',
  },
  'zh-CN': {
    title: '样本',
    sample: '样本',
    outcome: '结果',
    expected: '正确答案',
    before: '压缩前',
    after: '压缩后',
    margin: '分差',
    given: '误判为',
    answered: '模型结果',
    className: '类别',
    count: '样本数',
    rightBefore: '压缩前正确',
    rightAfter: '压缩后正确',
    perClass: '有变化的类别',
    confusions: '有变化的误判',
    change: '变化',
    none: '两个模型对每个样本给出相同的结果。',
    notKept: '此次运行没有保留样本。重新运行后可查看哪些结果发生变化。',
    outcomes: { lost: '由对变错', changed: '结果改变', gained: '由错变对', bothWrong: '前后均错', far: '输出差异最大' },
    all: '全部',
  },
};

/** "22 lost, 5 gained, 40 both wrong": what there is of each, of all evaluation samples. */
export function countOutcomes({ counts, rows }: SampleEvidence, language: TextLanguage): string {
  const { outcomes, none } = sampleWords[language];
  const kept = (['lost', 'changed', 'gained', 'bothWrong'] as const).filter((outcome) => counts[outcome] > 0);
  const named = kept.map((outcome) =>
    language === 'en'
      ? `${formatCount(counts[outcome])} ${outcomes[outcome]}`
      : `${outcomes[outcome]} ${formatCount(counts[outcome])} 个`,
  );
  if (named.length > 0) return named.join(language === 'en' ? ', ' : '，');
  return rows.length === 0 ? none : outcomes.far;
}
