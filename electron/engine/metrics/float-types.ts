export const floatTypes: readonly string[] = ['float32', 'float16', 'float64'];
