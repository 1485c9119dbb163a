import type { SchemeDescription } from '../../../../shared/scheme-description.ts';

export const int8Weights = {
  name: 'int8-weights',
  makes: { en: '8-bit weights', zh: '8 位权重' },
  offer: { en: 'only weights, in 8 bits', zh: '只有权重，存为 8 位' },
  needsData: false,
  storedOnly: true,
  row: {
    weights: '8 bits in the file',
    activations: 'float',
    result: 'smaller, not faster: the runtime turns weights back into floats when it loads the model',
  },
  presets: {
    'int8-weights': {
      description: {
        en: 'Weights alone in 8 bits, no calibration: a smaller file that computes in float, no faster than before.',
        zh: '只把权重存为 8 位，无需校准：文件更小，仍以浮点计算，不会更快。',
      },
      hint: {
        en: 'Weights stored in 8 bits, no calibration: smaller, not faster.',
        zh: '只把权重存为 8 位，无需校准：更小，但不会更快。',
      },
      options: { scheme: 'int8-weights' },
    },
  },
  options: {},
  texts: {
    storedLayers: {
      en: 'stored as {scheme}: {#count} layers',
      one: 'stored as {scheme}: {#count} layer',
      zh: '存为 {scheme}：{count} 层',
    },
  },
  advice: {},
} as const satisfies SchemeDescription;
