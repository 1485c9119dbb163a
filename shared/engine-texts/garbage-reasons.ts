import type { TextTable } from './text-table.ts';

/** Why something can be removed for good, and why it was kept all the same. */
export const garbageReasons = {
  garbageDeleted: { en: 'deleted on {date}', zh: '删除于 {date}' },
  garbageOfImport: { en: 'left by an import that was interrupted', zh: '被中断的导入留下' },
  garbageOfBackup: { en: 'left by a backup that was interrupted', zh: '被中断的备份留下' },
  garbageOfExport: {
    en: 'left by a backup, a bundle or an export that was interrupted',
    zh: '被中断的备份、打包或导出留下',
  },
  garbageOfDeletion: {
    en: 'of a deleted run, not removed because that was interrupted or not allowed',
    zh: '属于已删除的运行，因中断或权限不足未移除',
  },
  garbageOfFailed: { en: 'left by run {run}, which failed', zh: '失败的运行 {run} 留下' },
  garbageOfCancelled: { en: 'left by run {run}, which was cancelled', zh: '取消的运行 {run} 留下' },
  garbageOfUnrecorded: {
    en: 'written by run {run}, which ended before it was recorded',
    zh: '由运行 {run} 写入，该运行在记录之前已结束',
  },
  garbageOfNoRun: { en: 'of a run that is not in the history', zh: '所属运行不在历史中' },
  garbageOfEngine: { en: 'temporary files of an engine that is gone', zh: '已不存在的引擎的临时文件' },
  keptUsed: { en: 'another run uses it', zh: '另一次运行仍在使用' },
  keptChanged: { en: 'it was changed since Vernier wrote it', zh: 'Vernier 写入之后被改动过' },
  keptFailed: { en: 'it could not be removed', zh: '无法移除' },
  keptForeign: { en: 'it bears no mark of Vernier', zh: '文件中没有 Vernier 的标记' },
} as const satisfies TextTable;
