import type { SchemeDescription } from '../../../../shared/scheme-description.ts';

export const int8Dynamic = {
  name: 'int8-dynamic',
  makes: { en: 'dynamic int8', zh: '动态 int8' },
  offer: { en: 'activations rounded at run time', zh: '激活在运行时量化' },
  needsData: false,
  storedOnly: false,
  row: {
    weights: '8 bits',
    activations: '8 bits, rounded at run time',
    result: 'smaller and faster; for MatMul, Gemm, LSTM and embeddings',
  },
  presets: {
    'int8-dynamic': {
      description: {
        en: 'Dynamic int8: weights in 8 bits, activations rounded in each run, no calibration. For transformers and LSTM; convolutions stay float.',
        zh: '动态 int8：权重为 8 位，激活在运行时量化，无需校准。适用于 Transformer 和 LSTM；卷积保留浮点。',
      },
      hint: {
        en: '8-bit weights, activations rounded at run time, no calibration. For transformers and LSTM.',
        zh: '权重为 8 位，激活在运行时量化，无需校准：适用于 Transformer 和 LSTM。',
      },
      options: { scheme: 'int8-dynamic', reducedRange: 'safe' },
    },
  },
  options: {},
  texts: {
    noDynamicForm: { en: 'it has no dynamic int8 form', zh: '没有动态 int8 形式' },
    noDynamicOperator: { en: 'ONNX Runtime has no dynamic int8 {op}', zh: 'ONNX Runtime 没有动态 int8 的 {op}' },
    layoutOne: {
      en: 'its layout is 1, which DynamicQuantizeLSTM does not take',
      zh: 'layout 为 1，DynamicQuantizeLSTM 不支持',
    },
    dynamicConvSlow: {
      en: 'in dynamic int8 a convolution (ConvInteger) is slower than in float: name it to have it',
      zh: '动态 int8 卷积 (ConvInteger) 比浮点慢；需要时请指名该层',
    },
    dynamicLayers: {
      en: 'int8-dynamic: {#count} layers',
      one: 'int8-dynamic: {#count} layer',
      zh: 'int8-dynamic：{count} 层',
    },
    withDynamic: { en: '{choice}, with int8-dynamic', zh: '{choice}，已含 int8-dynamic' },
  },
  advice: {},
} as const satisfies SchemeDescription;
