import { channelLayout } from '../tensor/quantization.ts';

/** Mean and largest magnitude per channel, over everything else. */
export class ChannelStatistics {
  private sums = new Float64Array(0);
  private maxAbs = new Float64Array(0);
  private count = 0;

  add(data: Float32Array, dims: readonly number[], axis: number): void {
    // Without values there may be no channels either.
    if (data.length === 0) return;
    const { outer, channels, inner } = channelLayout(dims, axis);
    if (this.sums.length !== channels) {
      this.sums = new Float64Array(channels);
      this.maxAbs = new Float64Array(channels);
    }
    let index = 0;
    for (let block = 0; block < outer; block++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        let largest = this.maxAbs[channel]!;
        for (const end = index + inner; index < end; index++) {
          const value = data[index]!;
          sum += value;
          const magnitude = Math.abs(value);
          if (magnitude > largest) largest = magnitude;
        }
        this.sums[channel] = this.sums[channel]! + sum;
        this.maxAbs[channel] = largest;
      }
    }
    this.count += outer * inner;
  }

  result(): { means: Float64Array; maxAbs: Float64Array } {
    return { means: this.sums.map((sum) => sum / Math.max(1, this.count)), maxAbs: this.maxAbs };
  }
}
