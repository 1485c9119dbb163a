import { readFileSync } from 'node:fs';
import { runDocumentSchema, type Layer, type RunDocument } from '../shared/run.ts';

const operators = ['Conv', 'Clip', 'Add', 'MatMul', 'LayerNormalization'] as const;

function makeLayer(index: number): Layer {
  const opType = operators[index % operators.length]!;
  const isWeighted = opType === 'Conv' || opType === 'MatMul';
  const isFolded = opType === 'Clip';
  return {
    name: `/model/encoder/layers.${Math.floor(index / 12)}/attention/self/${opType.toLowerCase()}_${index % 12}/${opType}`,
    opType,
    inputShape: [1, 64, 56, 56],
    outputShape: [1, 256 + (index % 512), 56, 56],
    parameters: isWeighted ? 64 * (256 + (index % 512)) : 0,
    macs: isWeighted ? 51_380_224 + index : 0,
    macsKnown: true,
    originalWeightBits: 32,
    originalActivationBits: 32,
    weightBits: isWeighted ? 8 : 32,
    activationBits: isFolded ? 32 : 8,
    precision: null,
    quantized: !isFolded,
    reason: isFolded ? `folded into the range of /model/encoder/layers.${Math.floor(index / 12)}/conv` : '',
    bytesBefore: isWeighted ? 65_536 : 0,
    bytesAfter: isWeighted ? 16_640 : 0,
    latencyBeforeMs: isFolded ? null : 0.2 + (index % 97) / 50,
    latencyAfterMs: isFolded ? null : 0.1 + (index % 89) / 70,
    ran: null,
    groups: 1,
    introducedSqnrDb: null,
    saturation: null,
    effect: null,
    sqnrDb: isFolded ? null : 18 + (index % 23),
  };
}

/** A run as large models make it: measured figures of a real one, `layerCount` layers with long names. */
export function buildLargeRun(layerCount: number): RunDocument {
  const fixture = new URL('../test/renderer/fixture/mobilenetv2.json', import.meta.url);
  const document = runDocumentSchema.parse(JSON.parse(readFileSync(fixture, 'utf8')));
  return { ...document, layers: Array.from({ length: layerCount }, (_, index) => makeLayer(index)) };
}
