import type { Phrase } from './phrase.ts';

/** What was tried before the recipe's open options were decided. */
export const candidates: readonly Phrase[] = [
  ['ranges: {one}, signed tensors {two}', '范围：{one}，有符号张量 {two}'],
  ['ranges: {method}', '范围：{method}'],
  ['ranges refined by depth', '按深度细化的范围'],
  ['ranges with {#share} % headroom', '范围留 {share} % 余量'],
  ['for inputs that calibration did not see', '为校准未见过的输入'],
  ['{#count} of {#all} runs of tensors changed method', '{all} 段张量中有 {count} 段换了方法'],
  ['{choice}, again', '{choice}，重新选择'],
  ['{choice}, at the end', '{choice}，最后再选'],
  ['with channel equalization', '做通道均衡'],
  ['with bias correction', '做偏置校正'],
  ['without channel equalization', '不做通道均衡'],
  ['bias correction', '偏置校正'],
  ['without bias correction', '不做偏置校正'],
  ['weights rounded with compensation', '权重补偿取整'],
  ['weights: 8-bit, pairs bounded', '权重：8 位，成对受限'],
  ['weights: {#bits}-bit', '权重：{bits} 位'],
  [
    'this CPU adds pairs of u8 x s8 products in 16 bits, which full 8-bit weights can saturate',
    '此 CPU 以 16 位累加成对的 u8 x s8 乘积，8 位权重可能使其饱和',
  ],
  ['float: {#count} table', '浮点：{count} 个查找表'],
  ['float: {#count} tables', '浮点：{count} 个查找表'],
  ['float: first {#count} layer', '浮点：前 {count} 层'],
  ['float: first {#count} layers', '浮点：前 {count} 层'],
  ['float: {#count} layer that makes most of the noise', '浮点：造成大部分噪声的 {count} 层'],
  ['float: {#count} layers that make most of the noise', '浮点：造成大部分噪声的 {count} 层'],
  [
    'float: {#count} layer that makes most of the noise, round {#round}',
    '浮点：造成大部分噪声的 {count} 层，第 {round} 轮',
  ],
  [
    'float: {#count} layers that make most of the noise, round {#round}',
    '浮点：造成大部分噪声的 {count} 层，第 {round} 轮',
  ],
  ['float: layers that make the noise', '浮点：寻找造成噪声的层'],
  ['float: {#count} layer slower in int8', '浮点：int8 更慢的 {count} 层'],
  ['float: {#count} layers slower in int8', '浮点：int8 更慢的 {count} 层'],
  ['float: {#count} layer slower in int8, round {#round}', '浮点：int8 更慢的 {count} 层，第 {round} 轮'],
  ['float: {#count} layers slower in int8, round {#round}', '浮点：int8 更慢的 {count} 层，第 {round} 轮'],
];
