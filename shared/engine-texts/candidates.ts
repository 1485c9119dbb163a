import type { TextTable } from './text-table.ts';

/** What was tried before the recipe's open options were decided. */
export const candidates = {
  forUnseenInputs: { en: 'room for inputs that calibration did not see', zh: '为校准未见过的输入' },
  tensorRunsChanged: {
    en: '{#count} of {#all} groups of tensors changed method',
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
  weightsCompensated: { en: 'weights rounded with compensation', zh: '权重带补偿舍入' },
  weightsPairsBounded: { en: 'weights: 8-bit, pairs bounded', zh: '权重：8 位，成对受限' },
  weightsOfBits: { en: 'weights: {#bits}-bit', zh: '权重：{bits} 位' },
  pairsSaturate: {
    en: 'this CPU adds pairs of u8 x s8 products in 16 bits, which full 8-bit weights can overflow',
    zh: '此 CPU 以 16 位累加成对的 u8 x s8 乘积，8 位权重可能使其饱和',
  },
  layersForGoal: { en: 'to reach the goal: {mix} ({size})', zh: '为达到目标：{mix}（{size}）' },
  floatTables: { en: 'float: {#count} tables', one: 'float: {#count} table', zh: '浮点：{count} 个查找表' },
  floatLastSteps: { one: 'float: last step', en: 'float: last {#count} steps', zh: '浮点：最后 {count} 步' },
  floatFirst: { en: 'float: first {#count} layers', one: 'float: first {#count} layer', zh: '浮点：前 {count} 层' },
  floatNoisy: {
    one: 'float: {#count} layer that causes most of the noise',
    en: 'float: {#count} layers that cause most of the noise',
    zh: '浮点：造成大部分噪声的 {count} 层',
  },
  floatNoisyRound: {
    one: 'float: {#count} layer that causes most of the noise, round {#round}',
    en: 'float: {#count} layers that cause most of the noise, round {#round}',
    zh: '浮点：造成大部分噪声的 {count} 层，第 {round} 轮',
  },
  floatNoisyLayers: { en: 'float: layers that cause the noise', zh: '浮点：造成噪声的层' },
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
