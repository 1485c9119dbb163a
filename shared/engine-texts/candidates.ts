import type { TextTable } from './text-table.ts';

/** What was tried before the recipe's open options were decided. */
export const candidates = {
  rangesMixed: { en: 'ranges: {one}, signed tensors {two}', zh: '范围：{one}，有符号张量 {two}' },
  rangesBy: { en: 'ranges: {method}', zh: '范围：{method}' },
  rangesByDepth: { en: 'ranges refined by depth', zh: '按深度细化的范围' },
  rangesWithHeadroom: { en: 'ranges with {#share} % headroom', zh: '范围留 {share} % 余量' },
  forUnseenInputs: { en: 'for inputs that calibration did not see', zh: '为校准未见过的输入' },
  tensorRunsChanged: {
    en: '{#count} of {#all} runs of tensors changed method',
    zh: '{all} 段张量中有 {count} 段换了方法',
  },
  chosenAgain: { en: '{choice}, again', zh: '{choice}，重新选择' },
  chosenAtEnd: { en: '{choice}, at the end', zh: '{choice}，最后再选' },
  chosenAtFirst: { en: '{choice}, at a first look', zh: '{choice}，初步查看' },
  withEqualization: { en: 'with channel equalization', zh: '做通道均衡' },
  withBiasCorrection: { en: 'with bias correction', zh: '做偏置校正' },
  withoutEqualization: { en: 'without channel equalization', zh: '不做通道均衡' },
  biasCorrected: { en: 'bias correction', zh: '偏置校正' },
  withoutBiasCorrection: { en: 'without bias correction', zh: '不做偏置校正' },
  weightsCompensated: { en: 'weights rounded with compensation', zh: '权重补偿取整' },
  inputsRoundedChoice: { en: 'inputs of packed weights: rounded to 8 bits', zh: '打包权重的输入：舍入为 8 位' },
  inputsExact: { en: 'inputs of packed weights: exact', zh: '打包权重的输入：不舍入' },
  weightsPairsBounded: { en: 'weights: 8-bit, pairs bounded', zh: '权重：8 位，成对受限' },
  weightsOfBits: { en: 'weights: {#bits}-bit', zh: '权重：{bits} 位' },
  pairsSaturate: {
    en: 'this CPU adds pairs of u8 x s8 products in 16 bits, which full 8-bit weights can saturate',
    zh: '此 CPU 以 16 位累加成对的 u8 x s8 乘积，8 位权重可能使其饱和',
  },
  withDynamic: { en: '{choice}, with int8-dynamic', zh: '{choice}，已含 int8-dynamic' },
  dynamicLayers: {
    en: 'int8-dynamic: {#count} layers',
    one: 'int8-dynamic: {#count} layer',
    zh: 'int8-dynamic：{count} 层',
  },
  tablesInBytes: { en: 'tables: 8-bit', zh: '查找表：8 位' },
  storedLayers: {
    en: 'stored as {scheme}: {#count} layers',
    one: 'stored as {scheme}: {#count} layer',
    zh: '存为 {scheme}：{count} 层',
  },
  floatTables: { en: 'float: {#count} tables', one: 'float: {#count} table', zh: '浮点：{count} 个查找表' },
  floatLastSteps: { one: 'float: last step', en: 'float: last {#count} steps', zh: '浮点：最后 {count} 步' },
  floatFirst: { en: 'float: first {#count} layers', one: 'float: first {#count} layer', zh: '浮点：前 {count} 层' },
  floatNoisy: {
    en: 'float: {#count} layers that make most of the noise',
    one: 'float: {#count} layer that makes most of the noise',
    zh: '浮点：造成大部分噪声的 {count} 层',
  },
  floatNoisyRound: {
    en: 'float: {#count} layers that make most of the noise, round {#round}',
    one: 'float: {#count} layer that makes most of the noise, round {#round}',
    zh: '浮点：造成大部分噪声的 {count} 层，第 {round} 轮',
  },
  floatNoisyLayers: { en: 'float: layers that make the noise', zh: '浮点：寻找造成噪声的层' },
  floatSlower: {
    en: 'float: {#count} layers slower in int8',
    one: 'float: {#count} layer slower in int8',
    zh: '浮点：int8 更慢的 {count} 层',
  },
  floatSlowerRound: {
    en: 'float: {#count} layers slower in int8, round {#round}',
    one: 'float: {#count} layer slower in int8, round {#round}',
    zh: '浮点：int8 更慢的 {count} 层，第 {round} 轮',
  },
} as const satisfies TextTable;
