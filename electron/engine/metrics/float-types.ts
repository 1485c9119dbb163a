/** Outputs that candidates of a search are held against each other by. */
export const comparedTypes: readonly string[] = ['float32', 'float16'];
export const floatTypes: readonly string[] = ['float32', 'float16', 'float64'];
