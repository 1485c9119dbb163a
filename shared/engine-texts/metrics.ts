import type { Phrase } from './phrase.ts';

/** Tests of a difference, by the names that rows have. */
export const testTexts: readonly Phrase[] = [['paired randomization', '配对随机化检验']];

/**
 * Names of metrics and what they are, as documents have them that were written before rows brought their own words: closed. A metric
 * of today says in its file what it is (docs/adr/0050-metrics-describe-themselves.md).
 */
export const formerMetricTexts: readonly Phrase[] = [
  ['top-1 accuracy', 'top-1 准确率'],
  ['Share of samples whose right class is ranked first.', '正确类别排在第一的样本比例。'],
  ['top-5 accuracy', 'top-5 准确率'],
  ['Share of samples whose right class is among the first five.', '正确类别排在前五的样本比例。'],
  ['same first class', '首选类别一致'],
  [
    'Share of samples for which both models rank the same class first. Agreement with the original, not accuracy.',
    '两个模型首选类别一致的样本比例。这是一致率，不是准确率。',
  ],
  ['same first class, of positions', '首选类别一致（按位置）'],
  [
    'Share of positions (steps, pixels) at which both models rank the same class first, mean over samples. Agreement with the original, not accuracy.',
    '两个模型首选类别一致的位置（时间步、像素）比例，取样本均值。这是一致率，不是准确率。',
  ],
  ['output SQNR', '输出 SQNR'],
  [
    "The original's outputs over their change, in decibels: 20 dB is a change of a tenth of their size.",
    '原模型的输出与其变化之比，以分贝计：20 dB 表示变化为输出大小的十分之一。',
  ],
  ['output cosine', '输出余弦相似度'],
  [
    'Cosine of the angle between the outputs of both models: 1 when they point the same way.',
    '两个模型输出之间夹角的余弦：方向相同时为 1。',
  ],
  ['mean absolute error', '平均绝对误差'],
  [
    'Mean of |output - target| over all values of all samples, in the unit of the output.',
    '所有样本所有数值的 |输出 - 目标| 的均值，单位与输出相同。',
  ],
  ['root mean squared error', '均方根误差'],
  [
    'Root of the mean of (output - target)^2 over all values of all samples, in the unit of the output.',
    '所有样本所有数值的 (输出 - 目标)^2 的均值的平方根，单位与输出相同。',
  ],
  ['R2', '决定系数 R2'],
  [
    'Coefficient of determination: 1 - squared errors / squared deviations of the targets from their mean. 1 is perfect, 0 as good as always the mean. Of several values a sample the mean over them, of more than 64 over all as one.',
    '决定系数：1 - 误差平方和 / 目标与其均值之差的平方和。1 为完美，0 相当于总是给出均值。每个样本有多个值时取各值的均值，超过 64 个时合并计算。',
  ],
  ['PSNR', '峰值信噪比 PSNR'],
  [
    'Peak signal-to-noise ratio against the target, 10 log10(range^2 / mean squared error) with range {range}, mean over samples (100 dB at most).',
    '相对目标的峰值信噪比，10 log10(范围^2 / 均方误差)，范围为 {range}，取样本均值（至多 100 dB）。',
  ],
  ['SSIM', '结构相似度 SSIM'],
  [
    'Structural similarity to the target over windows of 7 x 7 pixels with range {range}, as scikit-image has it: 1 is the same image. Mean over channels and samples.',
    '以 7 x 7 像素为窗口、范围为 {range} 时与目标的结构相似度，按 scikit-image 的定义：1 表示图像相同。取通道和样本均值。',
  ],
  ['SI-SDR', '尺度不变信号失真比 SI-SDR'],
  [
    'Scale-invariant signal-to-distortion ratio: the part of the output that is a multiple of the target over the rest, mean over channels and samples. Samples whose target is silent are left out.',
    '尺度不变信号失真比：输出中为目标倍数的部分与其余部分之比，取通道和样本均值。目标为静音的样本不计。',
  ],
  ['Spearman correlation', '斯皮尔曼相关系数'],
  [
    'Correlation of the ranks of what the model says with those of the targets, equal values at their mean rank: 1 where it orders all as the targets do.',
    '模型给出的值与目标值的秩之间的相关系数，相等的值取平均秩：排序与目标完全一致时为 1。',
  ],
  ['recall@{#count}', '召回率@{count}'],
  [
    'Share of samples with one of their own label among the {#count} evaluation samples that are nearest to them by cosine. Samples whose label no other has are left out.',
    '按余弦最近的 {count} 个评估样本中有同标签样本的样本比例。标签独一无二的样本不计。',
  ],
  ['macro F1', '宏平均 F1'],
  [
    'Mean over classes of 2 TP / (2 TP + FP + FN), of those that are right or given for any sample: every class counts alike, however rare.',
    '各类别 2 TP / (2 TP + FP + FN) 的均值，只计在任一样本中为正确或被给出的类别：每个类别权重相同，无论多少见。',
  ],
  ['mean average precision', '平均精度均值'],
  [
    'Mean over labels of average precision: the sum over thresholds of precision times the recall gained there, equal scores at one threshold. Labels that no sample has are left out.',
    '各标签平均精度的均值：各阈值处的精确率乘以召回率增量之和，得分相同者归于同一阈值。没有样本具有的标签不计。',
  ],
  ['mAP@[.5:.95]', 'mAP@[.5:.95]'],
  [
    'Mean over classes and overlaps (IoU 0.5 to 0.95) of the average precision of boxes, as COCO defines it: 101 recalls, 100 boxes a class and image, crowds left out.',
    '边界框平均精度在各类别和各重叠阈值（IoU 0.5 到 0.95）上的均值，按 COCO 的定义：101 个召回率，每类每图 100 个框，crowd 不计。',
  ],
  ['AP50', 'AP50'],
  [
    'Mean over classes of the average precision of boxes that overlap by an IoU of 0.5, as COCO defines it.',
    'IoU 阈值为 0.5 时边界框平均精度在各类别上的均值，按 COCO 的定义。',
  ],
  ['average recall', '平均召回率'],
  [
    'Mean over classes and overlaps (IoU 0.5 to 0.95) of the share of boxes that are found at all, 100 boxes a class and image, as COCO defines it.',
    '被检出的边界框比例在各类别和各重叠阈值（IoU 0.5 到 0.95）上的均值，每类每图 100 个框，按 COCO 的定义。',
  ],
  ['same boxes', '边界框相同'],
  [
    'Boxes of both models (scores from 0.25 on) that match one of the other model by class and an IoU of 0.5, over all of them, mean over samples; where neither finds any it is 1. Agreement with the original.',
    '两个模型的边界框（得分不低于 0.25）中，与另一模型的框类别相同且 IoU 达到 0.5 者所占的比例，取样本均值；两者均无检出时为 1。这是与原模型的一致程度。',
  ],
  ['mean IoU', '平均交并比'],
  [
    'Mean over classes of intersection / union of pixels, counted over all samples, of classes that are right or given anywhere. Pixels of class 255, and below 0, are left out where the model has no such class.',
    '各类别像素交集 / 并集的均值，在所有样本上统计，只计出现过的类别。模型没有 255 类时，类别为 255 或小于 0 的像素不计。',
  ],
  ['pixel accuracy', '像素准确率'],
  ['Share of pixels whose class is right, over all samples.', '所有样本中类别正确的像素比例。'],
  ['cosine of vectors', '向量余弦相似度'],
  [
    "Cosine of the angle between both models' vectors of a sample, mean over samples. Agreement with the original.",
    '两个模型对同一样本的向量之间夹角的余弦，取样本均值。这是与原模型的一致程度。',
  ],
  ['same nearest neighbours', '近邻保持率'],
  [
    "Share of the nearest neighbours of a sample among the evaluation samples (by cosine, 10 or a quarter of them) that are the original's, mean over samples. Agreement with the original.",
    '每个样本在评估样本中的近邻（按余弦，取 10 个或样本数的四分之一）与原模型相同的比例，取样本均值。这是与原模型的一致程度。',
  ],
  ['character error rate', '字符错误率'],
  [
    'Characters to insert, delete or replace to make the right texts of those that were read, over the characters of the right texts.',
    '将读出的文本改为正确文本所需插入、删除或替换的字符数，除以正确文本的字符数。',
  ],
  ['word error rate', '词错误率'],
  ['As the character error rate, of words split at white space.', '与字符错误率相同，但以空白分隔的词计。'],
  ['exact match', '完全匹配率'],
  ['Share of samples whose text was read without an error.', '文本读取无误的样本比例。'],
  ['same text', '文本相同'],
  [
    'Share of samples in which both models read the same text. Agreement with the original.',
    '两个模型读出相同文本的样本比例。这是与原模型的一致程度。',
  ],
  ['perplexity', '困惑度'],
  [
    'e to the mean negative log probability that the model gives each token of the evaluation texts after those before it in its sample. The first token of a sample is not predicted.',
    '模型对评估文本中每个词元（给定同一样本中其前的词元）的负对数概率取均值，再取 e 的该次幂。样本的第一个词元不预测。',
  ],
  ['KL divergence', 'KL 散度'],
  [
    "Kullback-Leibler divergence of the compressed model's probabilities of the next token from the original's, in nats, mean over predicted tokens. Agreement with the original.",
    '压缩后模型的下一词元概率相对原模型的 KL 散度（单位 nat），取所预测词元的均值。这是与原模型的一致程度。',
  ],
  ['same next token', '下一词元相同'],
  [
    'Share of predicted tokens that both models rank first alike. Agreement with the original.',
    '两个模型排在首位的下一词元相同的比例。这是与原模型的一致程度。',
  ],
  ['tokens until they differ', '首次出现差异前的词元数'],
  [
    'Tokens that both models write alike before they differ for the first time (32 at most, or to the length of the longest text), mean over texts. Agreement with the original.',
    '两个模型首次出现差异之前写出的相同词元数（至多 32 个，或到最长文本的长度），取各文本的均值。这是与原模型的一致性。',
  ],
  ['time to first token, ms', '首词元时间（毫秒）'],
  [
    'Milliseconds until the beginning of a text is read with an empty cache and the next token is ranked, median over texts. Both models in turns in one process.',
    '以空缓存读入文本开头并给出下一词元所需的毫秒数，取各文本的中位数。两个模型在同一进程中轮流运行。',
  ],
  ['tokens per second', '每秒词元数'],
  [
    'Tokens a second that follow one by one, the cache of keys and values fed back from step to step, median over texts. Both models in turns in one process.',
    '逐个给出后续词元的每秒数量，键值缓存逐步回馈，取各文本的中位数。两个模型在同一进程中轮流运行。',
  ],
  ['same continuation', '续写相同'],
  [
    'Both models write on after the beginnings of evaluation texts, always the token they rank first: the share of what they write before they differ for the first time, mean over texts. Agreement with the original.',
    '两个模型从评估文本的开头续写，每次取排在首位的词元：首次出现差异之前所写内容的比例，取各文本的均值。这是与原模型的一致程度。',
  ],
  ['Mean over samples of the score that "{source}" gives each.', '“{source}”给出的各样本得分的均值。'],
];
