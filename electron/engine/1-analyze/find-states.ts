import { say } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { TextModel } from '../data/text-data.ts';
import type { ValueInfo } from '../runtime/session.ts';

/** An output that is fed back: what a model with state hands on to its next step. */
export interface StatePair {
  readonly output: string;
  readonly input: string;
}

const words = (...list: readonly string[]): ReadonlySet<string> => new Set(list);

/** Parts of names that tell before from after, and not what is meant. */
const markers = words(
  ...[
    'cur',
    'current',
    'in',
    'init',
    'initial',
    'input',
    'last',
    'n',
    'new',
    'next',
    'o',
    'out',
    'output',
    'past',
    'present',
    'prev',
  ],
  ...['previous', 'result', 'ret', 'updated', 'upd', 'x', 'y'],
);

/** Parts of names that states go by. */
const stateWords = words(
  ...[
    'buf',
    'buffer',
    'c',
    'cache',
    'caches',
    'carry',
    'cell',
    'context',
    'conv',
    'ctx',
    'gru',
    'h',
    'hidden',
    'hist',
    'history',
  ],
  ...['key', 'keys', 'kv', 'lstm', 'mem', 'memory', 'mems', 'rnn', 'ssm', 'state', 'states', 'value', 'values'],
);

/** "hn", "h0", "hx", "c_out": the states of recurrent layers, by their letter. */
const letterOf = (word: string): string => /^([hc])(?:n|x|y|t|0|1)$/.exec(word)?.[1] ?? word;

function partsOf(name: string): string[] {
  return name
    .replace(/past_key_values?/i, 'past')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map(letterOf)
    .filter((part) => part !== '');
}

/** A name without what tells before from after; null where nothing in it says that it is a state. */
function stemOf(name: string): string | null {
  const parts = partsOf(name);
  const rest = parts.filter((part) => !markers.has(part));
  const isState = rest.some((part) => stateWords.has(part)) || parts.includes('past') || parts.includes('present');
  return isState && rest.length > 0 ? rest.join(' ') : null;
}

/** Same type and rank, and no dimension that differs in both; a symbolic one may be anything. */
function fits(output: ValueInfo, input: ValueInfo): boolean {
  return (
    output.dataType === input.dataType &&
    output.dataType !== 'string' &&
    output.dataType !== 'other' &&
    output.dims.length === input.dims.length &&
    output.dims.every(
      (dim, axis) => typeof dim === 'string' || typeof input.dims[axis] === 'string' || dim === input.dims[axis],
    )
  );
}

const sizeOf = ({ dims }: ValueInfo): string => dims.join();

function pairsByName(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): StatePair[] {
  const taken = new Set<string>();
  return inputs.flatMap((input) => {
    const stem = stemOf(input.name);
    const same =
      stem === null
        ? []
        : outputs.filter((output) => !taken.has(output.name) && stemOf(output.name) === stem && fits(output, input));
    if (same.length !== 1) return [];
    taken.add(same[0]!.name);
    return [{ output: same[0]!.name, input: input.name }];
  });
}

/**
 * The n-th output and the n-th input, from the second on: of fixed sizes that no other input or output has. What is as large as
 * the first input is more of the same (two images), and one value is a setting.
 */
function pairsByPlace(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): StatePair[] {
  return inputs.flatMap((input, place) => {
    const output = outputs[place];
    if (place === 0 || output === undefined || !fits(output, input) || sizeOf(input) !== sizeOf(output)) return [];
    const isFixed = input.dims.length >= 2 && input.dims.slice(1).some((dim) => typeof dim === 'number' && dim > 1);
    const isOnly = [inputs, outputs].every(
      (values) => values.filter((value) => sizeOf(value) === sizeOf(input)).length === 1,
    );
    return isFixed && isOnly ? [{ output: output.name, input: input.name }] : [];
  });
}

/**
 * Outputs that feed inputs: those that go by one name, else those in one place. Where nothing would be left to drive the model none
 * is taken: an image that becomes an image is no state.
 */
export function findStates(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): StatePair[] {
  const byName = pairsByName(inputs, outputs);
  const pairs = byName.length > 0 ? byName : pairsByPlace(inputs, outputs);
  return pairs.length < inputs.length ? pairs : [];
}

/**
 * Says that single steps were compared where errors can add up from step to step.
 * @param reason why no closed loop was measured.
 */
export function describeOneStep(states: readonly StatePair[], reason: string): Diagnostic {
  const names = states.slice(0, 3).map(({ output, input }) => `"${output}" to "${input}"`);
  const message = say('stateOneStep', { pairs: names.join(', '), reason });
  return { severity: 'warning', code: 'state-one-step', message, node: null };
}

/** What reading texts needs to know of a model. */
export function describeTextModel(
  path: string,
  { inputs, outputs }: { readonly inputs: readonly ValueInfo[]; readonly outputs: readonly ValueInfo[] },
): TextModel {
  return { path, outputs, states: findStates(inputs, outputs).map(({ input }) => input) };
}
