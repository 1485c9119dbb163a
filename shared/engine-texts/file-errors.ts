import type { TextTable } from './text-table.ts';

/** What can be wrong with files and folders. */
export const fileErrors = {
  // Files and folders
  fileMissingCheck: {
    en: 'There is no file "{path}". Check the path and try again.',
    zh: '没有文件“{path}”，请检查路径后重试。',
  },
  fileMissing: { en: 'There is no file "{path}".', zh: '没有文件“{path}”。' },
  fileNotThere: { en: 'There is no file {&file}.', zh: '没有文件：{file}。' },
  someFile: { en: '"a file"', zh: '某个文件' },
  fileUnreadable: {
    en: 'Cannot read "{path}" ({reason}). Check that it is a file you may read and that its disk is healthy.',
    zh: '无法读取“{path}”（{reason}）。请确认有权读取该文件，并且磁盘正常。',
  },
  fileUnreadableShort: { en: '"{path}" cannot be read: {reason}.', zh: '“{path}”无法读取：{reason}。' },
  fileNotOpened: {
    en: '{&file} cannot be opened ({reason}). Check its permissions.',
    zh: '{file}无法打开（{reason}），请检查其权限。',
  },
  diskFull: {
    en: 'The disk is full: "{path}" was not written. Free some space and try again.',
    zh: '磁盘已满：“{path}”没有写入。请腾出空间后重试。',
  },
  diskFullRunAgain: {
    en: 'The disk is full: {&file} could not be written. Free some space and run it again.',
    zh: '磁盘已满：{file}无法写入。请腾出空间后重新运行。',
  },
  fileNotWritten: {
    en: 'Cannot write "{path}" ({reason}). Check that its folder exists and that you may write there.',
    zh: '无法写入“{path}”（{reason}）。请确认其文件夹存在并且有写入权限。',
  },
  fileBecameShorter: {
    en: '"{path}" became shorter while it was read. Try again when nothing writes to it.',
    zh: '“{path}”在读取过程中变短了。请在没有程序写入时重试。',
  },
  outsideAllowedFolders: {
    en: '"{path}" lies outside the folders this server shows ({folders}). Start it with --root FOLDER to add one.',
    zh: '“{path}”不在此服务器开放的文件夹（{folders}）之内。可用 --root FOLDER 启动以添加文件夹。',
  },
  linkToNothing: { en: '"{path}" is a link to something that does not exist.', zh: '“{path}”是指向不存在内容的链接。' },
  pathNotAbsolute: { en: '"{path}" is not an absolute path.', zh: '“{path}”不是绝对路径。' },
  folderMissing: {
    en: 'There is no folder "{path}". Check the path and try again.',
    zh: '没有文件夹“{path}”，请检查路径后重试。',
  },
  folderNotOpened: {
    en: '"{path}" cannot be opened as a folder ({reason}).',
    zh: '“{path}”不能作为文件夹打开（{reason}）。',
  },
  outputIsModel: {
    en: '{&what} names the model itself ("{path}"). Give another file.',
    zh: '{what}就是模型本身（“{path}”），请另选文件。',
  },
  outputIsFolder: {
    en: '{&what} names a folder ("{path}"). Give a file name in it.',
    zh: '{what}是文件夹（“{path}”），请给出其中的文件名。',
  },
  outputExists: {
    en: '"{path}" exists and is not an unchanged result of an earlier run. To continue, {&otherwise}.',
    zh: '“{path}”已存在，且不是先前运行未改动的结果。请{otherwise}。',
  },
  outputCompressed: { en: 'The place for the compressed model', zh: '压缩模型的位置' },
  outputPrepared: { en: 'The place for the prepared model', zh: '折叠后的模型的位置' },
  outputOption: { en: '{option}', zh: '{option} 指定的位置' },
  otherwisePlace: { en: 'choose another place for the compressed model', zh: '为压缩模型另选位置' },
  otherwisePlaceOrNot: {
    en: 'choose another place for the compressed model, or do not keep the prepared one',
    zh: '为压缩模型另选位置，或不保留折叠后的模型',
  },
  otherwiseOut: {
    en: 'give another --out, or --force to replace it',
    zh: '用 --out 指定其他文件，或用 --force 替换',
  },
  otherwiseKeepPrepared: {
    en: 'name another file with --keep-prepared, or --force to replace it',
    zh: '用 --keep-prepared 指定其他文件，或用 --force 替换',
  },
  outsAreSameFile: {
    en: 'The compressed model and the prepared model would be the same file ("{path}"). Give each its own file.',
    zh: '压缩模型和折叠后的模型会写入同一文件（“{path}”），请各用一个文件。',
  },
  recipeNameTaken: {
    en: '"{name}" is the name of a preset. Choose another name.',
    zh: '“{name}”是预设的名称，请另取名称。',
  },
} as const satisfies TextTable;
