import type { Phrase } from './phrase.ts';

/** What can be wrong with the history, its backups, and bundles that are imported into it. */
export const historyErrors: readonly Phrase[] = [
  // The database
  [
    'The history database "{path}" is damaged or is no SQLite database ({reason}). `vernier restore` lists its backups.',
    '历史数据库“{path}”已损坏，或不是 SQLite 数据库（{reason}）。`vernier restore` 可列出其备份。',
  ],
  [
    'The history database "{path}" is damaged or is no SQLite database ({reason}).',
    '历史数据库“{path}”已损坏，或不是 SQLite 数据库（{reason}）。',
  ],
  ['The history database "{path}" is damaged ({problem}).', '历史数据库“{path}”已损坏（{problem}）。'],
  ['The history database "{path}" is damaged: {problem}.', '历史数据库“{path}”已损坏：{problem}。'],
  [
    '{problem} There is no backup of it. Move it away to start a new history, put a copy in its place with `vernier restore FILE` (for another history than the usual one, add --database "{path}"), or name another history with --database FILE.',
    '{problem}没有可用的备份。可将其移走以开始新的历史，用 `vernier restore FILE` 换成一份副本（若不是默认的历史，请加 --database "{path}"），或用 --database FILE 指定其他历史。',
  ],
  [
    '{problem} There is a backup of {when} UTC with {#count} run: `vernier restore latest` brings it back and keeps the damaged file (for another history than the usual one, add --database "{path}").',
    '{problem}有一份 {when} UTC 的备份，含 {count} 次运行：`vernier restore latest` 可恢复它，并保留损坏的文件（若不是默认的历史，请加 --database "{path}"）。',
  ],
  [
    '{problem} There is a backup of {when} UTC with {#count} runs: `vernier restore latest` brings it back and keeps the damaged file (for another history than the usual one, add --database "{path}").',
    '{problem}有一份 {when} UTC 的备份，含 {count} 次运行：`vernier restore latest` 可恢复它，并保留损坏的文件（若不是默认的历史，请加 --database "{path}"）。',
  ],
  [
    'The history database "{path}" is being written by another program. Wait for it to finish and try again.',
    '其他程序正在写入历史数据库“{path}”，请等待其完成后重试。',
  ],
  [
    'The disk is full: the history database "{path}" could not be written. Free some space and try again.',
    '磁盘已满：历史数据库“{path}”无法写入。请腾出空间后重试。',
  ],
  [
    'The history database "{path}" cannot be opened for writing ({reason}). Check the folder and its permissions, or name another file with --database FILE.',
    '历史数据库“{path}”无法以写入方式打开（{reason}）。请检查文件夹及其权限，或用 --database FILE 指定其他文件。',
  ],
  [
    'The history database "{path}" was written by a newer Vernier (schema {#version}, this one knows {#known}). It can be read but not added to: update Vernier, or name another file with --database FILE.',
    '历史数据库“{path}”由更新版本的 Vernier 写入（结构版本 {version}，此版本支持到 {known}），只能读取，不能添加。请更新 Vernier，或用 --database FILE 指定其他文件。',
  ],
  [
    'The history database "{path}" was moved or deleted while it was open, and nothing was written. Start Vernier again to go on with the file that is there now.',
    '历史数据库“{path}”在打开期间被移走或删除，没有写入任何内容。请重新启动 Vernier，以使用现在的文件。',
  ],
  [
    'The history database "{path}" was replaced while it was open, and nothing was written. Start Vernier again to go on with the file that is there now.',
    '历史数据库“{path}”在打开期间被替换，没有写入任何内容。请重新启动 Vernier，以使用现在的文件。',
  ],
  [
    'The history database "{path}" cannot be written: it or its folder is read-only. It can be read but not added to; change its permissions, or name another file with --database FILE.',
    '历史数据库“{path}”无法写入：文件或其文件夹是只读的，只能读取，不能添加。请更改权限，或用 --database FILE 指定其他文件。',
  ],
  [
    'The history database "{path}" is of an older version (schema {#version}) and has to be brought up to date, but it cannot be written: change its permissions, or copy it to a folder that can be written and name it with --database FILE.',
    '历史数据库“{path}”为旧版本（结构版本 {version}），需要升级但无法写入：请更改权限，或将其复制到可写的文件夹并用 --database FILE 指定。',
  ],
  [
    '"{path}" is an SQLite database of another program, not a Vernier history. Name another file with --database FILE.',
    '“{path}”是其他程序的 SQLite 数据库，不是 Vernier 的历史。请用 --database FILE 指定其他文件。',
  ],
  [
    'A row of "{table}" in "{path}" belongs to no row of "{parent}": the history was changed by another program and cannot be brought up to date.',
    '“{path}”中“{table}”的一行在“{parent}”中没有对应的行：历史被其他程序改动过，无法升级。',
  ],
  [
    'Another Vernier is at work on this history and keeps "{path}" locked. Wait for it to end and try again.',
    '另一个 Vernier 正在处理此历史，并锁定了“{path}”。请等它结束后重试。',
  ],

  // Backups
  [
    'The history "{path}" is damaged ({problem}); the copy of it was thrown away. Earlier backups are as they were: `vernier restore` lists them.',
    '历史“{path}”已损坏（{problem}），其副本已丢弃。先前的备份不受影响：`vernier restore` 可列出它们。',
  ],
  [
    'The disk is full: the backup "{path}" was not written. Free some space and try again.',
    '磁盘已满：备份“{path}”没有写入。请腾出空间后重试。',
  ],
  [
    'The backup "{path}" cannot be written ({reason}). Check its folder, or name another file.',
    '备份“{path}”无法写入（{reason}）。请检查其文件夹，或指定其他文件。',
  ],
  ['The history has no backup of today: {error}', '历史没有今天的备份：{error}'],
  [
    'There is no backup "{path}". `vernier restore` lists those there are.',
    '没有备份“{path}”。`vernier restore` 可列出现有的备份。',
  ],
  [
    '"{path}" is no backup that can be restored: {what}. Choose another one.',
    '“{path}”不是可恢复的备份：{what}。请另选一份。',
  ],
  ['it is no Vernier history', '它不是 Vernier 的历史'],
  ['it holds the {what}, which no Vernier history has', '其中含有 Vernier 历史没有的 {what}'],
  ['it lacks the {what}', '其中缺少 {what}'],
  [
    'The history database "{path}" was changed by another program: {what}.',
    '历史数据库“{path}”被其他程序改动过：{what}。',
  ],
  [
    'What was asked for in run {run} of "{path}" does not have the form that any version of Vernier writes.',
    '“{path}”中运行 {run} 的请求内容不符合任何版本 Vernier 的格式。',
  ],
  ['it is damaged itself ({problem})', '它本身已损坏（{problem}）'],
  [
    '"{path}" was written by a newer Vernier (schema {#version}, this one knows {#known}): update Vernier first.',
    '“{path}”由更新版本的 Vernier 写入（结构版本 {version}，此版本支持到 {known}），请先更新 Vernier。',
  ],
  [
    'A run, an import or a backup is going on in "{path}": wait for it to end, or stop it, and try again.',
    '“{path}”中有运行、导入或备份正在进行：请等待其结束或停止它，然后重试。',
  ],

  // Runs
  ['Run {run} is not in the history "{path}".', '历史“{path}”中没有运行 {run}。'],
  ['Run {run} is not in the history "{path}": it was deleted meanwhile.', '历史“{path}”中没有运行 {run}：它已被删除。'],
  [
    'Run {run} is not in the history "{path}": only runs of the history are kept in a comparison.',
    '历史“{path}”中没有运行 {run}：只有历史中的运行可以保存在对比中。',
  ],
  ['There is no run {run} in "{path}": it may have been deleted.', '“{path}”中没有运行 {run}，可能已被删除。'],
  [
    'The document of run {run} in "{path}" does not have the form this version of Vernier writes ({field}: {reason}).',
    '“{path}”中运行 {run} 的文档与此版本 Vernier 的格式不符（{field}：{reason}）。',
  ],
  [
    'The history is empty in "{path}". `vernier history` lists the runs there are.',
    '“{path}”中的历史为空。`vernier history` 可列出现有的运行。',
  ],
  [
    'No run begins with "{reference}" in "{path}". `vernier history` lists the runs there are.',
    '“{path}”中没有以“{reference}”开头的运行。`vernier history` 可列出现有的运行。',
  ],
  [
    '"{reference}" is too short to name a run: give at least 4 characters of its id.',
    '“{reference}”太短，不足以指明一次运行：请至少给出编号的 4 个字符。',
  ],
  [
    '"{reference}" fits more than one run ({first}, {second}, …): give more characters of the id.',
    '“{reference}”对应多次运行（{first}、{second}……）：请给出编号的更多字符。',
  ],
  [
    'No deleted run begins with "{reference}" in "{path}". `vernier history --deleted` lists those there are.',
    '“{path}”中没有以“{reference}”开头的已删除运行。`vernier history --deleted` 可列出现有的。',
  ],
  [
    '"{reference}" does not name one deleted run: give more characters of its id.',
    '“{reference}”不能唯一指明一次已删除的运行：请给出编号的更多字符。',
  ],
  ['Run {run} is still going: stop it first, then delete it.', '运行 {run} 仍在进行：请先停止，再删除。'],

  // Bundles
  ['There is no bundle "{path}".', '没有运行包“{path}”。'],
  [
    '"{path}" is not a bundle Vernier can import: {what}. Nothing was imported. Copy it again, or ask for a new one.',
    '“{path}”不是 Vernier 可以导入的运行包：{what}。没有导入任何内容。请重新复制，或索取新的运行包。',
  ],
  [
    '"{path}" was written by a newer Vernier (bundle format {#version}, this one knows {#known}): update Vernier, then import it.',
    '“{path}”由更新版本的 Vernier 写入（运行包格式 {version}，此版本支持到 {known}）：请更新 Vernier 后再导入。',
  ],
  [
    '"{path}" looks made to do harm and was refused: {what}. Nothing was imported. Ask whoever sent it for a new one.',
    '“{path}”已被拒绝，它看起来是恶意制作的：{what}。没有导入任何内容，请向发送者索取新的运行包。',
  ],
  ['{entry} is compressed in a way Vernier does not write', '{entry} 的压缩方式不是 Vernier 所用的'],
  ['{entry} cannot be unpacked ({reason})', '{entry} 无法解压（{reason}）'],
  ['{entry} is encrypted', '{entry} 已加密'],
  ['{entry} is no JSON', '{entry} 不是 JSON'],
  [
    'it was written by a newer Vernier (bundle format {#version}, this one knows {#known}); update Vernier',
    '它由更新版本的 Vernier 写入（格式版本 {version}，此版本支持到 {known}），请更新 Vernier',
  ],
  ['its manifest is wrong at "{field}" ({reason})', '其清单中“{field}”有误（{reason}）'],
  ['{entry} is no run document ({field}: {reason})', '{entry} 不是运行文档（{field}：{reason}）'],
  ['the manifest puts run {run} elsewhere', '清单把运行 {run} 放在别处'],
  ['the manifest names {entry} twice', '清单中 {entry} 重复'],
  ['the manifest takes a model of run {run} from elsewhere', '清单从别处取运行 {run} 的模型'],
  ['{entry} is missing', '缺少 {entry}'],
  ['{entry} has another size than the manifest says', '{entry} 的大小与清单不符'],
  ['{entry} does not have the hash the manifest says', '{entry} 的哈希与清单不符'],
  ['it is no zip file ({reason})', '它不是 zip 文件（{reason}）'],
  ['it has no manifest.json', '其中没有 manifest.json'],
  ['{entry} is another run than the manifest says', '{entry} 与清单所写的运行不同'],
  ['the file name {name} has no place in it', '文件名 {name} 不应出现在其中'],
  ['{entry} is a symbolic link', '{entry} 是符号链接'],
  ['{entry} is no plain file', '{entry} 不是普通文件'],
  ['{entry} would unpack to {#size} bytes from {#packed}', '{entry} 会从 {packed} 字节解压成 {size} 字节'],
  ['it claims to hold {#count} files', '它声称含有 {count} 个文件'],
  ['the file name {name} occurs twice', '文件名 {name} 重复'],
  ['its files overlap', '其中的文件相互重叠'],
  ['its runs would unpack to more than {#size} bytes', '其中的运行解压后会超过 {size} 字节'],
  ['it holds {entry}, which its manifest does not name', '其中的 {entry} 不在清单内'],
  [
    '"{path}" exists and is another file: move it away and import again.',
    '“{path}”已存在且是另一个文件：请将其移走后重新导入。',
  ],
  ['The bundle has no run {run}.', '运行包中没有运行 {run}。'],
  ['The bundle has no model {name} of run {run}.', '运行包中没有运行 {run} 的模型 {name}。'],
];
