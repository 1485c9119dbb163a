import { describeScheme, type SchemeName } from '../../../shared/schemes.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Quality } from '../metrics/output-quality.ts';
import type { Graph } from '../graph/graph.ts';
import type { Best } from './best.ts';
import type { Offer } from './cheapest-choices.ts';
import { fileBytes } from './describe-candidate.ts';
import { changeForms, findUnits, type Form, type Unit } from './units.ts';

/** Changes of one unit that are measured alone, at most: the rest, which weigh least, stay as they are. */
export const mostLooks = 64;
/** A form of a unit that takes more than this share of what it took is not worth a look. */
const leastSaving = 0.9;
/** A layer's time in a short profile is only good to about this share. */
const timeTolerance = 0.05;

/** What may be done to a unit, with what it brings and costs as measured alone. */
export interface LayerOffer extends Offer {
  readonly forms: ReadonlyMap<string, Form>;
}

interface Look {
  readonly unit: number;
  readonly forms: ReadonlyMap<string, Form>;
  /** What the change is thought to be worth before it is looked at. */
  readonly promise: number;
}

/** Share of the output's power that is noise. */
export const noiseOf = ({ sqnrDb }: Pick<Quality, 'sqnrDb'>): number => 10 ** (-sqnrDb / 10);

const isStoredOnly = (scheme: SchemeName): boolean => describeScheme(scheme).storedOnly;

const formsOf = (layers: readonly string[], form: Form): Map<string, Form> =>
  new Map(layers.map((layer) => [layer, form]));

/** Looks at the most promising changes alone, beside the best so far; `read` makes offers of what is seen. */
async function measureAlone(
  best: Best,
  unitCount: number,
  looks: readonly Look[],
  onLook: () => void,
  read: (seen: { readonly noise: number; readonly bytes: number; readonly look: Look }) => Offer | null,
): Promise<LayerOffer[][]> {
  const [noise, bytes] = [noiseOf(await best.assess()), fileBytes(best.variant)];
  const offers: LayerOffer[][] = Array.from({ length: unitCount }, () => []);
  for (const look of looks.toSorted((left, right) => right.promise - left.promise).slice(0, mostLooks)) {
    const made = await best.make(changeForms(best.variant.variant, look.forms));
    const quality = await best.laboratory.assess(made);
    onLook();
    const offer = read({ noise: noiseOf(quality) - noise, bytes: bytes - fileBytes(made), look });
    if (offer !== null && offer.gain > 0) {
      offers[look.unit]!.push({ ...offer, price: Math.max(0, offer.price), forms: look.forms });
    }
  }
  return offers;
}

/** Where weights are rounded with compensation, those in blocks are too, in every form that is looked at. */
async function compensateForms(best: Best, units: readonly Unit[]): Promise<void> {
  const { laboratory, variant } = best;
  const { areNoise } = laboratory;
  if (areNoise || variant.variant.weightRounding !== 'compensated') return;
  for (const scheme of new Set(units.flatMap(({ schemes }) => [...schemes.keys()]))) {
    const forms = formsOf(units.flatMap(({ schemes }) => schemes.get(scheme)?.layers ?? []), scheme); // prettier-ignore
    const all = laboratory.plan({ ...variant.variant, ...changeForms(variant.variant, forms) });
    const hasBlocks = all.nodes.some(
      ({ precision }) => precision.scheme === scheme && precision.weights?.block != null,
    );
    if (hasBlocks) await best.make({ ...changeForms(variant.variant, forms), weightRounding: 'nearest' }).then((made) => laboratory.prepareCompensation(made)); // prettier-ignore
  }
}

/** Forms in fewer bytes: bytes for noise. */
export async function offerBytes(graph: Graph, best: Best, onLook: () => void): Promise<LayerOffer[][]> {
  const units = findUnits(graph, best.standing());
  await compensateForms(best, units);
  const looks = units.flatMap(({ schemes, elements, bits: now }, unit) => {
    const seen = new Set<number>();
    // Of as many bits what computes as before comes first: a kernel may be slower than that.
    const sorted = [...schemes].sort(([left], [right]) => Number(isStoredOnly(right)) - Number(isStoredOnly(left)));
    return sorted.flatMap(([scheme, { layers, bits }]): Look[] => {
      if (bits > leastSaving * now || seen.has(bits)) return [];
      seen.add(bits);
      return [{ unit, forms: formsOf(layers, scheme), promise: elements * (now - bits) }];
    });
  });
  return measureAlone(best, units.length, looks, onLook, ({ noise, bytes }) => ({ gain: bytes, price: noise }));
}

const timeIn = (times: ReadonlyMap<string, number>, layers: readonly string[]): number =>
  layers.reduce((sum, layer) => sum + (times.get(layer) ?? 0), 0);

/** Forms that take less time, by one profile for each form that all units have at once: time for noise. */
export async function offerTime(graph: Graph, best: Best, onLook: () => void): Promise<LayerOffer[][]> {
  const units = findUnits(graph, best.standing());
  const before = await best.laboratory.layerTimes(best.variant.quantized);
  const kept = best.variant.variant.keepFloat;
  const forms: Form[] = [...new Set(units.flatMap(({ schemes }) => [...schemes.keys()])), 'unkept'];
  const layersIn = ({ schemes, layers }: Unit, form: Form): readonly string[] =>
    form === 'unkept' ? layers.filter((layer) => kept.has(layer)) : (schemes.get(form as never)?.layers ?? []);
  const looks: Look[] = [];
  for (const form of forms) {
    const all = formsOf(units.flatMap((unit) => layersIn(unit, form)), form); // prettier-ignore
    if (all.size === 0) continue;
    const made = await best.make(changeForms(best.variant.variant, all));
    const after = await best.laboratory.layerTimes(made.quantized);
    units.forEach((unit, index) => {
      const layers = layersIn(unit, form);
      const [was, is] = [timeIn(before, layers), timeIn(after, layers)];
      const saved = was - is;
      if (layers.length > 0 && saved > timeTolerance * was) {
        looks.push({ unit: index, forms: formsOf(layers, form), promise: saved });
      }
    });
  }
  return measureAlone(best, units.length, looks, onLook, ({ noise, look }) => ({ gain: look.promise, price: noise }));
}

/** Forms that are closer: noise for bytes where size is the goal, else for the time that a layer took in float. */
export async function offerNoise(
  graph: Graph,
  best: Best,
  goal: Recipe['goal'],
  onLook: () => void,
): Promise<LayerOffer[][]> {
  const units = findUnits(graph, best.standing());
  const { laboratory, variant } = best;
  const isForSize = goal === 'size';
  const none: ReadonlyMap<string, number> = new Map();
  const float = isForSize ? none : await laboratory.layerTimes(null);
  const now = isForSize ? none : await laboratory.layerTimes(variant.quantized);
  const looks = units.flatMap(({ layers, schemes, elements, bits }, unit): Look[] => {
    if (bits >= 32) return [];
    const stored = [...schemes].filter(([scheme]) => isStoredOnly(scheme));
    return [
      { unit, forms: formsOf(layers, 'float'), promise: elements },
      ...stored.map(([scheme, entry]) => ({ unit, forms: formsOf(entry.layers, scheme), promise: elements })),
    ];
  });
  return measureAlone(best, units.length, looks, onLook, ({ noise, bytes, look }) => {
    const layers = [...look.forms.keys()];
    return { gain: -noise, price: isForSize ? -bytes : timeIn(float, layers) - timeIn(now, layers) };
  });
}
