import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { assertRoom } from '../files/disk-room.ts';
import { readFailure, writeFailure } from '../files/file-errors.ts';
import { dataTypes, elementCount, typedArrayFromBytes, type DataType, type Tensor } from '../tensor/tensor.ts';

/** Tensors of one sample, by name. */
export type Sample = Readonly<Record<string, Tensor>>;

/** Samples that are looked at again and again. */
export interface SampleList {
  readonly count: number;
  readonly read: (index: number) => Sample;
}

/** Up to this many bytes are held in memory. */
const heldLimitBytes = 64_000_000;

interface WrittenTensor {
  readonly name: string;
  readonly dataType: DataType;
  readonly dims: readonly number[];
  readonly offsetBytes: number;
}

export const listOf = (samples: readonly Sample[]): SampleList => ({
  count: samples.length,
  read: (index) => samples[index]!,
});

/** Samples in the order they are added: the first ones in memory, what goes beyond the limit in a file. */
export class KeptSamples implements SampleList {
  private readonly path: string | null;
  private readonly limitBytes: number;
  private readonly samples: (Sample | readonly WrittenTensor[])[] = [];
  private heldBytes = 0;
  private endBytes = 0;

  /** @param path of a file that nobody else writes; null to hold everything in memory. */
  constructor(path: string | null, limitBytes = heldLimitBytes) {
    this.path = path;
    this.limitBytes = limitBytes;
  }

  get count(): number {
    return this.samples.length;
  }

  /** Bytes on the disk. */
  get writtenBytes(): number {
    return this.endBytes;
  }

  /** @throws AppError `disk-full`, `write-failed`. */
  add(sample: Sample): void {
    const sizeBytes = Object.values(sample).reduce((sum, { data }) => sum + data.byteLength, 0);
    if (this.path === null || this.heldBytes + sizeBytes <= this.limitBytes) {
      this.heldBytes += sizeBytes;
      this.samples.push(sample);
      return;
    }
    try {
      assertRoom(dirname(this.path), sizeBytes);
      const descriptor = openSync(this.path, this.endBytes === 0 ? 'w' : 'r+');
      try {
        this.samples.push(Object.entries(sample).map(([name, tensor]) => this.write(descriptor, name, tensor)));
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }

  private write(descriptor: number, name: string, { data, dataType, dims }: Tensor): WrittenTensor {
    const offsetBytes = this.endBytes;
    for (let done = 0; done < data.byteLength;) {
      done += writeSync(
        descriptor,
        new Uint8Array(data.buffer, data.byteOffset + done, data.byteLength - done),
        0,
        data.byteLength - done,
        offsetBytes + done,
      );
    }
    this.endBytes += data.byteLength;
    return { name, dataType, dims, offsetBytes };
  }

  /** @throws AppError `file-unreadable`. */
  readonly read = (index: number): Sample => {
    const sample = this.samples[index]!;
    if (!Array.isArray(sample)) return sample as Sample;
    try {
      const descriptor = openSync(this.path!, 'r');
      try {
        return Object.fromEntries(
          (sample as readonly WrittenTensor[]).map(({ name, dataType, dims, offsetBytes }) => {
            const count = elementCount(dims);
            const bytes = new Uint8Array(count * dataTypes[dataType].bytesPerElement);
            let done = 0;
            while (done < bytes.byteLength) {
              const length = readSync(descriptor, bytes, done, bytes.byteLength - done, offsetBytes + done);
              if (length === 0) throw new Error('it became shorter');
              done += length;
            }
            return [name, { dataType, dims, data: typedArrayFromBytes(dataType, bytes, count) }];
          }),
        );
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      throw readFailure(this.path!, error);
    }
  };
}
