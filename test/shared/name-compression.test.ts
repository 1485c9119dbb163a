import assert from 'node:assert/strict';
import test from 'node:test';
import { buildModelBillOfMaterials } from '../../electron/report/formats/cyclonedx.ts';
import { renderMarkdown } from '../../electron/report/formats/markdown.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';
import { nameCompression } from '../../shared/name-compression.ts';
import { floatPrecision, type Precision } from '../../shared/precision.ts';
import { schemeNames } from '../../shared/schemes.ts';
import type { Layer, RunDocument } from '../../shared/run.ts';
import { makeLayer } from '../engine/7-judge/judge-fixture.ts';
import { readRealRun, withPrepared } from '../report/real-runs.ts';

const layerOf = (scheme: Precision['scheme']): Layer => makeLayer({ precision: { ...floatPrecision, scheme } });

void test('a run is named by what its layers became, each once, whatever their order', () => {
  const layers = (['int4-weights', 'float', 'int8-static', 'int4-weights'] as const).map(layerOf);
  assert.equal(nameCompression(layers, 'en'), 'int8 + 4-bit weights');
  assert.equal(nameCompression(layers, 'zh-CN'), 'int8 + 4 位权重');
});

void test('every scheme has a name of its own in each language', () => {
  for (const language of ['en', 'zh-CN'] as const) {
    const names = schemeNames.map((scheme) => nameCompression([layerOf(scheme)], language));
    assert.equal(new Set(names).size, schemeNames.length);
    assert.ok(names.every((name) => name !== nameCompression([layerOf('float')], language)));
  }
});

void test('a document that told layers by bits alone was int8; one in which nothing became smaller is just compression', () => {
  assert.equal(nameCompression([makeLayer({ quantized: true, activationBits: 8 })], 'en'), 'int8');
  assert.equal(nameCompression([makeLayer({})], 'en'), 'compression');
  assert.equal(nameCompression([], 'zh-CN'), '压缩');
});

void test('reports say what was compressed to, not int8', () => {
  const plain = readRealRun('mobilenetv2');
  const layers = plain.layers.map((layer) =>
    layer.quantized ? { ...layer, precision: { ...floatPrecision, scheme: 'int4-weights' as const } } : layer,
  );
  const run: RunDocument = withPrepared({ ...plain, layers });
  assert.match(renderMarkdown(buildRunReport(run, 'en', 'A4')), /adding 4-bit weights [^]*Adding 4-bit weights gives/);
  assert.match(renderMarkdown(buildRunReport(run, 'zh-CN', 'A4')), /再加上 4 位权重 [^]*再加上 4 位权重 为/);
  assert.match(JSON.stringify(buildModelBillOfMaterials(run)), /with recipe [^:]*: 4-bit weights\./);
});
