import type { TextTable } from './text-table.ts';

/** What only a command line says: a script that reads its JSON may show it to anybody. */
export const commandErrors = {
  // recipe files
  recipeMissing: {
    en: 'There is no recipe "{name}": neither a preset ({presets}) nor a file.',
    zh: '没有方案“{name}”：既不是预设（{presets}），也不是文件。',
  },
  recipeFileUnreadable: {
    en: 'The recipe file "{path}" cannot be read: {reason}.',
    zh: '无法读取方案文件“{path}”：{reason}。',
  },
  recipeFileNotJson: {
    en: 'The recipe file "{path}" is not JSON: {reason}.',
    zh: '方案文件“{path}”不是 JSON：{reason}。',
  },
  recipeInvalid: { en: 'The recipe "{name}" is not valid: {issues}.', zh: '方案“{name}”无效：{issues}。' },
  optionsNotValid: { en: 'Not valid: {issues}.', zh: '无效：{issues}。' },

  // outputs
  bundledModelGone: {
    en: 'The compressed model of run {run} ("{path}") is gone. Bundle without --with-models.',
    zh: '运行 {run} 的压缩模型（“{path}”）已不存在：请不带 --with-models 打包。',
  },
  bundledModelChanged: {
    en: '"{path}" was changed since run {run} wrote it. Bundle without --with-models.',
    zh: '“{path}”在运行 {run} 写出后被改动过：请不带 --with-models 打包。',
  },
  runNotFinishedToBundle: {
    en: 'Run {run} is still running. Bundle it when it has ended.',
    zh: '运行 {run} 仍在进行，请在结束后打包。',
  },
  bundleExists: {
    en: '"{path}" exists. Give another --out, or --force to replace it.',
    zh: '“{path}”已存在：请用 --out 指定其他文件，或用 --force 替换。',
  },
  noEndedRuns: {
    en: 'The history has no finished runs to bundle. Start one with `vernier compress`.',
    zh: '历史中没有可打包的已结束运行。请用 `vernier compress` 开始一次运行。',
  },
  backupOntoHistory: {
    en: '"{path}" is the history itself. Name another file for the backup.',
    zh: '“{path}”就是历史本身：请为备份另选文件。',
  },
  backupExists: {
    en: '"{path}" exists. Name another file, or add --force to replace it.',
    zh: '“{path}”已存在：请指定其他文件，或加 --force 替换。',
  },
  noAutomaticBackup: {
    en: 'There is no automatic backup of "{path}" that can be restored. Name a file that `vernier backup` wrote.',
    zh: '“{path}”没有可恢复的自动备份：请指定 `vernier backup` 写出的文件。',
  },
  exportIntoFile: {
    en: '"{path}" is a file, but this export writes several. Name a folder with --out.',
    zh: '“{path}”是文件，而此次导出有多个文件：请用 --out 指定文件夹。',
  },
  exportExists: {
    en: '"{path}" exists and is not an unchanged earlier export. Give another --out, or --force to replace it.',
    zh: '“{path}”已存在，且不是先前未改动的导出：请用 --out 指定其他位置，或用 --force 替换。',
  },

  // the browser host
  windowNotBuilt: {
    en: 'The window is not built, because there is no "{path}". Run `npm run build`.',
    zh: '窗口尚未构建：没有“{path}”。请运行 `npm run build`。',
  },
  rootNoFolder: { en: '--root "{path}" is not a folder.', zh: '--root 指定的“{path}”不是文件夹。' },
  portTaken: {
    en: 'Port {#port} cannot be used: another program uses it. Name another one with --port.',
    zh: '端口 {port} 不可用：已被其他程序占用。请用 --port 指定其他端口。',
  },
  portUnusable: {
    en: 'Port {#port} cannot be used: {reason}. Name another one with --port.',
    zh: '端口 {port} 不可用：{reason}。请用 --port 指定其他端口。',
  },

  // runs
  runDocumentMissing: {
    en: 'There is no run document "{path}". Check the path and try again.',
    zh: '没有运行文档“{path}”，请检查路径后重试。',
  },
  runDocumentNotRead: {
    en: '"{path}" cannot be read as a run document: {reason}.',
    zh: '“{path}”无法作为运行文档读取：{reason}。',
  },
  runDocumentWrong: {
    en: '"{path}" is not a run document of this version of Vernier ({field}: {reason}).',
    zh: '“{path}”不是此版本 Vernier 的运行文档（{field}：{reason}）。',
  },
  runNotFinishedToTell: {
    en: 'Run {run} is still running. It has no results yet.',
    zh: '运行 {run} 仍在进行，尚无结果。',
  },
  failedRunMeasuredNothing: {
    en: 'Run {run} failed and measured nothing.',
    zh: '运行 {run} 失败，没有测量结果。',
  },
  cancelledRunMeasuredNothing: {
    en: 'Run {run} was cancelled and measured nothing.',
    zh: '运行 {run} 已取消，没有测量结果。',
  },
  noDeviceThere: {
    en: 'The lab has no device. Start `vernier agent` on one.',
    zh: '实验室中没有在线设备：请在一台设备上运行 `vernier agent`。',
  },
} as const satisfies TextTable;
