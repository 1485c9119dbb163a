import type { Phrase } from './phrase.ts';

/** What can keep a run, an export or a request from being done: processes, memory, disks, files, folders. */
export const runErrors: readonly Phrase[] = [
  ['Internal error: {message}', '内部错误：{message}'],
  ['Unexpected value {value}.', '意外的值 {value}。'],
  [
    'The clock of this machine says {now} UTC, but the history holds a run of {last} UTC: it was set back, or was ahead then. This run is recorded all the same; `latest` means it, but in lists by time it stands below the other.',
    '本机时钟为 {now} UTC，而历史中有 {last} UTC 的运行：时钟被调回过，或当时超前。此运行照常记录，`latest` 指的是它，但按时间排列时位于另一次之下。',
  ],
  ['A decoded test image has wrong colours ({pixels}).', '解码的测试图像颜色有误（{pixels}）。'],

  [
    '"{path}" is a device or a pipe, and nothing else may take its place. Name a file.',
    '“{path}”是设备或管道，不能被其他内容取代，请指定一个文件。',
  ],

  [
    '"{node}" selects by values that int8 changes, and there is no tensor before it to compare both models at. Cut the model before it.',
    '“{node}”按 int8 会改变的值进行筛选，而在它之前没有可供比较两个模型的张量。请在它之前截断模型。',
  ],
  [
    'The labels in "{path}" cannot be used: what this model gives was selected by "{node}" and ranks no classes. Leave them out and evaluate the detections themselves, or cut the model before "{same}".',
    '无法使用“{path}”中的标签：此模型的输出由“{node}”筛选得出，不是类别排序。请不要提供标签并直接评估检测结果，或在“{node}”之前截断模型。',
  ],
  [
    'Both models give empty outputs for all {#count} evaluation samples, so there is nothing to compare. Give data in which the model finds something, or cut it before the selection (NonMaxSuppression, NonZero).',
    '两个模型对全部 {count} 个评估样本的输出均为空，无从比较。请提供模型能检出目标的数据，或在筛选（NonMaxSuppression、NonZero）之前截断模型。',
  ],

  // Files that change
  [
    '"{path}" changed while it was measured: the figures would belong to neither file, so nothing was written. Run again when nothing writes to it.',
    '“{path}”在测量期间发生了变化：测得的数字不属于其中任何一个文件，因此没有写入结果。请在没有程序写入该文件时重新运行。',
  ],
  [
    'An input changed while it was measured, so nothing was written. {error}',
    '输入在测量期间发生了变化，因此没有写入结果。{error}',
  ],
  [
    'Writing "{output}" would replace "{path}", which the model is made of: give another output file.',
    '写入“{output}”会替换“{path}”，而后者是模型的一部分：请指定其他输出文件。',
  ],

  // Processes and memory
  [
    'The engine needed more memory ({needed} MB) than its limit of {limit} MB. Raise the limit with --memory-limit or in the settings, or use a smaller model, or fewer or smaller samples.',
    '引擎需要的内存 ({needed} MB) 超过上限 {limit} MB。请用 --memory-limit 或在设置中提高上限，或换用更小的模型，或使用更少、更小的样本。',
  ],
  [
    'This took longer than its limit of {#seconds} s and was stopped: the model may be very large, or may never end. Give it more time with --time-limit or in the settings.',
    '用时超过上限 {seconds} 秒，已停止：模型可能非常大，或永远不会结束。请用 --time-limit 或在设置中延长时限。',
  ],
  [
    'The engine ran out of memory. Close other programs, or use fewer or smaller samples.',
    '引擎内存不足。请关闭其他程序，或使用更少、更小的样本。',
  ],
  [
    'The engine ran out of memory (the system killed the process, which it does when memory runs out). Close other programs, or use fewer or smaller samples.',
    '引擎内存不足（系统终止了进程，内存耗尽时会这样做）。请关闭其他程序，或使用更少、更小的样本。',
  ],
  [
    'There was not enough memory ({reason}). Close other programs, or use fewer or smaller samples.',
    '内存不足（{reason}）。请关闭其他程序，或使用更少、更小的样本。',
  ],
  [
    'There is no memory for the {#size} MB of {what}. Close other programs, or use a machine with more.',
    '没有足够的内存存放{what}的 {size} MB。请关闭其他程序，或换用内存更大的机器。',
  ],
  ['tensor "{name}"', '张量“{name}”'],
  ['the encoded model', '编码后的模型'],
  ['the array {array}', '数组{array}'],
  ['{#count} rows of the array {array}', '数组{array}的 {count} 行'],
  [
    'The engine ended unexpectedly ({how}). The model may hit a fault in ONNX Runtime; `vernier doctor` checks the installation.',
    '引擎意外结束（{how}）。模型可能触发了 ONNX Runtime 的缺陷；`vernier doctor` 可检查安装是否正常。',
  ],
  [
    'The engine ended unexpectedly ({how}). Its last words: {words} The model may hit a fault in ONNX Runtime; `vernier doctor` checks the installation.',
    '引擎意外结束（{how}），最后的输出：{words} 模型可能触发了 ONNX Runtime 的缺陷；`vernier doctor` 可检查安装是否正常。',
  ],
  ['exit code {code}', '退出码 {code}'],
  ['signal {signal}', '信号 {signal}'],
  ['The process for {task} was ended by signal {signal}. {advice}', '{task}的进程被信号 {signal} 终止。{advice}'],
  ['The process for {task} ended with exit code {#code}. {advice}', '{task}的进程以退出码 {code} 结束。{advice}'],
  ['The process for {task} could not be started. {advice}', '{task}的进程无法启动。{advice}'],
  ['It last said: "{words}". {advice}', '最后的输出：“{words}”。{advice}'],
  [
    'The operating system does that when memory runs out: close other programs or use fewer threads, then try again.',
    '内存耗尽时操作系统会这样做：请关闭其他程序或减少线程，然后重试。',
  ],
  [
    'Try again; if it happens again with this model, the model makes ONNX Runtime crash.',
    '请重试；如果此模型再次出现同样的问题，说明它会使 ONNX Runtime 崩溃。',
  ],
  [
    'The process for {task} could not be started: {reason}. Close other programs and try again.',
    '{task}的进程无法启动：{reason}。请关闭其他程序后重试。',
  ],
  ['The process for {task} was stopped.', '{task}的进程已停止。'],
  ['the latency of "before"', '测量原模型延迟'],
  ['the latency of "after"', '测量压缩模型延迟'],
  ['the latency of "{path}"', '测量“{path}”延迟'],
  ['the per-layer times of "{path}"', '测量“{path}”逐层时间'],
  [
    'This program is a helper of Vernier and runs only as its child.',
    '此程序是 Vernier 的辅助程序，只能作为其子进程运行。',
  ],
  [
    'There was not enough memory for {task}. Close other programs, or take less at once.',
    '内存不足，无法完成{task}。请关闭其他程序，或减少一次处理的内容。',
  ],
  ['{task} was given up (exit code {code}).', '{task}已放弃（退出码 {code}）。'],
  ['the copy "{path}"', '副本“{path}”'],
  ['"{path}" was not chosen in a dialog. Choose it again.', '“{path}”不是在对话框中选择的，请重新选择。'],
  [
    '"{path}" exists and Vernier did not write it: choose another name.',
    '“{path}”已存在且不是 Vernier 写入的，请另选名称。',
  ],
  ['the bundle "{path}"', '运行包“{path}”'],
  ['the report', '报告'],
  ['Unknown call "{call}".', '未知的调用“{call}”。'],
  ['No model to measure was given; name at least one.', '没有给出要测量的模型，请至少指定一个。'],
  ['The second model was not measured.', '第二个模型没有测量。'],
  ['Vernier is closing: no run is started any more.', 'Vernier 正在关闭，不再启动新的运行。'],

  // Files and folders
  ['There is no file "{path}". Check the path and try again.', '没有文件“{path}”，请检查路径后重试。'],
  ['There is no file "{path}".', '没有文件“{path}”。'],
  ['There is no file {what}.', '没有{what}。'],
  ['"a file"', '某个文件'],
  [
    'Cannot read "{path}" ({reason}). Check that it is a file you may read and that its disk is healthy.',
    '无法读取“{path}”（{reason}）。请确认有权读取该文件，并且磁盘正常。',
  ],
  ['"{path}" cannot be read: {reason}.', '“{path}”无法读取：{reason}。'],
  ['"{path}" cannot be opened ({reason}): check its permissions.', '“{path}”无法打开（{reason}），请检查其权限。'],
  [
    'The disk is full: "{path}" was not written. Free some space and try again.',
    '磁盘已满：“{path}”没有写入。请腾出空间后重试。',
  ],
  [
    'The disk is full: "{path}" could not be written. Free some space and run it again.',
    '磁盘已满：“{path}”无法写入。请腾出空间后重新运行。',
  ],
  [
    'Cannot write "{path}" ({reason}). Check that its folder exists and that you may write there.',
    '无法写入“{path}”（{reason}）。请确认其文件夹存在并且有写入权限。',
  ],
  [
    '"{path}" became shorter while it was read. Try again when nothing writes to it.',
    '“{path}”在读取过程中变短了。请在没有程序写入时重试。',
  ],
  [
    '"{path}" lies outside the folders this server shows ({folders}). Start it with --root FOLDER to add one.',
    '“{path}”不在此服务器开放的文件夹（{folders}）之内。可用 --root FOLDER 启动以添加文件夹。',
  ],
  ['"{path}" is a link to something that does not exist.', '“{path}”是指向不存在内容的链接。'],
  ['"{path}" is not an absolute path.', '“{path}”不是绝对路径。'],
  ['There is no folder "{path}".', '没有文件夹“{path}”。'],
  ['"{path}" cannot be opened as a folder ({reason}).', '“{path}”不能作为文件夹打开（{reason}）。'],
  [
    'The place for the compressed model names the model itself ("{path}"): give another file.',
    '压缩模型的位置就是模型本身（“{path}”），请另选文件。',
  ],
  [
    'The place for the compressed model names a folder ("{path}"): give a file name in it.',
    '压缩模型的位置是文件夹（“{path}”），请给出其中的文件名。',
  ],
  [
    '"{path}" exists and is not an unchanged result of an earlier run: choose another place for the compressed model.',
    '“{path}”已存在，且不是先前运行未改动的结果：请为压缩模型另选位置。',
  ],
  [
    'The place for the float model as prepared names the model itself ("{path}"): give another file.',
    '准备后浮点模型的位置就是模型本身（“{path}”），请另选文件。',
  ],
  [
    'The place for the float model as prepared names a folder ("{path}"): give a file name in it.',
    '准备后浮点模型的位置是文件夹（“{path}”），请给出其中的文件名。',
  ],
  [
    'The compressed model and the float model as prepared are to be the same file ("{path}"): give each one of its own.',
    '压缩模型和准备后的浮点模型要写入同一文件（“{path}”），请各用一个文件。',
  ],
  [
    '"{path}" exists and is not an unchanged result of an earlier run: choose another place for the compressed model, or do not keep the prepared one.',
    '“{path}”已存在，且不是先前运行未改动的结果：请为压缩模型另选位置，或不保留准备后的模型。',
  ],
  [`"{name}" is a preset of Vernier's: choose another name.`, '“{name}”是 Vernier 的预设名称，请另取名称。'],

  // Exports
  ['MLflow runs belong into a folder: name one.', 'MLflow 运行需要写入文件夹，请指定一个。'],
  [
    '"{path}" holds this run already ({entry}): choose another folder, or remove it there.',
    '“{path}”中已有此运行（{entry}）：请另选文件夹，或先将其删除。',
  ],
  ['Choose at least one run to export.', '请至少选择一次要导出的运行。'],
  ['There is nothing to export.', '没有可导出的内容。'],
  [
    'Run {run} did not get as far as a compressed model: there is none to export.',
    '运行 {run} 没有生成压缩模型，无法导出。',
  ],
  ['Run {run} is still running: there is nothing to export yet.', '运行 {run} 仍在进行，还没有可导出的内容。'],
  ['The compressed model "{path}" is gone: run the experiment again.', '压缩模型“{path}”已不存在，请重新运行实验。'],
  ['"{path}" is the model itself: choose another place.', '“{path}”就是模型本身，请另选位置。'],
  [
    'A report compares at most {#most} runs, not {#count}: choose fewer, or export each by itself.',
    '一份报告最多对比 {most} 次运行，而选择了 {count} 次：请减少选择，或分别导出。',
  ],
  [
    'Run {run} failed and measured nothing: alone it makes a report (pdf, html, md) or a json file.',
    '运行 {run} 失败，没有测量结果：单独导出时可生成报告 (pdf, html, md) 或 json 文件。',
  ],
  [
    'Run {run} was cancelled and measured nothing: alone it makes a report (pdf, html, md) or a json file.',
    '运行 {run} 已取消，没有测量结果：单独导出时可生成报告 (pdf, html, md) 或 json 文件。',
  ],
  [
    'The fonts for reports are missing (looked in {folders}). Install Vernier again.',
    '缺少报告所用的字体（已在 {folders} 中查找）。请重新安装 Vernier。',
  ],
  ['SvgContext {what}.', 'SvgContext：{what}。'],
  ['draws no rotated ellipses', '不绘制旋转的椭圆'],
  ['clips to upright rectangles only', '只裁剪为正放的矩形'],
  ['outlines no text', '不描边文字'],

  // Measuring a run again
  ['Run {run} has measured nothing.', '运行 {run} 没有测量结果。'],
  [
    'The run was measured on "{cpu}" and this machine has "{here}": its times would be of two machines. Measure its model here with `vernier prove`.',
    '该运行是在“{cpu}”上测量的，而本机为“{here}”：时间会来自两台机器。请用 `vernier prove` 在本机测量其模型。',
  ],
  [
    '"{path}" is not the file that the run measured: it changed since. Run the experiment again.',
    '“{path}”已不是该运行测量的文件：此后已被更改。请重新运行实验。',
  ],

  // Requests
  ['Run {run} is still going: cancel it first.', '运行 {run} 仍在进行，请先取消。'],
  ['There is no request "{name}".', '没有名为“{name}”的请求。'],
  ['"{name}" was asked with wrong parameters: {field}: {reason}.', '请求“{name}”的参数有误：{field}：{reason}。'],
  ['This request came from a page that is not Vernier.', '此请求来自 Vernier 以外的页面。'],
  ['There is no window to show a dialog in.', '没有可显示对话框的窗口。'],
  [
    'The host answered {status}. Open the address that was printed last.',
    '主机的应答为 {status}。请重新打开启动时显示的地址。',
  ],
  [
    '"{text}" names no layer and precision: write NAME=SCHEME, /REGEX/=SCHEME or op:TYPE=SCHEME, with one of {schemes}.',
    '“{text}”没有指明层和精度：请写成 NAME=SCHEME、/REGEX/=SCHEME 或 op:TYPE=SCHEME，可选 {schemes}。',
  ],
];
