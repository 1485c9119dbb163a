import type { TextTable } from './text-table.ts';

/** What is said of a search: what came of its limits, and what was cut short. */
export const searchNotes = {
  goalWithin: {
    en: 'Within {limit}: {size} at {closeness}, on the samples that candidates are compared on; without the limit {sizeBefore} at {closenessBefore}.',
    zh: '限制 {limit} 以内：在用于比较候选方案的样本上，体积 {size}，{closeness}；不设限制时体积 {sizeBefore}，{closenessBefore}。',
  },
  goalWithinMissed: {
    en: 'Within {limit} is out of reach. The closest model found takes {size} at {closeness}, on the samples that candidates are compared on; the search began at {closenessBefore}.',
    zh: '达不到 {limit} 以内的限制：在用于比较候选方案的样本上，找到的最接近的模型体积 {size}，{closeness}；搜索起点为{closenessBefore}。',
  },
  goalWithinPoints: {
    en: 'Within {limit}: {size}, with an average loss of {#points} points of right answers on the samples that candidates are compared on; without the limit {sizeBefore} and {#pointsBefore} points.',
    zh: '限制 {limit} 以内：体积 {size}，在用于比较候选方案的样本上平均损失 {points} 个百分点的答案；不设限制时体积 {sizeBefore}，损失 {pointsBefore} 个百分点。',
  },
  goalWithinPointsMissed: {
    en: 'Within {limit} is out of reach. The closest model found takes {size} and loses {#points} points of right answers on average, on the samples that candidates are compared on; the search began at {#pointsBefore} points.',
    zh: '达不到 {limit} 以内的限制：找到的最接近的模型体积 {size}，在用于比较候选方案的样本上平均损失 {points} 个百分点的答案；搜索起点损失 {pointsBefore} 个百分点。',
  },
  goalSize: {
    en: 'Under {limit}: {size} at {closeness}, on the samples that candidates are compared on; without the limit {sizeBefore} at {closenessBefore}.',
    zh: '不超过 {limit}：在用于比较候选方案的样本上，体积 {size}，{closeness}；不设限制时体积 {sizeBefore}，{closenessBefore}。',
  },
  goalSizeMissed: {
    en: '{limit} is out of reach. The smallest model that keeps {least} takes {size} at {closeness}. Allow more room with --max-size, or more loss with --within.',
    zh: '达不到 {limit}：保持 {least} 的最小模型体积 {size}，{closeness}。请用 --max-size 放宽体积，或用 --within 放宽损失。',
  },
  goalNotLooked: {
    en: 'The search stopped before it reached the limits of the goal ({limits}), so nothing was done about them.',
    zh: '搜索在处理目标限制（{limits}）之前已停止，未为其做任何调整。',
  },
  goalNoClasses: {
    en: 'Vernier cannot say what is within {limit}: no output ranks classes, so there are no answers to count. Give the limit in dB, such as --within 1dB.',
    zh: '无法判断 {limit} 以内的限制：没有输出给出类别排序，因此没有可计数的答案。请以 dB 给出限制，例如 --within 1dB。',
  },
  goalNeedsDirection: {
    en: 'Within {limit} changed nothing. Use it with --goal size for the smallest such model, or --goal speed for the fastest.',
    zh: '{limit} 以内的限制未产生作用：配合 --goal size 寻找最小的模型，配合 --goal speed 寻找最快的模型。',
  },
  calibrationStopped: {
    en: 'Calibration stopped after {#done} of {#most} samples: ranges come from those it saw.',
    zh: '校准在 {most} 个样本中用了 {done} 个后停止：范围取自这些样本。',
  },
  effectsStopped: {
    en: 'Time ran out after Vernier had measured what {#done} layers cost the output, on {#samples} samples.',
    zh: '时间用尽时，已测量 {done} 层对输出的影响，共 {samples} 个样本。',
  },
  searchStopped: {
    en: 'The search stopped after {#done} of at most {#most} candidates and took the best so far. With more time it might find a better one.',
    zh: '搜索在最多 {most} 个候选中试过 {done} 个后停止：采用了当时最好的结果，更多时间或许能找到更好的。',
  },
  searchLate: {
    en: 'When time ran out no model was ready, so the first one was finished, which took {#seconds} s more.',
    zh: '时间用尽时还没有可用的模型：先完成了第一个模型，多用了 {seconds} 秒。',
  },
} as const satisfies TextTable;
