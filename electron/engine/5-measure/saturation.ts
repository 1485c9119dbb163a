import { say } from '../../../shared/engine-texts/say.ts';
import { worstSaturated } from '../../../shared/saturation.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { SimulatedSaturation } from './simulate-saturation.ts';

/** Outputs closer than this, in dB, to what exact sums give: what saturates is lost in the rounding of 8 bits. */
const harmlessDb = 30;
const namedLayers = 3;

const quote = (names: readonly string[]): string =>
  names
    .slice(0, namedLayers)
    .map((name) => `"${name}"`)
    .join(', ') + (names.length > namedLayers ? ' and others' : '');

function describeHere({ apartSqnrDb, saturatingSqnrDb, layers }: SimulatedSaturation): Diagnostic[] {
  // Less than half of all the noise is not what ruins the outputs.
  if (layers.size === 0 || apartSqnrDb >= harmlessDb || apartSqnrDb > saturatingSqnrDb + 3) return [];
  const worst = worstSaturated([...layers].map(([name, saturation]) => ({ name, saturation })));
  const names = worst.map(({ name }) => name);
  const message = say('saturation', { db: apartSqnrDb.toFixed(1), layers: quote(names) });
  return [{ severity: 'warning', code: 'saturation', message, node: names[0] ?? null }];
}

/** @param isHere whether this CPU's sums saturate. */
export function describeSaturation(found: SimulatedSaturation, isHere: boolean): Diagnostic[] {
  const { leftOut } = found;
  const message = say('saturationLeftOut', { count: leftOut.length, layers: quote(leftOut) });
  const missing: Diagnostic = { severity: 'info', code: 'saturation-left-out', message, node: leftOut[0] ?? null };
  return [...(isHere ? describeHere(found) : []), ...(leftOut.length === 0 ? [] : [missing])];
}
