import type { TextLanguage } from './engine-texts.ts';
import type { SlowCause } from './slow-causes.ts';
import { formatCount, formatFixed, formatMs } from './units.ts';

/** Causes in words: a name of one or two for columns and findings, and a sentence with what was measured. */

interface CauseText {
  readonly name: string;
  readonly sentence: string;
}

type Texts<Kind extends SlowCause['kind']> = (cause: Extract<SlowCause, { kind: Kind }>) => CauseText;
type AllTexts = { readonly [Kind in SlowCause['kind']]: Texts<Kind> };

const english: AllTexts = {
  storedOnly: () => ({
    name: 'stored only',
    sentence: 'only its weights are stored in fewer bits: they become floats when the model loads',
  }),
  conversions: ({ ms, lostMs }) => ({
    name: 'conversions',
    sentence: `conversions around it account for ${formatMs(ms)} of the ${formatMs(lostMs)} lost`,
  }),
  layout: ({ ms, lostMs }) => ({
    name: 'layout',
    sentence: `layout changes account for ${formatMs(ms)} of the ${formatMs(lostMs)} lost`,
  }),
  notFused: ({ conversionMs }) => ({
    name: 'not fused',
    sentence: `ONNX Runtime did not fuse it, so it runs in float between conversions${conversionMs === null ? '' : ` of ${formatMs(conversionMs)}`}`,
  }),
  noKernel: ({ kernel }) => ({
    name: 'no low-bit kernel',
    sentence: `it still runs as ${kernel}: there is no low-bit kernel for it`,
  }),
  alone: ({ ms }) => ({
    name: 'runs alone',
    sentence: `in float it is fused into another layer; here it runs on its own and takes ${formatMs(ms)}`,
  }),
  manyRows: ({ rows }) => ({
    name: 'many rows',
    sentence: `packed weights pay off for one row at a time; here there are ${formatCount(rows)} rows, as in prefill`,
  }),
  exactInputs: () => ({
    name: 'exact inputs',
    sentence: 'inputs stay float (accuracy level 0), the slow way to use packed weights',
  }),
  depthwise: ({ groups }) => ({
    name: 'depthwise',
    sentence: `${formatCount(groups)} groups: each sum is too short for the low-bit kernel to pay off`,
  }),
  firstLayer: ({ channels }) => ({
    name: 'few channels',
    sentence: `with ${channels} input ${channels === 1 ? 'channel' : 'channels'}, the low-bit kernel mostly computes padding, as in a first layer`,
  }),
  tooSmall: ({ beforeMs }) => ({
    name: 'too small',
    sentence: `it takes only ${formatMs(beforeMs)} in float, about as much as calling a kernel`,
  }),
  memoryBound: ({ macsPerByte }) => ({
    name: 'memory bound',
    sentence: `it mostly moves data (${formatFixed(macsPerByte, 2)} MACs per byte): requantizing costs more than fewer bytes save`,
  }),
  kernel: ({ before, after }) => ({ name: 'slow kernel', sentence: `${after} is slower here than ${before}` }),
};

const chinese: AllTexts = {
  storedOnly: () => ({ name: '仅存储', sentence: '加载模型时权重恢复为浮点，计算与原来相同' }),
  conversions: ({ ms, lostMs }) => ({
    name: '转换',
    sentence: `多用的 ${formatMs(lostMs)} 中，前后的转换占 ${formatMs(ms)}`,
  }),
  layout: ({ ms, lostMs }) => ({
    name: '布局重排',
    sentence: `多用的 ${formatMs(lostMs)} 中，内存布局重排占 ${formatMs(ms)}`,
  }),
  notFused: ({ conversionMs }) => ({
    name: '未融合',
    sentence: `ONNX Runtime 未能融合，该层在转换之间以浮点运行${conversionMs === null ? '' : `，转换耗时 ${formatMs(conversionMs)}`}`,
  }),
  noKernel: ({ kernel }) => ({ name: '无低比特内核', sentence: `仍以 ${kernel} 运行：没有对应的低比特内核` }),
  alone: ({ ms }) => ({
    name: '单独运行',
    sentence: `浮点模型中融合在其他层内，现在单独运行，耗时 ${formatMs(ms)}`,
  }),
  manyRows: ({ rows }) => ({
    name: '行数多',
    sentence: `打包权重适合逐行计算；此处有 ${formatCount(rows)} 行，如同预填充阶段`,
  }),
  exactInputs: () => ({ name: '浮点输入', sentence: '输入以浮点读取（accuracy level 0），打包权重的计算因此较慢' }),
  depthwise: ({ groups }) => ({
    name: '深度卷积',
    sentence: `${formatCount(groups)} 组：每个求和太短，低比特内核无法发挥作用`,
  }),
  firstLayer: ({ channels }) => ({
    name: '通道少',
    sentence: `只有 ${channels} 个输入通道，低比特内核大部分在计算填充值，首层常见`,
  }),
  tooSmall: ({ beforeMs }) => ({
    name: '计算量太小',
    sentence: `浮点耗时仅 ${formatMs(beforeMs)}，与内核调用开销相当`,
  }),
  memoryBound: ({ macsPerByte }) => ({
    name: '受限于内存',
    sentence: `以搬运数据为主（每字节 ${formatFixed(macsPerByte, 2)} MACs），重新量化的开销大于节省的字节`,
  }),
  kernel: ({ before, after }) => ({ name: '内核较慢', sentence: `在此机器上 ${after} 比 ${before} 慢` }),
};

export function describeSlowCause(cause: SlowCause, language: TextLanguage): CauseText {
  const texts = language === 'en' ? english : chinese;
  // Each text takes the cause of its own kind.
  return (texts[cause.kind] as (cause: SlowCause) => CauseText)(cause);
}
