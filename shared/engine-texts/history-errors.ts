import type { TextTable } from './text-table.ts';

/** What can be wrong with the history, its backups and its runs. */
export const historyErrors = {
  // The database
  historyDamagedListed: {
    en: '{&problem} `vernier restore` lists its backups.',
    zh: '{problem}`vernier restore` 可列出其备份。',
  },
  historyDamagedOrForeign: {
    en: 'The history database "{path}" is damaged, or is not an SQLite database ({reason}).',
    zh: '历史数据库“{path}”已损坏，或不是 SQLite 数据库（{reason}）。',
  },
  historyTableDamaged: {
    en: 'The history database "{path}" is damaged ({table}: {problem}).',
    zh: '历史数据库“{path}”已损坏（{table}：{problem}）。',
  },
  historyDamagedProblem: {
    en: 'The history database "{path}" is damaged: {problem}.',
    zh: '历史数据库“{path}”已损坏：{problem}。',
  },
  damagedWithoutBackup: {
    en: '{&problem} There is no backup of it. Move it away to start a new history, put a copy in its place with `vernier restore FILE` (for another history than the usual one, add --database "{path}"), or name another history with --database FILE.',
    zh: '{problem}没有可用的备份。可将其移走以开始新的历史，用 `vernier restore FILE` 换成一份副本（若不是默认的历史，请加 --database "{path}"），或用 --database FILE 指定其他历史。',
  },
  damagedWithBackup: {
    one: '{&problem} There is a backup of {when} UTC with {#count} run: `vernier restore latest` brings it back and keeps the damaged file (for another history than the usual one, add --database "{path}").',
    en: '{&problem} There is a backup of {when} UTC with {#count} runs: `vernier restore latest` brings it back and keeps the damaged file (for another history than the usual one, add --database "{path}").',
    zh: '{problem}有一份 {when} UTC 的备份，含 {count} 次运行：`vernier restore latest` 可恢复它，并保留损坏的文件（若不是默认的历史，请加 --database "{path}"）。',
  },
  historyBusy: {
    en: 'The history database "{path}" is being written by another program. Wait for it to finish and try again.',
    zh: '其他程序正在写入历史数据库“{path}”，请等待其完成后重试。',
  },
  historyDiskFull: {
    en: 'The disk is full: the history database "{path}" could not be written. Free some space and try again.',
    zh: '磁盘已满：历史数据库“{path}”无法写入。请腾出空间后重试。',
  },
  historyNotOpened: {
    en: 'The history database "{path}" cannot be opened for writing ({reason}). Check the folder and its permissions, or name another file with --database FILE.',
    zh: '历史数据库“{path}”无法以写入方式打开（{reason}）。请检查文件夹及其权限，或用 --database FILE 指定其他文件。',
  },
  historyNewer: {
    en: 'The history database "{path}" was written by a newer Vernier (schema {#version}, this one knows {#known}). It can be read but not added to: update Vernier, or name another file with --database FILE.',
    zh: '历史数据库“{path}”由更新版本的 Vernier 写入（结构版本 {version}，此版本支持到 {known}），只能读取，不能添加。请更新 Vernier，或用 --database FILE 指定其他文件。',
  },
  historyMoved: {
    en: 'The history database "{path}" was moved or deleted while it was open, and nothing was written. Start Vernier again to use the file that is there now.',
    zh: '历史数据库“{path}”在打开期间被移走或删除，没有写入任何内容。请重新启动 Vernier，以使用现在的文件。',
  },
  historyReplaced: {
    en: 'The history database "{path}" was replaced while it was open, and nothing was written. Start Vernier again to use the file that is there now.',
    zh: '历史数据库“{path}”在打开期间被替换，没有写入任何内容。请重新启动 Vernier，以使用现在的文件。',
  },
  historyReadOnly: {
    en: 'The history database "{path}" cannot be written: it or its folder is read-only. It can be read but not added to; change its permissions, or name another file with --database FILE.',
    zh: '历史数据库“{path}”无法写入：文件或其文件夹是只读的，只能读取，不能添加。请更改权限，或用 --database FILE 指定其他文件。',
  },
  historyOldAndReadOnly: {
    en: 'The history database "{path}" is of an older version (schema {#version}) and must be brought up to date, but it cannot be written. Change its permissions, or copy it to a folder that can be written and name it with --database FILE.',
    zh: '历史数据库“{path}”为旧版本（结构版本 {version}），需要升级但无法写入：请更改权限，或将其复制到可写的文件夹并用 --database FILE 指定。',
  },
  historyOfOtherProgram: {
    en: '"{path}" is an SQLite database of another program, not a Vernier history. Name another file with --database FILE.',
    zh: '“{path}”是其他程序的 SQLite 数据库，不是 Vernier 的历史。请用 --database FILE 指定其他文件。',
  },
  historyRowOrphaned: {
    en: 'A row of "{table}" in "{path}" belongs to no row of "{parent}": the history was changed by another program and cannot be brought up to date.',
    zh: '“{path}”中“{table}”的一行在“{parent}”中没有对应的行：历史被其他程序改动过，无法升级。',
  },
  historyLocked: {
    en: 'Another Vernier is using this history and has locked "{path}". Wait for it to end and try again.',
    zh: '另一个 Vernier 正在处理此历史，并锁定了“{path}”。请等它结束后重试。',
  },
  // Backups
  backupOfDamaged: {
    en: 'The history "{path}" is damaged ({problem}); the copy of it was discarded. Earlier backups are unchanged: `vernier restore` lists them.',
    zh: '历史“{path}”已损坏（{problem}），其副本已丢弃。先前的备份不受影响：`vernier restore` 可列出它们。',
  },
  backupDiskFull: {
    en: 'The disk is full: the backup "{path}" was not written. Free some space and try again.',
    zh: '磁盘已满：备份“{path}”没有写入。请腾出空间后重试。',
  },
  backupNotWritten: {
    en: 'The backup "{path}" cannot be written ({reason}). Check its folder, or name another file.',
    zh: '备份“{path}”无法写入（{reason}）。请检查其文件夹，或指定其他文件。',
  },
  backupOfTodayMissing: { en: 'The history has no backup of today: {&error}', zh: '历史没有今天的备份：{error}' },
  backupMissing: {
    en: 'There is no backup "{path}". `vernier restore` lists all backups.',
    zh: '没有备份“{path}”。`vernier restore` 可列出全部备份。',
  },
  backupUnusable: {
    en: '"{path}" is not a backup that can be restored: {&what}. Choose another one.',
    zh: '“{path}”不是可恢复的备份：{what}。请另选一份。',
  },
  backupNoHistory: { en: 'it is not a Vernier history', zh: '它不是 Vernier 的历史' },
  backupHoldsForeign: {
    en: 'it holds the {what}, which no Vernier history has',
    zh: '其中含有 Vernier 历史没有的 {what}',
  },
  backupLacks: { en: 'it lacks the {what}', zh: '其中缺少 {what}' },
  historyChanged: {
    en: 'The history database "{path}" was changed by another program: {&what}.',
    zh: '历史数据库“{path}”被其他程序改动过：{what}。',
  },
  storedRequestUnknown: {
    en: 'The request of run {run} in "{path}" does not have the form that any version of Vernier writes.',
    zh: '“{path}”中运行 {run} 的请求内容不符合任何版本 Vernier 的格式。',
  },
  backupDamaged: { en: 'it is damaged itself ({problem})', zh: '它本身已损坏（{problem}）' },
  backupNewer: {
    en: '"{path}" was written by a newer Vernier (schema {#version}, this one knows {#known}): update Vernier first.',
    zh: '“{path}”由更新版本的 Vernier 写入（结构版本 {version}，此版本支持到 {known}），请先更新 Vernier。',
  },
  historyInUse: {
    en: 'A run, an import or a backup is in progress in "{path}". Wait for it to end, or stop it, and try again.',
    zh: '“{path}”中有运行、导入或备份正在进行：请等待其结束或停止它，然后重试。',
  },
  // Runs
  runMissing: {
    en: 'Run {run} is not in the history "{path}". `vernier history` lists all runs.',
    zh: '历史“{path}”中没有运行 {run}。`vernier history` 可列出全部运行。',
  },
  runDeletedMeanwhile: {
    en: 'Run {run} is not in the history "{path}": it was deleted in the meantime.',
    zh: '历史“{path}”中没有运行 {run}：它已被删除。',
  },
  runNotComparable: {
    en: 'Run {run} is not in the history "{path}": only runs of the history are kept in a comparison.',
    zh: '历史“{path}”中没有运行 {run}：只有历史中的运行可以保存在对比中。',
  },
  runMissingOrDeleted: {
    en: 'There is no run {run} in "{path}": it may have been deleted.',
    zh: '“{path}”中没有运行 {run}，可能已被删除。',
  },
  runDocumentUnreadable: {
    en: 'The document of run {run} in "{path}" does not have the form this version of Vernier writes ({field}: {reason}).',
    zh: '“{path}”中运行 {run} 的文档与此版本 Vernier 的格式不符（{field}：{reason}）。',
  },
  historyEmpty: {
    en: 'The history "{path}" is empty. Start a run first, or name another history with --database FILE.',
    zh: '历史“{path}”为空。请先开始一次运行，或用 --database FILE 指定其他历史。',
  },
  noRunBegins: {
    en: 'No run in "{path}" begins with "{reference}". `vernier history` lists all runs.',
    zh: '“{path}”中没有以“{reference}”开头的运行。`vernier history` 可列出全部运行。',
  },
  runReferenceTooShort: {
    en: '"{reference}" is too short to name a run. Give at least 4 characters of its id.',
    zh: '“{reference}”太短，不足以指明一次运行：请至少给出编号的 4 个字符。',
  },
  runReferenceAmbiguous: {
    en: '"{reference}" fits more than one run ({first}, {second}, …). Give more characters of the id.',
    zh: '“{reference}”对应多次运行（{first}、{second}……）：请给出编号的更多字符。',
  },
  noDeletedRunBegins: {
    en: 'No deleted run in "{path}" begins with "{reference}". `vernier history --deleted` lists all deleted runs.',
    zh: '“{path}”中没有以“{reference}”开头的已删除运行。`vernier history --deleted` 可列出全部已删除的运行。',
  },
  deletedRunAmbiguous: {
    en: '"{reference}" fits more than one deleted run. Give more characters of its id.',
    zh: '“{reference}”不能唯一指明一次已删除的运行：请给出编号的更多字符。',
  },
  runGoingNotDeleted: {
    en: 'Run {run} is still running. Stop it first, then delete it.',
    zh: '运行 {run} 仍在进行：请先停止，再删除。',
  },
} as const satisfies TextTable;
