import { say } from '../../../../shared/engine-texts/say.ts';
import type { Override } from '../../../../shared/overrides.ts';
import { isPlanned } from '../../2-plan/quantization-plan.ts';
import { nameSome, type Alternative, type Choice, type Standing, type Variant } from '../choice.ts';
import { weightRange } from '../weight-choices.ts';

const productTypes = ['MatMul', 'Gemm', 'LSTM'];

/** These layers int8-dynamic, whatever was found of them in int8-static. */
function withDynamic(
  { keepFloat, overrides }: Variant,
  override: Override,
  layers: ReadonlySet<string> | null,
): Partial<Variant> {
  const others = [...keepFloat].filter(([name]) => layers?.has(name) === false);
  return { keepFloat: new Map(others), overrides: [...overrides, override] };
}

function findProducts({ variant, plan, planOf }: Standing): Alternative[] {
  const ofTypes: Override = { scheme: 'int8-dynamic', nodes: [], opTypes: productTypes };
  const every = planOf({ ...variant, ...withDynamic(variant, ofTypes, null) });
  const dynamic = every.nodes.filter(({ precision }) => precision.scheme === 'int8-dynamic').map(({ node }) => node);
  const before = new Set(plan.nodes.filter(isPlanned).map(({ node }) => node));
  const inFloat = dynamic.filter((name) => !before.has(name));
  return [
    { layers: inFloat, override: { ...ofTypes, nodes: inFloat, opTypes: [] } },
    // The same again where all of them are in float.
    { layers: inFloat.length === dynamic.length ? [] : dynamic, override: ofTypes },
  ]
    .filter(({ layers }) => layers.length > 0)
    .map(({ layers, override }) => ({
      name: say('dynamicLayers', { count: layers.length }),
      note: nameSome(layers),
      change: withDynamic(variant, override, new Set(layers)),
    }));
}

/**
 * Products and recurrent layers in dynamic int8 beside a graph in static int8: those that static int8 leaves in float, or all of
 * them.
 */
const products: Choice = {
  name: 'int8-dynamic',
  stage: 'schemes',
  most: 2,
  isOpen: ({ recipe }) => recipe.scheme === 'auto',
  rounds: () => [findProducts],
  judgedBy: { by: 'exchange', curesRuin: false },
};

export const dynamicChoices = [weightRange, products];
