import { decisionOf, type Decision } from './decision.ts';
import { decisionWords } from './decision-texts.ts';
import type { TextLanguage } from './engine-texts.ts';
import type { RunDocument } from './run.ts';
import { rankStudy, type StudyMember } from './study.ts';

/** Which of several runs to ship: one rule for window, terminal and reports. */
export interface Winner {
  /** Place of the run; null where none wins. */
  readonly index: number | null;
  readonly reason:
    'otherModels' | 'otherConditions' | 'noneProven' | 'onlyProven' | 'fastest' | 'smallest' | 'closest' | 'alike';
  readonly decisions: readonly Decision[];
}

/** The member that `rankStudy` puts first, if it is proven worth shipping and nothing ties with it. */
export function winnerOf(runs: readonly RunDocument[]): Winner {
  const decisions = runs.map((run) => decisionOf(run).decision);
  const isOneModel = runs.every(({ model }) => model.original.sha256 === runs[0]!.model.original.sha256);
  if (!isOneModel) return { index: null, reason: 'otherModels', decisions };
  // Times of other processors or thread counts prove nothing about each other.
  const conditions = runs.map(({ environment, latency }) => `${environment.cpuModel}|${latency.threads}`);
  if (new Set(conditions).size > 1) return { index: null, reason: 'otherConditions', decisions };
  const members: readonly StudyMember[] = runs.map((run) => ({ name: run.runId, run }));
  const proven = rankStudy(members).filter(({ decided }) => decided.decision === 'ship');
  const [first, second] = proven;
  if (first === undefined) return { index: null, reason: 'noneProven', decisions };
  const index = members.indexOf(first.member);
  if (second === undefined) return { index, reason: 'onlyProven', decisions };
  if (second.place === first.place) return { index: null, reason: 'alike', decisions };
  const lags = proven.map(({ lostBy }) => lostBy);
  const reason = lags.includes('closeness') ? 'closest' : lags.includes('size') ? 'smallest' : 'fastest';
  return { index, reason, decisions };
}

const reasons: Readonly<Record<TextLanguage, Readonly<Record<Winner['reason'], string>>>> = {
  en: {
    otherModels: 'No winner: these are runs of different models.',
    otherConditions: 'No winner: these runs were timed on different processors or with different numbers of threads.',
    noneProven: 'No winner: none of them is proven worth shipping.',
    onlyProven: 'wins: the only one proven worth shipping.',
    fastest: 'wins: proven worth shipping, and measurably the fastest.',
    smallest: 'wins: proven worth shipping; no other is measurably faster, and it is the smallest.',
    closest:
      'wins: proven worth shipping; no other is measurably faster or smaller, and it is the closest to the original.',
    alike: 'No winner: those proven worth shipping are equally good.',
  },
  'zh-CN': {
    otherModels: '没有胜出者：这些运行的模型不同。',
    otherConditions: '没有胜出者：这些运行的处理器或线程数不同。',
    noneProven: '没有胜出者：没有一个被证实值得发布。',
    onlyProven: '胜出：只有它被证实值得发布。',
    fastest: '胜出：被证实值得发布，且速度确定最快。',
    smallest: '胜出：被证实值得发布，没有更快的，且体积最小。',
    closest: '胜出：被证实值得发布，没有更快或更小的，且与原模型最接近。',
    alike: '没有胜出者：值得发布的运行不相上下。',
  },
};

/** "B wins: the only one proven worth shipping. The others: A (not proven), C (do not ship)." */
export function describeWinner(winner: Winner, labels: readonly string[], language: TextLanguage): string {
  const { index, reason, decisions } = winner;
  const said = reasons[language][reason];
  const others = decisions.flatMap((decision, place) =>
    place === index
      ? []
      : [
          language === 'en'
            ? `${labels[place]!} (${decisionWords.en[decision].toLowerCase()})`
            : `${labels[place]!}（${decisionWords[language][decision]}）`,
        ],
  );
  if (language === 'en') {
    // Labels are written as they are: an id of a run begins with a small letter.
    const winner = index === null ? '' : `${labels[index]!} `;
    return `${winner}${said} ${index === null ? '' : 'The others: '}${others.join(', ')}.`;
  }
  return `${index === null ? '' : `${labels[index]!} `}${said}${index === null ? '' : '其余：'}${others.join('，')}。`;
}
