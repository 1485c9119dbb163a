/** What a processor can do that decides what a model may be stored in, and how fast that is. */
export interface DeviceFeatures {
  /**
   * Whether it multiplies and adds int8 into 32 bits in one step (VNNI, AMX, ARM dot product). Without it x86 goes through
   * saturating 16-bit sums: u8 x s8 products may clip, and int8 gains less.
   */
  readonly int8DotProduct: boolean;
}

const dotProductFlags = ['avx512_vnni', 'avx_vnni', 'amx_int8', 'asimddp', 'i8mm'];

/** Of this machine, or of the one a run document tells of. */
export function featuresOf({ cpuFlags }: { readonly cpuFlags: readonly string[] }): DeviceFeatures {
  return { int8DotProduct: dotProductFlags.some((flag) => cpuFlags.includes(flag)) };
}
