import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import type { GraphProto, ValueInfoProto } from '../onnx/proto/onnx_pb.js';
import type { ValueInfo } from '../runtime/session.ts';
import { elementCount, type DataType } from '../tensor/tensor.ts';

/** A model input that data can feed: its symbolic dimensions replaced by the sizes the user gave. */
export interface ModelInput {
  readonly name: string;
  readonly dataType: DataType;
  /** A string is a dimension still free. */
  readonly dims: readonly (number | string)[];
  /** True when the model takes any number of dimensions, or does not say; `dims` is empty then. */
  readonly anyShape?: boolean;
}

/** Which of a model's values have no shape at all: ONNX Runtime shows them as it shows scalars. */
export function markShapeless(values: readonly ValueInfo[], declared: readonly ValueInfoProto[]): ValueInfo[] {
  const shapeless = new Set(
    declared
      .filter(({ type }) => type?.value.case === 'tensorType' && type.value.value.shape === undefined)
      .map(({ name }) => name),
  );
  return values.map((value) =>
    shapeless.has(value.name) && value.dims.length === 0 ? { ...value, anyShape: true } : value,
  );
}

/**
 * Proves that every input can hold a value, before ONNX Runtime stumbles over one that cannot.
 * @throws AppError `model-unsupported` for a dimension of size 0.
 */
export function assertNotEmpty({ input, initializer }: GraphProto): void {
  // Weights may be listed as inputs, and be empty.
  const stored = new Set(initializer.map(({ name }) => name));
  for (const { name, type } of input) {
    if (stored.has(name) || type?.value.case !== 'tensorType') continue;
    const dims = (type.value.value.shape?.dim ?? []).map(({ value }) =>
      value.case === 'dimValue' ? Number(value.value) : (value.value ?? ''),
    );
    const axis = dims.indexOf(0);
    if (axis === -1) continue;
    throw new AppError('model-unsupported', tell('inputDimensionZero', { axis, input: name, dims: formatDims(dims) }));
  }
}

/** @throws AppError `options-invalid`: values of a shape that nobody knows cannot be made up. */
export function assertShaped(inputs: readonly Pick<ModelInput, 'name' | 'anyShape'>[]): void {
  const shapeless = inputs.find(({ anyShape }) => anyShape === true);
  if (shapeless === undefined) return;
  throw new AppError('options-invalid', tell('inputShapeMissing', { input: shapeless.name }));
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
      open.length === 0
        ? tell('noOpenDimensions', { name })
        : tell('noSuchDimension', { name, names: open.join(', ') }),
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
      const kind = tell(input.dataType === 'string' ? 'kindStringTensor' : 'kindNotTensor');
      throw new AppError('model-unsupported', tell('inputKindNotFed', { name: input.name, kind }));
    }
    return {
      name: input.name,
      dataType: input.dataType,
      dims: input.dims.map((dim) => {
        if (typeof dim === 'number') return dim >= 0 ? dim : '';
        return Object.hasOwn(dims, dim) ? dims[dim]! : dim;
      }),
      ...(input.anyShape === true ? { anyShape: true } : {}),
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
  throw new AppError('options-invalid', tell('inputTooLarge', { name, count, shape: dims.join('x') }));
}

/** More dimensions than a person reads are left out with their number; models and arrays of strangers may claim thousands. */
const mostShownDims = 12;

export function formatDims(dims: readonly (number | string)[]): string {
  const shown = dims.slice(0, mostShownDims).map((dim) => (dim === '' ? '?' : dim));
  return `[${shown.join(', ')}${dims.length > mostShownDims ? `, … (${dims.length} dimensions)` : ''}]`;
}

/** `"input" float32 [N, 3, 224, 224]`: how error messages name an input; `[...]` is one of any shape. */
export function describeInput(input: ModelInput): string {
  return `"${input.name}" ${input.dataType} ${input.anyShape === true ? '[...]' : formatDims(input.dims)}`;
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

/** What may be wrong with an array of other dimensions than an input wants. */
export function adviseOnShape(found: readonly number[], wanted: readonly (number | string)[]): Told {
  const row = found.slice(1);
  const wantedRow = wanted.slice(1);
  const withoutOnes = (dims: readonly (number | string)[]) => dims.filter((dim) => dim !== 1).join('x');
  const sorted = (dims: readonly (number | string)[]) => dims.map(String).sort().join('x');
  if (fitsDims(wantedRow, found, new Map())) return tell('adviceSingleSample');
  if (sorted(row) === sorted(wantedRow)) return tell('adviceTranspose');
  if (withoutOnes(row) === withoutOnes(wantedRow)) return tell('adviceReshape');
  return tell('adviceOtherData');
}
