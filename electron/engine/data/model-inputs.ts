import { AppError } from '../../../shared/app-error.ts';
import type { ValueInfo } from '../runtime/session.ts';
import { elementCount, type DataType } from '../tensor/tensor.ts';

/** A model input that data can feed: its symbolic dimensions replaced by the sizes the user gave. */
export interface ModelInput {
  readonly name: string;
  readonly dataType: DataType;
  /** A string is a dimension still free. */
  readonly dims: readonly (number | string)[];
}

/**
 * Proves that every size the user gave is for a dimension that is there to be sized.
 * @throws AppError `options-invalid`.
 */
export function checkDimensions(inputs: readonly ValueInfo[], dims: Readonly<Record<string, number>>): void {
  const open = [...new Set(inputs.flatMap((input) => input.dims.filter((dim) => typeof dim === 'string')))];
  for (const name of Object.keys(dims)) {
    if (open.includes(name)) continue;
    throw new AppError(
      'options-invalid',
      `The model's inputs have no open dimension "${name}". ` +
        (open.length === 0 ? 'All their dimensions are fixed: leave --dim out.' : `They have: ${open.join(', ')}.`),
    );
  }
}

/**
 * @param dims sizes for symbolic dimensions, by name.
 * @throws AppError `model-unsupported` when an input is not a tensor of numbers; `options-invalid` for a size of no
 *   dimension.
 */
export function resolveInputs(inputs: readonly ValueInfo[], dims: Readonly<Record<string, number>>): ModelInput[] {
  checkDimensions(inputs, dims);
  return inputs.map((input) => {
    if (input.dataType === 'string' || input.dataType === 'other') {
      const kind = input.dataType === 'string' ? 'a tensor of strings' : 'not a tensor of numbers';
      throw new AppError(
        'model-unsupported',
        `The model's input "${input.name}" is ${kind}; Vernier can only feed tensors of numbers. ` +
          `Cut the model so that it starts after this input.`,
      );
    }
    return {
      name: input.name,
      dataType: input.dataType,
      dims: input.dims.map((dim) => {
        if (typeof dim === 'number') return dim >= 0 ? dim : '';
        return Object.hasOwn(dims, dim) ? dims[dim]! : dim;
      }),
    };
  });
}

/** More elements than this in all inputs (0.5 GB of floats, a volume of 512 x 512 x 512) are taken for a mistake in the model or in `--dim`. */
const mostFedElements = 1 << 27;

/**
 * Proves that an input is of a size that can be fed, before memory is taken for it.
 * @param fedElements what the inputs before it have.
 * @returns what they have with this one.
 * @throws AppError `options-invalid`.
 */
export function checkFeedSize(name: string, dims: readonly number[], fedElements = 0): number {
  const count = elementCount(dims);
  if (fedElements + count <= mostFedElements) return fedElements + count;
  throw new AppError(
    'options-invalid',
    `Input "${name}" would have ${count} elements (${dims.join('x')}), too many to feed. Give smaller sizes with ` +
      '--dim NAME=VALUE where dimensions are open; where they are fixed, export the model with smaller ones.',
  );
}

/** More dimensions than a person reads are left out with their number; models and arrays of strangers may claim thousands. */
const mostShownDims = 12;

export function formatDims(dims: readonly (number | string)[]): string {
  const shown = dims.slice(0, mostShownDims).map((dim) => (dim === '' ? '?' : dim));
  return `[${shown.join(', ')}${dims.length > mostShownDims ? `, … (${dims.length} dimensions)` : ''}]`;
}

/** `"input" float32 [N, 3, 224, 224]`: how error messages name an input. */
export function describeInput(input: ModelInput): string {
  return `"${input.name}" ${input.dataType} ${formatDims(input.dims)}`;
}

export function describeInputs(inputs: readonly ModelInput[]): string {
  return inputs.map(describeInput).join('; ');
}

/**
 * Whether `found` fits `wanted`. A named symbol must stand for one size everywhere, so a fit binds it in `symbols`.
 */
export function fitsDims(
  wanted: readonly (number | string)[],
  found: readonly number[],
  symbols: Map<string, number>,
): boolean {
  if (wanted.length !== found.length) return false;
  const bound = new Map<string, number>();
  for (const [axis, want] of wanted.entries()) {
    const size = found[axis]!;
    const expected = typeof want === 'number' ? want : (symbols.get(want) ?? bound.get(want) ?? size);
    if (expected !== size) return false;
    if (typeof want === 'string' && want !== '') bound.set(want, size);
  }
  for (const [symbol, size] of bound) symbols.set(symbol, size);
  return true;
}
