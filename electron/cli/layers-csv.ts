import { stringify } from 'csv-stringify/sync';
import type { Layer } from '../../shared/run.ts';

const columns = [
  'name',
  'opType',
  'inputShape',
  'outputShape',
  'parameters',
  'macs',
  'weightBits',
  'activationBits',
  'quantized',
  'reason',
  'bytesBefore',
  'bytesAfter',
  'latencyBeforeMs',
  'latencyAfterMs',
  'sqnrDb',
] as const satisfies readonly (keyof Layer)[];

/** Layer names come from the model file, which a stranger may have made: a spreadsheet must not run them. */
function neutralizeFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function toCell(value: Layer[keyof Layer]): string | number {
  if (value === null) return '';
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return typeof value === 'string' ? neutralizeFormula(value) : value.join('x');
}

/** One row per layer of the original model, RFC 4180 with CRLF line ends; unknown values are empty. */
export function renderLayersCsv(layers: readonly Layer[]): string {
  return stringify(
    layers.map((layer) => columns.map((column) => toCell(layer[column]))),
    { header: true, columns: [...columns], record_delimiter: 'windows' },
  );
}
