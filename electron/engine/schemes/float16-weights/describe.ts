import type { SchemeDescription } from '../../../../shared/scheme-description.ts';

export const float16Weights = {
  name: 'float16-weights',
  makes: { en: 'float16 weights', zh: 'float16 权重' },
  offer: { en: 'only weights, as half floats', zh: '只有权重，存为半精度' },
  needsData: false,
  storedOnly: true,
  row: {
    weights: '16 bits in the file',
    activations: 'float',
    result: 'half the size, not faster, nearly identical outputs',
  },
  presets: {
    'float16-weights': {
      description: {
        en: 'Weights alone as half floats: half the size, all but the same outputs, no faster than before.',
        zh: '只把权重存为半精度浮点：体积减半，输出几乎不变，但不会更快。',
      },
      hint: {
        en: 'Weights stored as half floats: half the size, not faster.',
        zh: '只把权重存为半精度浮点：体积减半，但不会更快。',
      },
      options: { scheme: 'float16-weights', keepFloat: 'none' },
    },
  },
  options: {},
  texts: {
    beyondFloat16: { en: 'its weight has values that float16 cannot hold', zh: '权重中有 float16 无法表示的值' },
  },
  advice: {},
} as const satisfies SchemeDescription;
