import type { TextTable } from './text-table.ts';

/** What cannot be exported, and requests that the host refuses. */
export const exportErrors = {
  // Exports
  mlflowNeedsFolder: {
    en: 'MLflow runs need a folder. Name one.',
    zh: 'MLflow 运行需要写入文件夹，请指定一个。',
  },
  mlflowRunThere: {
    en: '"{path}" already holds this run ({entry}). Choose another folder, or remove the run from this one.',
    zh: '“{path}”中已有此运行（{entry}）：请另选文件夹，或先将其删除。',
  },
  noRunsToExport: { en: 'Choose at least one run to export.', zh: '请至少选择一次要导出的运行。' },
  nothingToExport: { en: 'There is nothing to export.', zh: '没有可导出的内容。' },
  noModelToDraw: {
    en: 'Run {run} has no compressed model to draw: it ended before it made one.',
    zh: '运行 {run} 没有生成压缩模型，无法绘制。',
  },
  modelNotOfRun: {
    en: '"{path}" is no longer the model that the run used. Run the experiment again.',
    zh: '“{path}”已不是此运行所用的模型，请重新运行实验。',
  },
  runWithoutModel: {
    en: 'Run {run} has no compressed model to export: it ended before it made one.',
    zh: '运行 {run} 没有生成压缩模型，无法导出。',
  },
  runNotFinished: {
    en: 'Run {run} is still running. There is nothing to export yet.',
    zh: '运行 {run} 仍在进行，还没有可导出的内容。',
  },
  compressedModelGone: {
    en: 'The compressed model "{path}" is gone. Run the experiment again.',
    zh: '压缩模型“{path}”已不存在，请重新运行实验。',
  },
  exportOntoModel: {
    en: '"{path}" is the model itself. Choose another place.',
    zh: '“{path}”就是模型本身，请另选位置。',
  },
  reportOfTooManyRuns: {
    en: 'A report compares at most {#most} runs, not {#count}. Choose fewer, or export each by itself.',
    zh: '一份报告最多对比 {most} 次运行，而选择了 {count} 次：请减少选择，或分别导出。',
  },
  failedRunAlone: {
    en: 'Run {run} failed and measured nothing. By itself it can only be exported as a report (pdf, html, md) or a json file.',
    zh: '运行 {run} 失败，没有测量结果：单独导出时只能生成报告 (pdf, html, md) 或 json 文件。',
  },
  cancelledRunAlone: {
    en: 'Run {run} was cancelled and measured nothing. By itself it can only be exported as a report (pdf, html, md) or a json file.',
    zh: '运行 {run} 已取消，没有测量结果：单独导出时只能生成报告 (pdf, html, md) 或 json 文件。',
  },
  fontsMissing: {
    en: 'The fonts for reports are missing (looked in {folders}). Install Vernier again.',
    zh: '缺少报告所用的字体（已在 {folders} 中查找）。请重新安装 Vernier。',
  },
  svgRotatedEllipses: { en: 'SvgContext draws no rotated ellipses.', zh: 'SvgContext 不绘制旋转的椭圆。' },
  svgSlantedClips: { en: 'SvgContext clips to upright rectangles only.', zh: 'SvgContext 只裁剪为正放的矩形。' },
  svgTextOutlines: { en: 'SvgContext outlines no text.', zh: 'SvgContext 不描边文字。' },
  // Requests
  runStillGoing: { en: 'Run {run} is still running. Cancel it first.', zh: '运行 {run} 仍在进行，请先取消。' },
  requestUnknown: { en: 'There is no request "{name}".', zh: '没有名为“{name}”的请求。' },
  requestParametersWrong: {
    en: '"{name}" was called with wrong parameters: {field}: {reason}.',
    zh: '请求“{name}”的参数有误：{field}：{reason}。',
  },
  foreignPage: { en: 'This request came from a page that is not Vernier.', zh: '此请求来自 Vernier 以外的页面。' },
  noWindowForDialog: { en: 'There is no window to show a dialog in.', zh: '没有可显示对话框的窗口。' },
  hostAnswered: {
    en: 'The host answered {status}. Open the last address it printed.',
    zh: '主机的应答为 {status}。请重新打开启动时显示的地址。',
  },
  overrideUnclear: {
    en: '"{text}" does not name a layer and a precision. Write NAME=SCHEME, /REGEX/=SCHEME or op:TYPE=SCHEME, with one of {schemes}.',
    zh: '“{text}”没有指明层和精度：请写成 NAME=SCHEME、/REGEX/=SCHEME 或 op:TYPE=SCHEME，可选 {schemes}。',
  },
} as const satisfies TextTable;
