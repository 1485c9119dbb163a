import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { toFloat16Bits } from '../tensor/float16.ts';
import { elementCount, makeTensorData, type DataType, type Feeds, type Tensor } from '../tensor/tensor.ts';
import { checkFeedSize, describeInput, type ModelInput } from './model-inputs.ts';
import type { Encoded, TextTokenizer } from './tokenizer.ts';

/** What an input of a model of texts takes. */
type Role = 'ids' | 'mask' | 'kinds' | 'places' | 'state' | 'zero';

/** By their names, without regard to case and other characters than letters and digits. */
const roleNames: Readonly<Record<Exclude<Role, 'state'>, readonly string[]>> = {
  ids: ['inputids', 'input', 'inputs', 'inputtokens', 'tokens', 'tokenids', 'ids', 'idx'],
  mask: ['attentionmask', 'inputmask', 'mask', 'paddingmask'],
  kinds: ['tokentypeids', 'segmentids', 'tokentypes', 'segments', 'typeids'],
  places: ['positionids', 'positions', 'cacheposition', 'posids'],
  // Whether a cache is used, and of how many last places scores are wanted: none, and all.
  zero: ['usecachebranch', 'numlogitstokeep', 'logitstokeep'],
};

/** TensorFlow's exports end names in ":0". */
const plain = (name: string): string =>
  name
    .replace(/:\d+$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');

function roleOf(name: string): Exclude<Role, 'state'> | null {
  const found = Object.entries(roleNames).find(([, names]) => names.includes(plain(name)));
  return (found?.[0] as Exclude<Role, 'state'> | undefined) ?? null;
}

const integerTypes: readonly string[] = ['int64', 'int32', 'uint32', 'uint64', 'int16', 'uint16'];

/** Every input of a model and what it takes; null where it is no model of texts. */
export interface TextInputs {
  readonly ids: ModelInput;
  readonly roles: ReadonlyMap<ModelInput, Role>;
  /** Samples in one run; null for any number. */
  readonly batchSize: number | null;
  /** Tokens of every sample where the model fixes them; null where it takes any number. */
  readonly fixedLength: number | null;
}

/**
 * What each input takes, by its name; token ids also where they are the only whole numbers that are left.
 * @param states inputs that outputs are fed back to: they start with zeros, those that grow with nothing.
 * @throws AppError `data-shape-mismatch` for an input that a text says nothing about.
 */
export function findTextInputs(inputs: readonly ModelInput[], states: readonly string[]): TextInputs {
  const roles = new Map<ModelInput, Role>();
  for (const input of inputs) {
    const role = states.includes(input.name) ? 'state' : roleOf(input.name);
    if (role !== null) roles.set(input, role);
  }
  const left = inputs.filter((input) => !roles.has(input));
  const [only] = left.filter(({ dataType, dims }) => integerTypes.includes(dataType) && dims.length <= 2);
  if (only !== undefined && ![...roles.values()].includes('ids')) roles.set(only, 'ids');
  const ids = inputs.find((input) => roles.get(input) === 'ids' && input.dims.length >= 1 && input.dims.length <= 2);
  if (ids === undefined || !integerTypes.includes(ids.dataType)) {
    const list = inputs.map(describeInput).join('; ');
    throw new AppError('data-shape-mismatch', tell('noTokenInput', { inputs: list }));
  }
  const unknown = inputs.find((input) => {
    const role = roles.get(input);
    return role === undefined || (role !== 'state' && input.dims.length > 2);
  });
  if (unknown !== undefined)
    throw new AppError('data-shape-mismatch', tell('inputNotOfTexts', { input: describeInput(unknown) }));
  const [batch, length] = ids.dims.length === 2 ? ids.dims : [1, ids.dims[0]];
  return {
    ids,
    roles,
    batchSize: typeof batch === 'number' ? batch : null,
    fixedLength: typeof length === 'number' ? length : null,
  };
}

function tensorOf(dataType: DataType, dims: readonly number[], valueAt: (index: number) => number): Tensor {
  const data = makeTensorData(dataType, elementCount(dims));
  for (let index = 0; index < data.length; index++) {
    const value = valueAt(index);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[index] = BigInt(value);
    else data[index] = dataType === 'float16' ? toFloat16Bits(value) : value;
  }
  return { dataType, dims, data };
}

/** A state before the first step: one sample, zeros, and nothing along what grows. */
function emptyState(input: ModelInput, ids: ModelInput): Tensor {
  const batchName = ids.dims.length === 2 ? ids.dims[0] : undefined;
  const isNamed = typeof batchName === 'string' && input.dims.includes(batchName);
  // Exporters that name no dimension still put the batch before what grows.
  let isBatchOpen = typeof batchName === 'string' && !isNamed;
  const dims = input.dims.map((dim, axis) => {
    if (typeof dim === 'number') return axis === 0 && dim === ids.dims[0] ? 1 : dim;
    if (dim === batchName) return 1;
    if (!isBatchOpen) return 0;
    isBatchOpen = false;
    return 1;
  });
  checkFeedSize(input.name, dims);
  return tensorOf(input.dataType, dims, () => 0);
}

/**
 * One sample as the model takes it: ids and what goes with them, filled up where the model's length is fixed.
 * @param encoded of at most the fixed length.
 */
export function feedsOf(
  { ids, roles, fixedLength }: TextInputs,
  encoded: Encoded,
  { padId, padsLeft }: Pick<TextTokenizer, 'padId' | 'padsLeft'>,
): Feeds {
  const own = encoded.ids.length;
  const length = fixedLength ?? own;
  const start = padsLeft ? length - own : 0;
  const isOwn = (at: number): boolean => at >= start && at < start + own;
  const feedOf = (input: ModelInput, role: Role): Tensor => {
    if (role === 'state') return emptyState(input, ids);
    const { dataType, dims } = input;
    if (role === 'zero')
      return tensorOf(
        dataType,
        dims.map(() => 1),
        () => 0,
      );
    const last = dims.at(-1);
    // Of a cache of fixed size what is not filled yet comes first.
    const total = role === 'mask' && typeof last === 'number' ? Math.max(last, length) : length;
    const before = total - length;
    const valueAt: Record<Exclude<Role, 'state' | 'zero'>, (at: number) => number> = {
      ids: (at) => (isOwn(at) ? encoded.ids[at - start]! : padId),
      mask: (at) => Number(isOwn(at - before)),
      kinds: (at) => (isOwn(at) ? encoded.kinds[at - start]! : 0),
      places: (at) => Math.max(0, at - start),
    };
    return tensorOf(dataType, dims.length === 1 ? [total] : [1, total], valueAt[role]);
  };
  return Object.fromEntries([...roles].map(([input, role]) => [input.name, feedOf(input, role)]));
}

/** Whether states grow from token to token, as caches of keys and values do, and nothing else is of a fixed length. */
export function growsByToken({ ids, roles, fixedLength }: TextInputs): boolean {
  const states = [...roles].filter(([, role]) => role === 'state');
  const masks = [...roles].filter(([, role]) => role === 'mask');
  return (
    fixedLength === null &&
    states.some(([input]) => emptyState(input, ids).dims.includes(0)) &&
    masks.every(([{ dims }]) => typeof dims.at(-1) !== 'number')
  );
}

/**
 * One token behind others that the model has seen.
 * @param states of all inputs that outputs are fed back to.
 */
export function stepFeedsOf({ roles }: TextInputs, id: number, past: number, states: Feeds): Feeds {
  const feedOf = (input: ModelInput, role: Role): Tensor => {
    const { dataType, dims, name } = input;
    if (role === 'state') return states[name]!;
    // There is a cache now; of how many last places scores are wanted stays as it was.
    const value = { ids: id, mask: 1, kinds: 0, places: past, zero: dataType === 'bool' ? 1 : 0 }[role];
    const length = role === 'mask' ? past + 1 : 1;
    return tensorOf(
      dataType,
      dims.length <= 1 ? dims.map(() => length) : [...dims.slice(1).map(() => 1), length],
      () => value,
    );
  };
  return Object.fromEntries([...roles].map(([input, role]) => [input.name, feedOf(input, role)]));
}

/** Where a sample's own tokens start among those that are fed. */
export const ownStart = (length: number, fixedLength: number | null, padsLeft: boolean): number =>
  padsLeft && fixedLength !== null ? fixedLength - length : 0;
