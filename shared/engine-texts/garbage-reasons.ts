import type { Phrase } from './phrase.ts';

/** Why something can be removed for good, and why it was kept all the same. */
export const garbageReasons: readonly Phrase[] = [
  ['deleted on {date}', '删除于 {date}'],
  ['left by an import that was interrupted', '被中断的导入留下'],
  ['left by a backup that was interrupted', '被中断的备份留下'],
  [
    'of a deleted run, not removed because that was interrupted or not allowed',
    '属于已删除的运行，因中断或权限不足未移除',
  ],
  ['left by run {run}, which failed', '失败的运行 {run} 留下'],
  ['left by run {run}, which was cancelled', '取消的运行 {run} 留下'],
  ['written by run {run}, which ended before it was recorded', '由运行 {run} 写入，该运行在记录之前已结束'],
  ['of a run that is not in the history', '所属运行不在历史中'],
  ['temporary files of an engine that is gone', '已不存在的引擎的临时文件'],
  ['another run uses it', '另一次运行仍在使用'],
  ['it was changed since Vernier wrote it', 'Vernier 写入之后被改动过'],
  ['it could not be removed', '无法移除'],
  ['it bears no mark of Vernier', '文件中没有 Vernier 的标记'],
  ['left by a backup, a bundle or an export that was interrupted', '被中断的备份、打包或导出留下'],
];
