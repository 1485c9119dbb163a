import type { TextTable } from './text-table.ts';

/** What can end a run: files that change, processes and memory. */
export const runErrors = {
  /** What a library said, or a version that had no codes for its errors. */
  verbatim: { en: '{text}', zh: '{text}' },
  internalError: { en: 'Internal error: {message}', zh: '内部错误：{message}' },
  unexpectedValue: { en: 'Unexpected value {value}.', zh: '意外的值 {value}。' },
  clockSetBack: {
    en: 'The clock of this machine says {now} UTC, but the history has a run of {last} UTC: the clock was set back, or was ahead then. This run is recorded and is `latest`, but lists by time show it below the other.',
    zh: '本机时钟为 {now} UTC，而历史中有 {last} UTC 的运行：时钟被调回过，或当时超前。此运行照常记录，`latest` 指的是它，但按时间排列时位于另一次之下。',
  },
  decoderWrongColours: {
    en: 'A decoded test image has wrong colours ({pixels}).',
    zh: '解码的测试图像颜色有误（{pixels}）。',
  },
  outIsDevice: {
    en: '"{path}" is a device or a pipe and is not replaced. Name a file.',
    zh: '“{path}”是设备或管道，不能被其他内容取代，请指定一个文件。',
  },
  labelsOfSelected: {
    en: 'The labels in "{path}" cannot be used, because the output of this model was selected by "{node}" and does not rank classes. Leave the labels out and evaluate the detections themselves, or cut the model before "{node}".',
    zh: '无法使用“{path}”中的标签：此模型的输出由“{node}”筛选得出，不是类别排序。请不要提供标签并直接评估检测结果，或在“{node}”之前截断模型。',
  },
  emptyOutputsEverywhere: {
    en: 'Both models give empty outputs for all {#count} evaluation samples, so there is nothing to compare. Give data in which the model finds something, or cut it before the selection (NonMaxSuppression, NonZero).',
    zh: '两个模型对全部 {count} 个评估样本的输出均为空，无从比较。请提供模型能检出目标的数据，或在筛选（NonMaxSuppression、NonZero）之前截断模型。',
  },
  // Files that change
  fileChangedWhileMeasured: {
    en: '"{path}" changed while it was measured. The figures would belong to neither file, so nothing was written. Run again when nothing writes to it.',
    zh: '“{path}”在测量期间发生了变化：测得的数字不属于其中任何一个文件，因此没有写入结果。请在没有程序写入该文件时重新运行。',
  },
  inputChangedWhileMeasured: {
    en: 'An input changed while it was measured, so nothing was written. {&error}',
    zh: '输入在测量期间发生了变化，因此没有写入结果。{error}',
  },
  outReplacesInput: {
    en: 'Writing "{output}" would replace "{path}", which is part of the model. Give another output file.',
    zh: '写入“{output}”会替换“{path}”，而后者是模型的一部分：请指定其他输出文件。',
  },
  runCutShort: { en: 'The process ended before the run was finished.', zh: '进程在运行完成之前结束。' },
  runCutShortIn: {
    en: 'The process ended before the run was finished (last seen in stage "{stage}").',
    zh: '进程在运行完成之前结束（最后处于阶段“{stage}”）。',
  },

  // Processes and memory
  engineOverMemoryLimit: {
    en: 'The engine needed more memory ({needed} MB) than its limit of {limit} MB. Raise the limit with --memory-limit or in the settings, or use a smaller model, or fewer or smaller samples.',
    zh: '引擎需要的内存 ({needed} MB) 超过上限 {limit} MB。请用 --memory-limit 或在设置中提高上限，或换用更小的模型，或使用更少、更小的样本。',
  },
  timeLimitReached: {
    en: 'This took longer than its limit of {#seconds} s and was stopped: the model may be very large, or may never end. Give it more time with --time-limit or in the settings.',
    zh: '用时超过上限 {seconds} 秒，已停止：模型可能非常大，或永远不会结束。请用 --time-limit 或在设置中延长时限。',
  },
  engineOutOfMemory: {
    en: 'The engine ran out of memory. Close other programs, or use fewer or smaller samples.',
    zh: '引擎内存不足。请关闭其他程序，或使用更少、更小的样本。',
  },
  engineKilledForMemory: {
    en: 'The engine ran out of memory (the system killed the process, which it does when memory runs out). Close other programs, or use fewer or smaller samples.',
    zh: '引擎内存不足（系统终止了进程，内存耗尽时会这样做）。请关闭其他程序，或使用更少、更小的样本。',
  },
  memoryShort: {
    en: 'There was not enough memory ({reason}). Close other programs, or use fewer or smaller samples.',
    zh: '内存不足（{reason}）。请关闭其他程序，或使用更少、更小的样本。',
  },
  memoryShortFor: {
    en: 'There is not enough memory for the {#size} MB of {&what}. Close other programs, or use a machine with more memory.',
    zh: '没有足够的内存存放{what}的 {size} MB。请关闭其他程序，或换用内存更大的机器。',
  },
  memoryOfTensor: { en: 'tensor "{name}"', zh: '张量“{name}”' },
  memoryOfModel: { en: 'the encoded model', zh: '编码后的模型' },
  memoryOfArray: { en: 'the array {&array}', zh: '数组{array}' },
  memoryOfRows: { en: '{#count} rows of the array {&array}', zh: '数组{array}的 {count} 行' },
  engineEnded: {
    en: 'The engine ended unexpectedly ({&how}). The model may hit a fault in ONNX Runtime; `vernier doctor` checks the installation.',
    zh: '引擎意外结束（{how}）。模型可能触发了 ONNX Runtime 的缺陷；`vernier doctor` 可检查安装是否正常。',
  },
  engineEndedSaying: {
    en: 'The engine ended unexpectedly ({&how}). Its last words: {words} The model may hit a fault in ONNX Runtime; `vernier doctor` checks the installation.',
    zh: '引擎意外结束（{how}），最后的输出：{words} 模型可能触发了 ONNX Runtime 的缺陷；`vernier doctor` 可检查安装是否正常。',
  },
  endedByCode: { en: 'exit code {code}', zh: '退出码 {code}' },
  endedBySignal: { en: 'signal {signal}', zh: '信号 {signal}' },
  processEnded: { en: 'The process for {&task} {&how}. {&advice}', zh: '{task}的进程{how}。{advice}' },
  processEndedSaying: {
    en: 'The process for {&task} {&how}. It last said: "{words}". {&advice}',
    zh: '{task}的进程{how}。最后的输出：“{words}”。{advice}',
  },
  processBySignal: { en: 'was ended by signal {signal}', zh: '被信号 {signal} 终止' },
  processByCode: { en: 'ended with exit code {#code}', zh: '以退出码 {code} 结束' },
  processNotBegun: { en: 'could not be started', zh: '无法启动' },
  adviceMemory: {
    en: 'The operating system does that when memory runs out. Close other programs or use fewer threads, then try again.',
    zh: '内存耗尽时操作系统会这样做：请关闭其他程序或减少线程，然后重试。',
  },
  adviceCrash: {
    en: 'Try again; if it happens again with this model, the model makes ONNX Runtime crash.',
    zh: '请重试；如果此模型再次出现同样的问题，说明它会使 ONNX Runtime 崩溃。',
  },
  processNotStarted: {
    en: 'The process for {&task} could not be started: {reason}. Close other programs and try again.',
    zh: '{task}的进程无法启动：{reason}。请关闭其他程序后重试。',
  },
  processStopped: { en: 'The process for {&task} was stopped.', zh: '{task}的进程已停止。' },
  taskLatencyOf: { en: 'the latency of "{name}"', zh: '测量“{name}”延迟' },
  taskLayerTimesOf: { en: 'the per-layer times of "{name}"', zh: '测量“{name}”逐层时间' },
  helperStartedAlone: {
    en: 'This program is a helper of Vernier and runs only as its child.',
    zh: '此程序是 Vernier 的辅助程序，只能作为其子进程运行。',
  },
  memoryShortForTask: {
    en: 'There was not enough memory for {&task}. Close other programs, or process less at once.',
    zh: '内存不足，无法完成{task}。请关闭其他程序，或减少一次处理的内容。',
  },
  taskGivenUp: { en: '{&task} was given up (exit code {code}).', zh: '{task}已放弃（退出码 {code}）。' },
  taskCopy: { en: 'the copy "{path}"', zh: '副本“{path}”' },
  notChosenInDialog: {
    en: '"{path}" was not chosen in a dialog. Choose it again.',
    zh: '“{path}”不是在对话框中选择的，请重新选择。',
  },
  notWrittenByVernier: {
    en: '"{path}" exists, but Vernier did not write it. Choose another name.',
    zh: '“{path}”已存在且不是 Vernier 写入的，请另选名称。',
  },
  taskBundle: { en: 'the bundle "{path}"', zh: '运行包“{path}”' },
  taskReport: { en: 'the report', zh: '报告' },
  unknownCall: { en: 'Unknown call "{call}".', zh: '未知的调用“{call}”。' },
  noModelToMeasure: {
    en: 'No model to measure was given; name at least one.',
    zh: '没有给出要测量的模型，请至少指定一个。',
  },
  secondModelNotMeasured: { en: 'The second model was not measured.', zh: '第二个模型没有测量。' },

  // Measuring a run again
  runMeasuredNothing: { en: 'Run {run} has measured nothing.', zh: '运行 {run} 没有测量结果。' },
  runOfOtherMachine: {
    en: 'The run was measured on "{cpu}", but this machine has "{here}". Times of two machines do not mix. Measure its model here with `vernier prove`.',
    zh: '该运行是在“{cpu}”上测量的，而本机为“{here}”。两台机器的时间不能混用。请用 `vernier prove` 在本机测量其模型。',
  },
  runModelChanged: {
    en: '"{path}" is no longer the file that the run measured. Run the experiment again.',
    zh: '“{path}”已不是该运行测量的文件：此后已被更改。请重新运行实验。',
  },
  vernierClosing: { en: 'Vernier is closing and starts no more runs.', zh: 'Vernier 正在关闭，不再启动新的运行。' },
} as const satisfies TextTable;
